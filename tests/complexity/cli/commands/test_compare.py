"""``complexity compare``: models and saved reports, as a table and as a picture."""

import csv
import io
import json

import pytest

from tests.complexity.cli.terminal import run

FACTORY = """
import torch
def fc(width=7):
    return torch.nn.Linear(5, width), torch.zeros(3, 5)
def free():
    return torch.nn.ReLU(), torch.zeros(3, 5)
class odd(torch.nn.Module):
    def forward(self, x):
        return torch.linalg.svdvals(x)
"""


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(FACTORY)


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_saved_reports_stand_beside_models(capsys):
    assert run(capsys, "report", "model.py:fc", "--format", "json", "-o", "a.json").status == 0
    two = (
        "compare",
        "mobilenet",
        "squeezenet",
        "--res",
        "37",
        "--no-trace",
        "--format",
        "json",
        "-o",
        "b.json",
    )
    assert run(capsys, *two).status == 0
    done = run(capsys, "compare", "a.json", "shufflenet", "b.json", "model.py:fc", "--arg", "width=11",
               "--no-trace", "--format", "csv")  # fmt: skip
    assert done.status == 0, done.err
    found = rows(done.out)
    assert [each["model"] for each in found] == [
        "model.py:fc (a.json)", "shufflenet", "mobilenet", "squeezenet", "model.py:fc",
    ]  # fmt: skip
    # by hand: 5 * 7 + 7 params, 3 * 5 * 7 macs; 5 * 11 + 11 and 3 * 5 * 11
    assert [(found[n]["params"], found[n]["macs"], found[n]["checked"]) for n in (0, 4)] == [
        ("42", "105", "yes"), ("66", "165", "yes"),
    ]  # fmt: skip


def test_what_compare_saves_it_reads_again(capsys):
    words = (
        "compare",
        "mobilenet",
        "model.py:fc",
        "--alpha",
        "0.5",
        "--format",
        "json",
        "-o",
        "a.json",
    )
    assert run(capsys, *words).status == 0
    done = run(capsys, "compare", "a.json", "--format", "json")
    with open("a.json", encoding="utf-8") as file:
        assert json.loads(done.out) == json.load(file)


@pytest.mark.parametrize("name", ["a.svg", "a.html"])
def test_a_plot_shows_each_model_that_has_both_numbers(capsys, tmp_path, name):
    words = (
        "compare",
        "mobilenet",
        "model.py:free",
        "--alpha",
        "0.5",
        "--no-trace",
        "--plot",
        name,
    )
    done = run(capsys, *words)
    assert (done.status, done.err) == (
        0,
        "complexity: model.py:free is not drawn: it has no params or no macs, or more than 10^200 of them\n",
    )
    picture = (tmp_path / name).read_bytes()
    assert b"mobilenet (document, alpha=0.5)" in picture
    assert b"model.py:free" not in picture


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mobilenet", "--plot", "a.jpg"), "--plot a.jpg must end in .png, .svg, .html"),
        (("model.py:free", "--plot", "a.svg"), "--plot has nothing to show: no model has both params and macs, each of at most 10^200"),
        (("mobilenet", "no.json"), "no.json cannot be read: no such file or directory"),
        (("mobilenet", "--input", "3x5"), "--input 3x5 is an option of none of mobilenet"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(capsys, words, said):
    done = run(capsys, "compare", *words)
    assert (done.status, done.out, done.err) == (2, "", f"complexity: {said}\n")


def test_other_conventions_are_told(capsys, tmp_path):
    run(capsys, "report", "model.py:fc", "--format", "json", "-o", "a.json")
    document = json.loads((tmp_path / "a.json").read_text())
    (tmp_path / "b.json").write_text(json.dumps({**document, "convention": "as it was"}))
    out = run(capsys, "compare", "a.json", "b.json").out
    assert out.endswith("Convention: as it was.\n")
    assert out.count("Convention: ") == 2


def test_a_command_that_runs_models_takes_no_saved_report(capsys):
    run(capsys, "report", "model.py:fc", "--format", "json", "-o", "a.json")
    for command in ("time", "report", "check"):
        done = run(capsys, command, "a.json")
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith("complexity: there is no network 'a.json': ")


def test_two_states_of_one_model_are_told_apart_in_table_and_picture(capsys, tmp_path):
    for name, width in (("old.json", 7), ("new.json", 11)):
        run(
            capsys,
            "report",
            "model.py:fc",
            "--arg",
            f"width={width}",
            "--format",
            "json",
            "-o",
            name,
        )
    done = run(capsys, "compare", "old.json", "new.json", "model.py:fc", "--format", "csv", "--plot",
               "a.svg")  # fmt: skip
    names = ["model.py:fc (old.json)", "model.py:fc (new.json)", "model.py:fc"]
    assert [each["model"] for each in rows(done.out)] == names
    picture = (tmp_path / "a.svg").read_text()
    assert all(f"{name}<" in picture or f"{name} " in picture for name in names)
    as_json = json.loads(run(capsys, "compare", "old.json", "new.json", "--format", "json").out)
    assert [each["model"] for each in as_json] == ["model.py:fc", "model.py:fc"]


def test_figures_that_leave_operations_out_are_no_whole_ones(capsys):
    words = ("compare", "model.py:odd", "model.py:fc", "--input", "3x5")
    done = run(capsys, *words)
    assert "\nAt least: the figures of model.py:odd are without aten._linalg_svd, " in done.out


def test_a_name_that_utf_8_does_not_hold_is_shown(capsys, tmp_path):
    run(capsys, "report", "model.py:fc", "--format", "json", "-o", "a.json")
    document = json.loads((tmp_path / "a.json").read_text())
    odd = {**document, "model": "a\ud800\x1bc", "options": {"x": "\udfff"}}
    (tmp_path / "b.json").write_text(json.dumps(odd))
    for form in ("text", "markdown", "csv", "json"):
        done = run(capsys, "compare", "b.json", "--format", form)
        assert (done.status, r"a\ud800\u001bc" in done.out) == (0, True)
    for name in ("a.svg", "a.png", "a.html"):
        assert run(capsys, "compare", "b.json", "--plot", name).status == 0


def test_a_count_that_no_axis_holds_is_left_out_of_the_picture(capsys, tmp_path):
    run(capsys, "report", "model.py:fc", "--format", "json", "-o", "a.json")
    text = (tmp_path / "a.json").read_text()
    macs, flops = 105 * 10**400, 210 * 10**400
    (tmp_path / "b.json").write_text(text.replace(" 105", f" {macs}").replace(" 210", f" {flops}"))
    done = run(capsys, "compare", "a.json", "b.json", "--plot", "a.svg")
    why = "it has no params or no macs, or more than 10^200 of them"
    assert (done.status, done.err) == (0, f"complexity: model.py:fc (b.json) is not drawn: {why}\n")
    done = run(capsys, "compare", "b.json", "--plot", "a.svg")
    assert (done.status, done.out) == (2, "")
