"""The public names: each imports from where the documentation promises it, and none is lost."""

import importlib
import re

import pytest

from tests.frozen import ROOT, printed

FROZEN = (ROOT / "tests/golden/public_names.txt").read_text().split("\n")
PACKAGES = "complexity", "formulas", "reports"
PAGES = ["README.md", *(str(page.relative_to(ROOT)) for page in sorted(ROOT.glob("docs/**/*.md")))]
RENDERED = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
IMPORTED = re.compile(r"\bfrom ((?:complexity|formulas|reports)[\w.]*) import ([\w, ]+)")
NAMES = [line for line in FROZEN if re.fullmatch(r"[\w.]+", line)]
OPTIONS = {line.split()[0]: line.split()[1:] for line in FROZEN if " " in line}


def promised(text: str) -> list[str]:
    """The dotted names that a page renders, or imports in an example."""
    imported = [
        f"{module}.{name}"
        for module, names in IMPORTED.findall(text)
        for name in re.findall(r"\w+", names)
    ]
    return [*RENDERED.findall(text), *imported]


def imports(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return hasattr(importlib.import_module(module), attribute)


def offered() -> list[str]:
    return [
        f"{package}.{name}"
        for package in PACKAGES
        for name in importlib.import_module(package).__all__
    ]


def test_names_of_a_page_are_found_in_both_forms():
    page = "::: reports.Bridge\n    options:\n\n>>> from formulas import depthwise, group\n"
    assert promised(page) == ["reports.Bridge", "formulas.depthwise", "formulas.group"]


def test_names_that_are_missing_do_not_import():
    assert imports("formulas.Cost")
    assert not imports("formulas.Price")


@pytest.mark.parametrize("page", PAGES)
def test_names_of_a_page_import(page):
    names = promised((ROOT / page).read_text(encoding="utf-8"))
    assert [name for name in names if not imports(name)] == []
    assert [name for name in names if name not in NAMES] == []


def test_pages_with_names_are_read():
    assert {"docs/api.md", "docs/tutorial.md", "README.md"} <= {
        page for page in PAGES if promised((ROOT / page).read_text(encoding="utf-8"))
    }


def test_frozen_names_import():
    assert [name for name in NAMES if not imports(name)] == []


def test_frozen_names_are_those_that_the_packages_offer():
    assert sorted(offered()) == NAMES


def test_api_page_renders_results_at_the_door_of_reports():
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    results = [name for name in RENDERED.findall(text) if name.startswith("reports.")]
    assert sorted(results) == [
        "reports.Bridge",
        "reports.Difference",
        "reports.Dimension",
        "reports.Formula",
        "reports.LayerRow",
        "reports.ModelReport",
        "reports.Step",
        "reports.Sweep",
        "reports.Verdict",
        "reports.Witness",
    ]


def test_frozen_commands_are_those_of_the_help():
    status, text = printed("--help")
    listed = re.findall(r"^  (\w+) {2,}\w", text.partition("Commands:")[2], re.MULTILINE)
    assert (status, sorted(listed)) == (0, sorted(OPTIONS))


@pytest.mark.parametrize("command", OPTIONS)
def test_frozen_options_are_those_of_the_command(command):
    status, text = printed(f"{command} --help")
    options = text.partition("Options:")[2].partition("Example")[0]
    names = re.findall(r"^  (?:-\w, )?(--[\w-]+)(?: / (--[\w-]+))?", options, re.MULTILINE)
    assert (status, [each for pair in names for each in pair if each]) == (0, OPTIONS[command])
