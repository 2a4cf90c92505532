"""The pre-commit hook and the GitHub Action, run from their files as their hosts would."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
import yaml

from tests.complexity.cli.terminal import run
from tests.paths import ROOT

MODEL = """
import torch
def small():
    layers = [torch.nn.Conv2d(2, WIDTH, 3), torch.nn.Conv2d(WIDTH, 5, 1)]
    return torch.nn.Sequential(*layers), torch.zeros(1, 2, 7, 11)
"""
# by hand: 5 * 9 positions, 3 * 2 * 9 + 5 * 3 = 69 macs each, and 4 * 2 * 9 + 5 * 4 = 92
OVER = "model.py:small: macs is 4,140, which exceeds the budget: macs <= 3,105."
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"]}
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture
def project(tmp_path):
    """A project with a budget; its model as wide as asked."""
    (tmp_path / "pyproject.toml").write_text(
        '[tool.complexity.budgets]\n"model.py:small" = "macs<=3105,unknown=0"\n'
    )

    def widened(width):
        (tmp_path / "model.py").write_text(MODEL.replace("WIDTH", str(width)))
        return tmp_path

    widened(3)
    return widened


def bash(script, folder, **environment):
    """The script as GitHub runs it, with this tree's ``complexity`` on the path."""
    place = folder / "bin"
    place.mkdir(exist_ok=True)
    program = place / "complexity"
    program.write_text(f"#!{sys.executable}\nfrom complexity.cli import main\nmain()\n")
    program.chmod(0o755)
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder, env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def act(folder, **said):
    """The action's steps but for the installation, with these inputs.

    As on GitHub, a step after one that failed runs only where its condition asks for it. Gives the
    first that failed, or the last.
    """
    inputs = {name: each["default"] for name, each in ACTION["inputs"].items()}
    assert set(said) <= set(inputs)
    inputs.update(said)
    files = {"RUNNER_TEMP": str(folder), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    done = []
    for step in (STEPS["Budgets"], STEPS["Comparison"]):
        failed = any(each.returncode for each in done)
        if not condition(step.get("if", "success()"), inputs, failed):
            continue
        environment = {
            name: inputs[re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value).group(1)]
            for name, value in step["env"].items()
        }
        done.append(bash(step["run"], folder, **environment, **files))
    return next((each for each in done if each.returncode), done[-1])


def condition(text, inputs, failed=False):
    """A condition as GitHub reads it: without a function of the status, it has ``success()``."""
    terms = text.removeprefix("${{").removesuffix("}}").strip().split(" && ")
    always = "!cancelled()" in terms
    said = [term for term in terms if "()" not in term]
    assert len(terms) - len(said) <= 1
    found = [re.fullmatch(r"inputs\.([\w-]+) (==|!=) '(\w*)'", term).groups() for term in said]
    return (always or not failed) and all(
        (inputs[name] == value) == (sign == "==") for name, sign, value in found
    )


WIDTHS = [
    pytest.param(3, 0, marks=pytest.mark.slow, id="as it was"),
    pytest.param(4, 1, id="wider"),
]


@pytest.mark.parametrize(("width", "status"), WIDTHS)
def test_the_hook_fails_on_a_planted_increase(project, width, status):
    assert HOOK["pass_filenames"] is False
    done = bash(HOOK["entry"], project(width))
    assert done.returncode == status, done.stderr
    assert (OVER if status else "Within budget: macs <= 3,105, unknown <= 0.") in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("width", "status"), WIDTHS)
def test_the_action_keeps_the_budgets_of_the_project(project, width, status):
    folder = project(width)
    done = act(folder)
    assert (done.returncode, OVER in done.stderr) == (status, bool(status))
    root = ElementTree.fromstring((folder / "complexity.xml").read_bytes())
    assert [each.get("message") for each in root.iter("failure")] == [OVER] * status
    assert not (folder / "summary.md").exists()


@pytest.mark.slow
def test_the_action_keeps_a_budget_of_its_own(project):
    folder = project(4)
    assert act(folder, models="model.py:small", budget="macs<=4140").returncode == 0
    done = act(folder, models="model.py:small squeezenet", budget="macs<=4139", junit="two.xml")
    assert done.returncode == 1
    assert (folder / "two.xml").read_text().count("<failure ") == 2


def test_the_action_holds_a_pull_request_against_what_was_saved(project, capsys, monkeypatch):
    folder = project(3)
    monkeypatch.chdir(folder)
    for width in (3, 4):
        project(width)
        words = ("report", "model.py:small", "--format", "json", "-o", f"{width}.json")
        assert run(capsys, *words).status == 0
    said = {"old": "3.json", "max-increase": "macs=33%\nparams=100"}
    assert act(folder, new="3.json", **said).returncode == 0
    assert "Layers: 2 as they were." in (folder / "summary.md").read_text()
    done = act(folder, new="4.json", **said)
    assert done.returncode == 1
    sentence = "macs grew by 1,035 (33.33 %), from 3,105 to 4,140: at most 33 % is allowed."
    assert sentence in done.stderr
    assert f"- **Exceeded:** {sentence}" in (folder / "summary.md").read_text()


def test_a_comparison_that_fails_shows_no_former_one(project, capsys, monkeypatch):
    folder = project(3)
    monkeypatch.chdir(folder)
    words = ("report", "model.py:small", "--format", "json", "-o", "old.json")
    assert run(capsys, *words).status == 0
    assert act(folder, old="old.json", new="old.json").returncode == 0
    shown = (folder / "summary.md").read_text()
    assert act(folder, old="old.json", new="nothere.json").returncode == 2
    assert (folder / "summary.md").read_text() == shown


def test_the_comparison_is_shown_where_a_budget_is_not_kept(project, capsys, monkeypatch):
    folder = project(3)
    monkeypatch.chdir(folder)
    words = ("report", "model.py:small", "--format", "json", "-o", "old.json")
    assert run(capsys, *words).status == 0
    project(4)
    done = act(folder, models="model.py:small", budget="macs<=4K", old="old.json", new="old.json")
    assert (done.returncode, "exceeds the budget: macs <= 4,000" in done.stderr) == (1, True)
    assert "Layers: 2 as they were." in (folder / "summary.md").read_text()


def test_what_an_input_says_is_never_run(project):
    folder = project(3)
    evil = "$(touch planted) `touch planted`; touch planted"
    told = ({"models", "budget", "junit"}, {"old", "new", "options"}, {"max-increase"})
    assert set.union(*told) == set(ACTION["inputs"]) - {"install"}
    for names in told:
        rest = {} if "budget" in names else {"old": "no.json", "new": "no.json"}
        done = act(folder, **{**rest, **dict.fromkeys(names, evil)})
        assert done.returncode == 2, done.stderr
    assert not list(folder.glob("**/planted"))
    assert all("${{" not in step["run"] for step in STEPS.values())


def test_the_installation_needs_no_more_than_this_repository():
    assert STEPS["Install"]["run"] == 'python -m pip install "$GITHUB_ACTION_PATH"'
    assert condition(STEPS["Install"]["if"], {"install": "true"})


def test_the_example_workflow_uses_what_there_is():
    workflow = yaml.safe_load((ROOT / "docs" / "workflow.yml").read_text())
    ours = [step for step in workflow["jobs"]["cost"]["steps"] if "complexity" in step["uses"]]
    assert len(ours) == 2
    for step in ours:
        assert set(step.get("with", {})) <= set(ACTION["inputs"])
