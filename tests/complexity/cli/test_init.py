"""Each command's good run, in each format, to the terminal and to a file."""

import csv
import io
import json
import re
from importlib.metadata import PackageNotFoundError

import pytest

from formulas import network
from formulas.core.cost import CONVENTION, COST_FIELDS
from formulas.networks import NETWORKS
from tests.complexity.cli.terminal import run

HALF = ("mobilenet", "--alpha", "0.5", "--res", "160")
PARAMS, MACS = 872_868, 304_102_400


def test_the_main_job(capsys):
    done = run(capsys, "report", *HALF)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("mobilenet (document, alpha=0.5), input 1x3x160x160\n")
    for words in (
        f"{PARAMS:,}",
        f"{MACS:,}",
        f"{2 * MACS:,}",
        "0.87 M, 3.49 MB as float32",
        "conv1.0.pointwise.conv",
        "Checked: closed form = traced counts in all 83 rows",
        f"Convention: {CONVENTION}.",
        "The paper's variant for one image at 160x160 with 1000 classes: ",
        "published: 1.32 M params, 76 M macs (arXiv 1704.04861, table 9).",
    ):
        assert words in done.out


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_has_a_report_that_its_trace_confirms(capsys, name):
    done = run(capsys, "report", name, "--format", "json")
    assert (done.status, done.err) == (0, "")
    found, closed = json.loads(done.out), network(name)
    assert found["check"]["agrees"] is True
    assert found["check"]["rows"] == len(found["layers"]) == len(closed.layers)
    assert {field: found[field] for field in COST_FIELDS} == {
        field: getattr(closed.cost, field) for field in COST_FIELDS
    }


def test_without_a_trace_the_report_says_that_it_is_not_checked(capsys):
    done = run(capsys, "report", *HALF, "--no-trace")
    assert done.status == 0
    assert "Checked: no, nothing was traced (closed form only)." in done.out
    assert f"{MACS:,}" in done.out


def test_json_carries_exact_integers_and_the_convention(capsys):
    found = json.loads(run(capsys, "report", *HALF, "--format", "json").out)
    assert (found["params"], found["macs"], found["flops"]) == (PARAMS, MACS, 2 * MACS)
    assert found["convention"] == CONVENTION
    assert sum(layer["macs"] for layer in found["layers"]) == MACS
    assert any(note.startswith("The paper's variant") for note in found["notes"])
    untraced = json.loads(run(capsys, "report", *HALF, "--no-trace", "--format", "json").out)
    assert untraced["check"] is None
    assert found["coverage"]["counted"] == len(found["layers"])
    assert {**found, "check": None, "coverage": {}} == untraced


@pytest.mark.parametrize("by", ["layer", "kind", "block"])
def test_csv_sums_to_the_model(capsys, by):
    done = run(capsys, "report", *HALF, "--no-trace", "--format", "csv", "--by", by)
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert sum(int(row["params"]) for row in rows) == PARAMS
    assert sum(int(row["macs"]) for row in rows) == MACS
    assert rows[0][by]


def test_markdown_is_a_table_below_a_heading(capsys):
    done = run(capsys, "report", *HALF, "--no-trace", "--format", "markdown")
    assert done.out.startswith("# mobilenet (document, alpha=0.5), input 1x3x160x160\n\n| layer ")
    assert re.search(rf"^\| macs +\| +{MACS:,} \|", done.out, re.M)


def test_sort_top_and_depth_arrange_the_table(capsys):
    done = run(capsys, "report", *HALF, "--no-trace", "--sort", "macs", "--top", "3",
               "--format", "csv")  # fmt: skip
    macs = [int(row["macs"]) for row in csv.DictReader(io.StringIO(done.out))]
    every = sorted((placed.cost.macs for placed in network("mobilenet", alpha=0.5,
                    resolution=160).layers), reverse=True)  # fmt: skip
    assert macs == every[:3]
    deep = run(capsys, "report", *HALF, "--no-trace", "--by", "block", "--depth", "2",
               "--format", "csv")  # fmt: skip
    assert "conv1.0" in [row["block"] for row in csv.DictReader(io.StringIO(deep.out))]


def test_the_paper_line_stands_below_document_reports_only(capsys):
    paper = run(capsys, "report", *HALF, "--variant", "paper", "--no-trace")
    assert paper.status == 0
    assert "The paper's variant" not in paper.out


FORMS = ("text", "markdown", "csv", "json")
WRITTEN = [(name, form) for name in ("report", "compare") for form in FORMS]


