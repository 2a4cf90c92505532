"""A real browser without a window: Chromium as the machine has it, driven through playwright."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
Open = Callable[..., Page]


def chromium() -> str:
    """Where it is; without it the tests are skipped, or fail where REQUIRE_CHROMIUM is set."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("REQUIRE_CHROMIUM"):
        pytest.fail("there is no chromium on this machine, and REQUIRE_CHROMIUM is set")
    if found is None:
        pytest.skip("there is no chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Heard:
    """What a page said or asked for: nothing, where all is well."""

    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self, page: Page, own: str) -> None:
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", lambda dialog: (self.messages.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda asked: asked.url == own or self.requests.append(asked.url))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, heard: Heard) -> Iterator[Open]:
    """Opens a page of this text, wide by default; at the end nothing may have been heard."""
    contexts = []

    def open_page(text: str, width: int = 1280, drawn: bool = True, **options: Any) -> Page:
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        heard.listen(page, file.as_uri())
        page.goto(file.as_uri())
        if drawn:
            page.wait_for_selector("#map .slice")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert (heard.messages, heard.requests) == ([], [])
