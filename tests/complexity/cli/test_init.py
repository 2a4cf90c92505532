"""Each command's good run, in each format, to the terminal and to a file."""

import csv
import io
import json
import re
import shlex
from importlib.metadata import PackageNotFoundError

import pytest

from complexity.cli import cli
from complexity.cli.commands import COMMANDS
from complexity.targets.loader import LIBRARIES
from formulas import network
from formulas.core.cost import CONVENTION, COST_FIELDS
from formulas.kinds import KINDS
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


def test_every_option_of_a_network_reaches_it(capsys):
    command = ("report", "--no-trace", "--format", "json")
    for name, options, given in (
        ("mobilenet", {"alpha": 0.25, "resolution": (67, 83), "batch": 3, "classes": 7},
         ["--alpha", ".25", "--res", "67x83", "--batch", "3", "--classes", "7"]),
        ("mobilenetv2", {"alpha": 1.4, "variant": "paper"},
         ["--alpha", "1.4", "--variant", "paper"]),
        ("shufflenet", {"groups": 8}, ["--groups", "8"]),
        ("shufflenetv2", {"ratio": 1.5}, ["--ratio", "1.5"]),
        ("squeezenet", {"resolution": 96}, ["--res", "96"]),
    ):  # fmt: skip
        found = json.loads(run(capsys, *command, name, *given).out)
        cost = network(name, **options).cost
        assert (found["params"], found["macs"]) == (cost.params, cost.macs)


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


def test_strict_changes_nothing_where_everything_is_known(capsys):
    plain, strict = (run(capsys, "report", *HALF, *more) for more in ((), ("--strict",)))
    assert plain == strict
    assert strict.status == 0


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


def test_compare_gives_an_option_to_the_networks_that_have_it(capsys):
    done = run(capsys, "compare", "mobilenet", "shufflenet", "--alpha", "0.5", "--groups", "2",
               "--no-trace", "--format", "json")  # fmt: skip
    first, second = json.loads(done.out)
    assert first["options"] == {"variant": "document", "alpha": 0.5}
    assert second["options"] == {"variant": "document", "groups": 2}


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_compare_states_the_convention(capsys, form):
    done = run(capsys, "compare", "squeezenet", "--no-trace", "--format", form)
    assert done.out.endswith(f"\n\nConvention: {CONVENTION}.\n")


def test_explain_a_layer_and_a_block(capsys):
    layer = run(capsys, "explain", *HALF, "conv1.0.pointwise.conv")
    assert (layer.status, layer.err) == (0, "")
    assert layer.out.startswith("conv1.0.pointwise.conv: pointwise, 1x32x80x80 -> 1x64x80x80\n")
    assert "macs = cin * cout * H * W\n       = 32 * 64 * 80 * 80\n       = 13,107,200" in layer.out
    block = run(capsys, "explain", *HALF, "conv1.0.pointwise")
    assert layer.out.strip() in block.out
    assert "conv1.0.pointwise, 3 layers together: " in block.out


def test_list_has_every_network_and_every_kind(capsys):
    done = run(capsys, "list")
    assert (done.status, done.err) == (0, "")
    first_words = {line.split()[0] for line in done.out.splitlines() if line.strip()}
    assert {*NETWORKS, *KINDS} <= first_words


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


def test_every_command_has_an_example_and_a_report_one_of_each_way_to_feed_a_model():
    assert {words[0] for words in EXAMPLES} == set(COMMANDS)
    assert {"--input", "--arg"} <= {word for words in EXAMPLES for word in words}


def test_help_of_the_program_lists_the_commands(capsys):
    done = run(capsys, "--help")
    assert done.status == 0
    for command in COMMANDS:
        assert re.search(rf"^  {command} ", done.out, re.M)
