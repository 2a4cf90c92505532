"""The site builds without a warning, shows what it must, and fetches nothing from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import complexity
import formulas
from complexity.cli import cli
from complexity.cli.commands import COMMANDS
from tests.pages import ROOT

# What a browser loads by itself; a link that a reader may follow is none of it.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(https?:)?//[^"'> ]+"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|icon|preconnect|preload|modulepreload))"""
    r"""[^>]*\bhref=["']?(https?:)?//[^"'> ]+"""
    r"""|(?:@import\s+|url\()["']?(https?:)?//[^"')]+"""
)


def built(root: Path, out: Path) -> subprocess.CompletedProcess:
    """What ``mkdocs build --strict`` says of the documentation in ``root``.

    Not with ``--quiet``: a warning that is not written does not fail a strict build.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(out)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    done = built(ROOT, out)
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
    return out


def text_of(page: Path) -> str:
    """A page's words and code, without its markup."""
    return unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def test_nothing_is_fetched_from_elsewhere(site):
    pages = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(pages) > len(COMMANDS)
    found = {page.name: FETCHED.search(page.read_text(encoding="utf-8")) for page in pages}
    assert {name: match.group() for name, match in found.items() if match} == {}
    assert not any('class="mermaid"' in page.read_text(encoding="utf-8") for page in pages)


@pytest.mark.parametrize(
    "text",
    [
        '<script defer src="https://cdn.example/x.js">',
        '<link href="//fonts.example/css" rel="stylesheet">',
        "<img alt=chart src='http://example/a.png'>",
        "@import 'https://fonts.example/css'",
        "a { background: url(https://example/a.png) }",
    ],
)
def test_what_would_be_fetched_is_found(text):
    assert FETCHED.search(text)


def test_a_link_is_not_fetched():
    assert not FETCHED.search('<a href="https://arxiv.org"> <link rel="next" href="../sweep/">')


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_a_command_lists_its_options(site, name):
    text = text_of(site / "commands" / name / "index.html")
    options = [option for each in cli.get_command(None, name).params for option in each.opts]
    assert [option for option in options if option.startswith("-") and option not in text] == []


def test_the_api_has_every_public_name_with_its_signature_and_example(site):
    page = site / "api" / "index.html"
    names = [f"{package.__name__}.{name}" for package in (complexity, formulas)
             for name in package.__all__]  # fmt: skip
    html = page.read_text(encoding="utf-8")
    assert [name for name in names if f'id="{name}"' not in html] == []
    assert "<blockquote>" not in html  # an example without a fence would be one
    assert ">>> separable_ratio(512, kernel=3)\nFraction(521, 4608)\n" in text_of(page)


@pytest.mark.slow
def test_a_broken_link_and_a_page_without_a_place_fail_the_build(tmp_path):
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    for package in ("complexity", "formulas", "reports"):
        (tmp_path / package).symlink_to(ROOT / package)
    (tmp_path / "docs" / "lost.md").write_text("[nowhere](conventions.md#no-such-part)\n")
    done = built(tmp_path, tmp_path / "site")
    assert done.returncode == 1
    assert 'not included in the "nav" configuration:\n  - lost.md' in done.stderr
    assert "does not contain an anchor '#no-such-part'" in done.stderr
