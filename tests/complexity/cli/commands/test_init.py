"""The list of commands: each has a help text with an example that runs."""

import re
import shlex

import pytest

from complexity.cli import cli
from complexity.cli.commands import COMMANDS
from complexity.targets.loader import LIBRARIES
from tests.complexity.cli.terminal import run

EXAMPLES = [
    line.split("complexity ")[1].split()
    for command in (cli.get_command(None, name) for name in COMMANDS)
    for line in (command.epilog or "").splitlines()
    if "complexity " in line
]


@pytest.mark.parametrize("arguments", EXAMPLES, ids=" ".join)
def test_help_shows_examples_that_can_be_run(capsys, arguments, request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where some write a file
    shown = " ".join(run(capsys, arguments[0], "--help").out.split())
    assert f"complexity {' '.join(arguments)}" in shown
    library = " ".join(arguments[1:2]).split(":")[0]
    if library in LIBRARIES:
        request.getfixturevalue(library)
    if arguments[:2] == ["check", "mobilenet"]:
        arguments = [*arguments[:-1], "37"]  # the same command on a small image
    assert run(capsys, *shlex.split(" ".join(arguments))).status == 0


def test_every_command_has_an_example_and_a_report_one_of_each_option_of_a_loaded_model():
    assert {words[0] for words in EXAMPLES} == set(COMMANDS)
    assert {"--input", "--arg"} <= {word for words in EXAMPLES for word in words}


def test_help_of_the_program_lists_the_commands(capsys):
    done = run(capsys, "--help")
    assert done.status == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", done.out, re.M)
