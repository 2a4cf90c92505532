"""``complexity check`` with budgets: of one model, or of those in ``pyproject.toml``."""

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.complexity.cli.terminal import run

FACTORY = """
import torch
def small(width=3, odd=False):
    layers = [torch.nn.Conv2d(2, width, 3), torch.nn.Conv2d(width, 5, 1)]
    return torch.nn.Sequential(*layers, *[Odd()] * odd), torch.zeros(1, 2, 7, 11)
class Odd(torch.nn.Module):
    def forward(self, x):
        return torch.linalg.svdvals(x)
"""
# by hand: 5 * 9 positions, 3 * 2 * 9 + 5 * 3 = 69 macs each, and 4 * 2 * 9 + 5 * 4 = 92
SMALL, WIDER = 3105, 4140
TARGET = "model.py:small"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(FACTORY)

    def budgets(text):
        (tmp_path / "pyproject.toml").write_text(f"[tool.complexity.budgets]\n{text}\n")

    return budgets


def test_a_planted_increase_is_over_budget(capsys, project):
    budget = ("--budget", f"macs<={SMALL},params<=77,unknown=0")
    done = run(capsys, "check", TARGET, *budget)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith("Within budget: macs <= 3,105, params <= 77, unknown <= 0.\n")
    done = run(capsys, "check", TARGET, "--arg", "width=4", *budget)
    assert done.status == 1
    assert done.out.endswith(
        "It agrees: closed form = traced counts, layer by layer.\n"
        "model.py:small: macs is 4,140, which exceeds the budget: macs <= 3,105.\n"
        "model.py:small: params is 101, which exceeds the budget: params <= 77.\n"
        "2 of 3 budgets exceeded.\n"
    )


def test_what_has_no_formula_is_over_a_budget_of_none(capsys, project):
    said = ("check", TARGET, "--arg", "odd=True", "--budget")
    done = run(capsys, *said, "unknown=0")
    assert done.status == 1
    assert "model.py:small: unknown is 1, which exceeds the budget: unknown <= 0." in done.out
    assert run(capsys, *said, "macs<=1G").status == 1  # at least: nobody knows
    assert run(capsys, *said, "macs<=1G,unknown=1").status == 0


def test_a_network_with_a_budget_is_the_one_that_report_shows(capsys):
    done = run(capsys, "check", "squeezenet", "--budget", "unknown=0")
    assert done.status == 0
    assert done.out.startswith("[1/1] ok   squeezenet (document) 1x3x32x32:")


def test_the_projects_budgets_are_those_of_its_table(capsys, project):
    project(f'"{TARGET}" = "macs<={SMALL}"\nsqueezenet = {{unknown = 0, res = 37}}')
    done = run(capsys, "check", "--budgets")
    assert done.status == 0
    assert "1x3x37x37" in done.out
    assert done.out.endswith("Within budget: macs <= 3,105, unknown <= 0.\n")
    project(f'"{TARGET}" = {{macs = {SMALL}, arg = {{width = 4}}}}\nsqueezenet = "unknown=0"')
    assert run(capsys, "check", "--budgets", "squeezenet").status == 0
    done = run(capsys, "check", "--budgets", TARGET)
    assert done.status == 1
    assert done.out.endswith("1 of 1 budgets exceeded.\n")


@pytest.mark.parametrize("other", [None, "width=4"])
def test_the_projects_files_lie_beside_its_table(capsys, project, tmp_path, monkeypatch, other):
    """From a folder below it, too, and where that has a file or module of the same name."""
    (tmp_path / "beside_table.py").write_text(FACTORY)
    project(f'"{TARGET}" = "macs<={SMALL}"\n"beside_table:small" = "macs<={SMALL}"')
    below = tmp_path / "below"
    below.mkdir()
    if other:
        (below / "model.py").write_text(FACTORY.replace("width=3", other))
    monkeypatch.chdir(below)
    monkeypatch.setattr("sys.path", [*sys.path])
    done = run(capsys, "check", "--budgets")
    assert (done.status, Path.cwd()) == (0, below)
    assert "] ok   model.py:small 1x2x7x11" in done.out  # as the table names it
    (tmp_path / "model.py").unlink()
    done = run(capsys, "check", "--budgets")
    assert done.err == (
        f"complexity: MODEL {TARGET} was not found: there is no file 'model.py' in {tmp_path}\n"
    )


def test_as_junit_each_budget_is_a_case(capsys, project, tmp_path):
    words = (
        "check",
        TARGET,
        "--budget",
        "macs<=4K,unknown=0",
        "--format",
        "junit",
        "-o",
        "out.xml",
    )
    assert run(capsys, *words) == (0, "", "\r1/1\n")
    done = run(capsys, *words, "--arg", "width=4")
    sentence = "model.py:small: macs is 4,140, which exceeds the budget: macs <= 4,000."
    assert (done.status, done.out, done.err) == (1, "", f"\r1/1\ncomplexity: {sentence}\n")
    root = ElementTree.fromstring((tmp_path / "out.xml").read_bytes())
    assert [(case.get("name"), len(case)) for case in root.iter("testcase")] == [
        ("closed form = traced counts", 0), ("budget macs <= 4,000", 1), ("budget unknown <= 0", 0),
    ]  # fmt: skip
    assert root.find(".//failure").get("message") == sentence


