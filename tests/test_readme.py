"""What the README must show; that it is true is tested in ``test_pages.py``."""

import re

import pytest

from complexity.cli.commands import COMMANDS
from tests.pages import ROOT, page_of

README = page_of(ROOT / "README.md")


def test_the_readme_shows_the_main_commands():
    """At least one session each, so that the test of the sessions cannot be empty."""
    shown = {step[0].split()[3] for session in README.sessions for step in session.steps}
    assert {"report", "check", "compare", "explain", "formula"} <= shown
    measured, listed = {"time"}, {"list"}  # no run is like another; long, and on its page
    assert {*COMMANDS} - measured - listed <= shown


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_links_the_page_of_every_command(name):
    assert f"(docs/commands/{name}.md)" in README.text


def test_the_readme_links_what_is_there():
    """Files, and the headings that a link goes to."""
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", README.text)
    assert len(links) > len(COMMANDS)
    missing = [link for link in links if not is_there(*link)]
    assert missing == []
    assert not is_there("docs/lost.md", "")
    assert not is_there("docs/ci.md", "nowhere")


def is_there(path: str, part: str) -> bool:
    file = ROOT / (path or "README.md")
    if not file.is_file():
        return False
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.M) if part else []
    return not part or part in [heading.lower().replace(" ", "-") for heading in headings]


def test_the_readme_is_short():
    """What is long stands in docs, whose pages it links."""
    assert README.text.count("\n") <= 420


def test_the_readme_shows_python():
    assert README.examples.count(">>> ") > 15


def test_ci_runs_the_readmes_commands_to_the_letter():
    commands = re.search(r"```sh\n([\s\S]*?)```", README.text).group(1).splitlines()
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [command for command in commands if command in script] == commands
