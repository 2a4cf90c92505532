"""Run options: one definition, from which the command line and `analyze` take their names."""

import re
from dataclasses import asdict
from inspect import signature

import pytest

from complexity import analyze
from complexity.cli.commands.report import report
from complexity.run_options import RunOptions
from tests.paths import ROOT

# Files of the product that may name an option of a run: the definition, `analyze`, the command.
MOST_FILES = 3


def files_that_name(option: str) -> list[str]:
    """Files of the package ``complexity`` that hold ``option`` as a word."""
    return [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "complexity").rglob("*.py"))
        if re.search(rf"\b{option}\b", path.read_text())
    ]


def test_analyze_takes_every_option_with_the_same_default():
    parameters = signature(analyze).parameters
    assert {name: parameters[name].default for name in RunOptions.names()} == asdict(RunOptions())


def test_options_are_removed_from_the_others():
    options = {"alpha": 0.5, "bytes_as": "float16", "memory": True, "engine": None}
    assert RunOptions.pop_from(options) == RunOptions(memory=True, bytes_as="float16")
    assert options == {"alpha": 0.5}


def test_report_has_an_option_for_each_that_it_shows():
    names = {each.name for each in report.params}
    assert set(RunOptions.names()) - names == {"flow"}  # of the command guidelines


@pytest.mark.parametrize("option", ["bytes_as", "optimizer"])
def test_an_option_stands_in_three_files(option):
    found = files_that_name(option)
    assert 0 < len(found) <= MOST_FILES, found
