"""What the README must show; that it is true is tested in ``test_pages.py``."""

import re

from tests.pages import ROOT, page_of

README = page_of(ROOT / "README.md")


def test_the_readme_shows_the_main_commands():
    """At least one session each, so that the test of the sessions cannot be empty."""
    shown = {step[0].split()[3] for session in README.sessions for step in session.steps}
    assert {"report", "check", "compare", "explain", "formula"} <= shown


def test_the_readme_shows_python():
    assert README.examples.count(">>> ") > 15


def test_ci_runs_the_readmes_commands_to_the_letter():
    commands = re.search(r"```sh\n([\s\S]*?)```", README.text).group(1).splitlines()
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [command for command in commands if command in script] == commands
