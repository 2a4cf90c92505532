"""Every command has its page, with all of its parts."""

import re
from pathlib import Path

import pytest

from complexity.cli.commands import COMMANDS
from tests.pages import ROOT, Page

PARTS = ["Example", "What it prints", "Options", "Exit status", "Limits"]


def page_faults(name: str, text: str, nav: str) -> list[str]:
    """What the page of a command lacks, in words that say what to add."""
    path = f"docs/commands/{name}.md"
    if not text:
        return [f"{path} is missing: one like docs/commands/list.md"]
    found = []
    title, question = text.split("\n\n")[:2]
    if title != f"# {name}" or not question.endswith("?"):
        found.append(f'{path} must begin with "# {name}" and the question that it answers')
    parts = re.findall(r"^## (.*)$", text, re.M)
    if parts != PARTS:
        found.append(f"{path} must have the parts {', '.join(PARTS)}, not {', '.join(parts)}")
    run = [command for each in Page(path, text).sessions for command, _ in each.steps]
    if not any(command.split()[:2] == ["complexity", name] for command in run):
        found.append(f"{path} must show a session of complexity {name}")
    if f"    :module: complexity.cli.commands.{name}\n" not in text:
        found.append(f"{path} must have its options from click: see docs/commands/list.md")
    if f"- commands/{name}.md\n" not in nav:
        found.append(f'mkdocs.yml needs "- commands/{name}.md" in its nav')
    return found


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


NAV = text_of(ROOT / "mkdocs.yml")
GOOD = text_of(ROOT / "docs" / "commands" / "list.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_page(name):
    assert page_faults(name, text_of(ROOT / "docs" / "commands" / f"{name}.md"), NAV) == []


def test_every_page_has_a_command():
    assert {path.stem for path in (ROOT / "docs" / "commands").glob("*.md")} == {*COMMANDS}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "docs/commands/list.md is missing"),
        (GOOD.replace("?", ".", 1), 'must begin with "# list" and the question'),
        (GOOD.replace("## Limits", "## Limit"), "must have the parts Example, "),
        (GOOD.replace("$ complexity list", "$ complexity report"), "a session of complexity list"),
        (GOOD.replace("commands.list", "commands.report"), "must have its options from click"),
    ],
)
def test_what_a_page_lacks_is_named(text, fault):
    (found,) = page_faults("list", text, NAV)
    assert fault in found


def test_a_page_that_the_menu_lacks_is_named():
    (found,) = page_faults("list", GOOD, NAV.replace("commands/list.md", ""))
    assert found == 'mkdocs.yml needs "- commands/list.md" in its nav'