LOST = ("no_such.py:net", "was not found: there is no file 'no_such.py'")


@pytest.mark.parametrize(("most", "said"), [(SMALL, []), (5, ["exceeds the budget"])])
def test_a_model_that_cannot_be_loaded_leaves_the_others_their_verdicts(
    capsys, project, tmp_path, most, said
):
    """It is 2 even where a budget is not kept: what was not checked may hide more."""
    name, why = LOST
    project(f'"{TARGET}" = "macs<={most}"\n"{name}" = "macs<=5"\nsqueezenet = "unknown=0"')
    done = run(capsys, "check", "--budgets", "--format", "junit", "-o", "out.xml")
    sentence = f"MODEL {name} {why}"
    progress, first, *rest, _ = done.err.split("\n")
    assert (done.status, done.out, progress) == (2, "", "\r1/3\r2/3\r3/3")
    assert first == f"complexity: {sentence}"
    assert len(rest) == len(said)
    assert all(words in line for words, line in zip(said, rest, strict=True))
    root = ElementTree.fromstring((tmp_path / "out.xml").read_bytes())
    cases = [(each.get("classname").split(",")[0], [child.tag for child in each])
             for each in root.iter("testcase")]  # fmt: skip
    assert cases == [
        (TARGET, []), (TARGET, ["failure"] * len(said)), (name, ["error"]),
        ("squeezenet (document)", []), ("squeezenet (document)", []),
    ]  # fmt: skip
    assert root.find(".//error").get("message") == sentence


def test_as_text_and_json_what_could_not_be_checked_is_named(capsys, project, tmp_path):
    name, why = LOST
    done = run(capsys, "check", name, TARGET)
    assert (done.status, done.err) == (2, f"complexity: MODEL {name} {why}\n")
    assert done.out.startswith("[2/2] ok   model.py:small")
    assert done.out.endswith(f"\n1 of 2 could not be checked: {name}.\n")
    assert run(capsys, "check", TARGET, name, "-o", "out.txt").status == 2
    first, *_, last = (tmp_path / "out.txt").read_text().splitlines()
    assert (first[:5], last) == ("[1/2]", f"1 of 2 could not be checked: {name}.")
    done = run(capsys, "check", TARGET, name, "--budget", "macs<=1G", "--format", "json")
    found = json.loads(done.out)
    assert (done.status, found["agrees"], found["within_budgets"]) == (2, False, False)
    assert found["errors"] == [{"model": name, "said": f"MODEL {name} {why}"}]
    assert [each["model"] for each in found["models"]] == [TARGET]


def test_a_sentence_that_names_no_model_has_its_name_before_it(capsys, project):
    done = run(capsys, "check", "mobilenet", TARGET, "--alpha", "0.25")
    rule = f"--alpha 0.25 is an option of the five networks, not of {TARGET}; see --arg"
    assert (done.status, done.err) == (2, f"complexity: {rule}\n")
    done = run(capsys, "check", "squeezenet", "mobilenet", "--classes", "0")
    first, second = done.err.splitlines()
    assert first.startswith("complexity: squeezenet: --classes 0 must be ")
    assert second.startswith("complexity: mobilenet: --classes 0 must be ")
    assert (done.status, done.out) == (2, "")


def test_as_json_budgets_stand_with_their_model(capsys, project):
    words = ("check", TARGET, "--format", "json")
    assert "within_budgets" not in json.loads(run(capsys, *words).out)
    done = run(capsys, *words, "--budget", "macs<=3K,params<=77")
    found = json.loads(done.out)
    assert (done.status, found["agrees"], found["within_budgets"]) == (1, True, False)
    first, second = found["models"][0]["budgets"]
    assert (first["budget"], first["kept"]) == ("macs <= 3,000", False)
    assert second == {"budget": "params <= 77", "kept": True, "said": ""}


def test_into_a_file_all_lines_go(capsys, project, tmp_path):
    assert run(capsys, "check", TARGET, "--budget", "macs<=1", "-o", "out.txt").status == 1
    first, *_, last = (tmp_path / "out.txt").read_text().splitlines()
    assert first.startswith("[1/1] ok   model.py:small")
    assert last == "1 of 1 budgets exceeded."


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--budget", "macs<=5"), "MODEL must be given with --budget"),
        ((TARGET, "--budget", "macs"), "--budget macs must be such as macs<=600M or unknown=0"),
        ((TARGET, "--budget", "macs<=many"),
         "--budget 'macs<=many' must be the most there may be, such as <=150M, <3e6 or 2.5G"),
        (("--budgets",), "--budgets needs a table [tool.complexity.budgets] in pyproject.toml"),
        (("--budgets", "--budget", "macs<=5"),
         "--budget 'macs<=5' cannot be given with --budgets, which has its own"),
        (("--budgets", "--alpha", "1"), "--alpha 1 cannot be given with --budgets, which has its own"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(capsys, project, words, said):
    project("")
    done = run(capsys, "check", *words)
    assert (done.status, done.out, done.err) == (2, "", f"complexity: {said}\n")