@pytest.mark.parametrize(("command", "form"), [*WRITTEN, ("report", "html"), ("report", "latex")])
def test_a_file_gets_what_the_terminal_would(capsys, tmp_path, command, form):
    target = tmp_path / "out.txt"
    target.write_text("old")
    words = (command, *HALF, "--no-trace", "--format", form)
    shown = run(capsys, *words)
    written = run(capsys, *words, "-o", str(target))
    assert (written.status, written.out, written.err) == (0, "", "")
    assert target.read_text() == shown.out != ""


def test_a_training_step_is_reported_in_every_way(capsys):
    words = ("report", "mobilenet", "--alpha", "0.25", "--res", "37", "--backward")
    text = run(capsys, *words, "--optimizer", "sgd").out
    assert "\nTraining step: 5,333,392 forward + " in text
    assert "+ 240,260 gradients + 0 of sgd's state.\n" in text
    found = json.loads(run(capsys, *words, "--format", "json").out)["training"]
    assert (found["trainable"], found["optimizer"]) == (240_260, "adam")
    assert f" + {found['backward']['macs']:,} backward = " in text


def test_check_of_one_setting_is_one_line_and_one_sentence(capsys):
    done = run(capsys, "check", "mobilenet", "--alpha", "0.25", "--res", "37")
    assert (done.status, done.err) == (0, "")
    first, second = done.out.splitlines()
    assert first.startswith("[1/1] ok   mobilenet (document, alpha=0.25) 1x3x37x37: 83 rows, ")
    assert first.endswith(
        "; fvcore agrees (+ 303,008: two per batch-norm element; "
        "+ 2,304: one per adaptively averaged input element), torch FlopCounterMode agrees"
    )
    assert second == "It agrees: closed form = traced counts, layer by layer."


@pytest.fixture
def two_to_check(monkeypatch):
    """A check without arguments, of two settings instead of all."""
    two = [network("mobilenet", alpha=0.25, resolution=37), network("squeezenet", resolution=37)]
    monkeypatch.setattr("complexity.interop.check.configurations", lambda names: two)
    return two


def test_check_without_arguments_prints_a_line_for_each_setting(capsys, two_to_check):
    done = run(capsys, "check")
    assert done.status == 0
    assert [line.split()[:3] for line in done.out.splitlines()] == [
        ["[1/2]", "ok", "mobilenet"], ["[2/2]", "ok", "squeezenet"], ["All", "2", "agree:"],
    ]  # fmt: skip


def test_check_as_json_shows_its_progress_on_the_other_channel(capsys, two_to_check):
    done = run(capsys, "check", "--format", "json")
    found = json.loads(done.out)
    assert (done.status, found["agrees"]) == (0, True)
    assert [model["macs"] for model in found["models"]] == [c.cost.macs for c in two_to_check]
    assert all(len(model["check"]["witnesses"]) == 2 for model in found["models"])
    assert done.err.split() == ["1/2", "2/2"]


def test_check_into_a_file_leaves_the_terminal_to_the_progress(capsys, tmp_path, two_to_check):
    done = run(capsys, "check", "-o", str(tmp_path / "check.txt"))
    assert (done.status, done.out) == (0, "")
    lines = (tmp_path / "check.txt").read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["[1/2]", "[2/2]", "All"]


def test_the_program_alone_shows_its_help(capsys):
    done = run(capsys)
    assert (done.status, done.err) == (0, "")
    assert done.out == run(capsys, "--help").out


def test_the_version_is_that_of_the_distribution_where_it_is_installed(capsys, monkeypatch):
    monkeypatch.setattr("importlib.metadata.version", lambda name: f"9.7 of {name}")
    done = run(capsys, "--version")
    assert done == (0, "complexity 9.7 of complexity-analyzer\n", "")


def test_without_an_installed_distribution_the_version_says_so(capsys, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.version", missing)
    done = run(capsys, "--version")
    assert done == (0, "complexity, not installed: run from its source\n", "")


@pytest.mark.parametrize("trace", [True, False])
def test_compare_puts_networks_side_by_side(capsys, trace):
    tracing = "--trace" if trace else "--no-trace"
    done = run(capsys, "compare", *NETWORKS, "--res", "64", tracing, "--format", "csv")
    assert (done.status, done.err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["model"] for row in rows] == list(NETWORKS)
    for row in rows:
        cost = network(row["model"], resolution=64).cost
        assert (int(row["params"]), int(row["macs"])) == (cost.params, cost.macs)
        assert row["input"] == "1x3x64x64"
        assert row["checked"] == ("yes" if trace else "not traced")
    assert rows[0]["macs ratio"] == "1.00"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_compare_states_the_convention(capsys, form):
    done = run(capsys, "compare", "squeezenet", "--no-trace", "--format", form)
    assert done.out.endswith(f"\n\nConvention: {CONVENTION}.\n")
