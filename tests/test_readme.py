"""The README's commands, outputs and examples are true."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from complexity.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(r"```console\n\$ python -m complexity (.*)\n([\s\S]*?)```", README)


@pytest.mark.parametrize(("command", "printed"), SESSIONS, ids=[each[0] for each in SESSIONS])
def test_a_command_prints_what_the_readme_shows(command, printed, capsys):
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(command))
    assert ended.value.code == 0
    assert capsys.readouterr().out.rstrip() == printed.rstrip()


def test_the_readme_shows_the_main_commands():
    """At least one session each, so that the parametrised test above cannot be empty."""
    shown = {command.split()[0] for command, _ in SESSIONS}
    assert {"report", "check", "compare", "explain", "formula"} <= shown


def test_the_python_examples_run():
    examples = "\n".join(re.findall(r"```pycon\n([\s\S]*?)```", README))
    test = doctest.DocTestParser().get_doctest(examples, {}, "README", "README.md", 0)
    assert len(test.examples) > 15
    assert doctest.DocTestRunner().run(test).failed == 0


def test_ci_runs_the_readmes_commands_to_the_letter():
    commands = re.search(r"```sh\n([\s\S]*?)```", README).group(1).splitlines()
    assert len(commands) == 2
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [command for command in commands if command in script] == commands
