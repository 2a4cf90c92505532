"""Bad input is one sentence on standard error and status 2; a disagreement is status 1."""

import os
import re
import sys
from dataclasses import replace

import pytest

from complexity.cli.commands.check import requests_of
from formulas.core.errors import SizeError
from formulas.kinds import KINDS
from tests.complexity.cli.terminal import run

FAST = ("--no-trace",)
MOBILENET_OPTIONS = "which has alpha, resolution, classes, variant, batch"
POSITIVE = "must be an integer of at least 1"

REFUSED: dict[tuple[str, ...], str] = {
    # names
    ("report", "mobilnet"):
        "there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?",
    ("report", "bogus"):
        "there is no network 'bogus': choose from "
        "squeezenet, mobilenet, mobilenetv2, shufflenet, shufflenetv2",
    ("check", "squeeznet"):
        "there is no network 'squeeznet': did you mean 'squeezenet' or 'shufflenet'?",
    ("compare", "mobilenet", "shuflenet"):
        "there is no network 'shuflenet': did you mean "
        "'shufflenet' or 'shufflenetv2' or 'squeezenet'?",
    ("explain", "mobilenet", "conv1.0.pointwize"):
        "there is no layer of mobilenet 'conv1.0.pointwize': did you mean "
        "'conv1.0.pointwise' or 'conv4.0.pointwise' or 'conv3.0.pointwise'?",
    ("explain", "mobilnet", "fc"):
        "there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?",
    # alpha
    ("report", "mobilenet", "--alpha", "0"): "--alpha 0 must be a finite number above 0",
    ("report", "mobilenet", "--alpha", "-0.5"): "--alpha -0.5 must be a finite number above 0",
    ("report", "mobilenet", "--alpha", "nan"): "--alpha nan must be a finite number above 0",
    ("report", "mobilenet", "--alpha", "inf"): "--alpha inf must be a finite number above 0",
    ("report", "mobilenet", "--alpha", "wide"): "--alpha wide must be a number",
    ("report", "mobilenet", "--alpha", ""): "--alpha '' must be a number",
    ("report", "mobilenet", "--alpha", "0.01"):
        "--alpha 0.01 must leave at least 1 of 32 channels",
    ("report", "mobilenetv2", "--alpha", "0.5"):
        "--alpha 0.5 needs variant=paper: the document's mobilenetv2 has no width multiplier",
    # resolution
    ("report", "mobilenet", "--res", "0"): f"--res 0 {POSITIVE}",
    ("report", "mobilenet", "--res", "-32"): f"--res -32 {POSITIVE}",
    ("report", "mobilenet", "--res", "32x0"): f"--res 0 {POSITIVE}",
    ("report", "mobilenet", "--res", "big"): "--res big must be a side such as 160, or HxW",
    ("report", "mobilenet", "--res", "1.5"): "--res 1.5 must be a side such as 160, or HxW",
    ("report", "mobilenet", "--res", "8x8x8"):
        "--res 8x8x8 must have 2 numbers, one for each dimension",
    ("report", "squeezenet", "--variant", "paper", "--res", "16"):
        "--res 16x16 is too small: in maxpool, kernel=3 must fit in the padded map: "
        "2 + 2 * 0",
    # other settings
    ("report", "shufflenet", "--groups", "5"): "--groups 5 must be one of 1, 2, 3, 4, 8",
    ("report", "shufflenet", "--groups", "many"): "--groups many must be a number",
    ("report", "shufflenetv2", "--ratio", "3"): "--ratio 3 must be one of 0.5, 1, 1.5, 2",
    ("report", "mobilenet", "--variant", "torch"): "--variant torch must be one of document, paper",
    ("report", "mobilenet", "--classes", "0"): f"--classes 0 {POSITIVE}",
    ("report", "mobilenet", "--classes", "2.5"): f"--classes 2.5 {POSITIVE}",
    ("report", "mobilenet", "--batch", "0"): f"--batch 0 {POSITIVE}",
    # options that the network does not have
    ("report", "mobilenet", "--groups", "3"):
        f"--groups 3 is not an option of mobilenet, {MOBILENET_OPTIONS}",
    ("report", "squeezenet", "--alpha", "0.5"):
        "--alpha 0.5 is not an option of squeezenet, "
        "which has resolution, classes, variant, batch",
    ("check", "shufflenet", "--ratio", "1"):
        "--ratio 1 is not an option of shufflenet, "
        "which has groups, resolution, classes, variant, batch",
    ("explain", "mobilenet", "fc", "--ratio", "1"):
        f"--ratio 1 is not an option of mobilenet, {MOBILENET_OPTIONS}",
    ("compare", "squeezenet", "mobilenet", "--ratio", "1"):
        "--ratio 1 is an option of none of squeezenet, mobilenet",
    ("check", "--alpha", "0.5"): "MODEL must be given with --alpha",
    ("check", "--input", "3", "--dtype", "int64"): "MODEL must be given with --input, --dtype",
    ("compare", "squeezenet", "mobilenet", "--groups", "1", "--alpha", "1"):
        "--groups 1 is an option of none of squeezenet, mobilenet",
    # options of models that are loaded, and of the five networks
    ("report", "mobilenet", "--input", "1x3"):
        "--input 1x3 is for models that are loaded, such as timm:resnet18",
    ("check", "mobilenet", "--dtype", "int64"):
        "--dtype int64 is for models that are loaded, such as timm:resnet18",
    ("report", "mobilenet", "--arg", "depth"): "--arg depth must be KEY=VALUE, such as depth=3",
    ("report", "some.py:model", "--alpha", "0.5"):
        "--alpha 0.5 is an option of the five networks, not of some.py:model; see --arg",
    ("report", "some.py:model", *FAST):
        "--no-trace is for the five networks: some.py:model must run",
    # a training step
    ("report", "mobilenet", "--backward", *FAST):
        "--backward needs a trace: leave --no-trace out",
    ("report", "mobilenet", "--backward", "--optimizer", "lion"):
        "--optimizer lion must be one of sgd, momentum, adam",
    # options that would change nothing
    ("report", "mobilenet", "--optimizer", "sgd"): "--optimizer sgd needs --backward",
    ("report", "mobilenet", "--optimizer", "adam"): "--optimizer adam needs --backward",
    ("report", "mobilenet", "--depth", "2"): "--depth 2 needs --by block",
    ("report", "mobilenet", "--depth", "0"): "--depth 0 needs --by block",
    ("report", "mobilenet", "--by", "kind", "--depth", "1"): "--depth 1 needs --by block",
    ("report", "mobilenet", "--format", "csv", "--depth", "1"): "--depth 1 needs --by block",
    ("report", "mobilenet", "--format", "json", "--by", "layer"):
        "--by layer has no effect on JSON, which holds layers, kinds and blocks",
    ("report", "mobilenet", "--format", "html", "--by", "kind"):
        "--by kind has no effect on HTML, which holds layers, kinds and modules",
    ("report", "mobilenet", "--format", "html", "--depth", "2"): "--depth 2 needs --by block",
    ("report", "mobilenet", "--time"): "--time needs --format html",
    ("report", "mobilenet", "--format", "html", "--time", *FAST):
        "--time needs a trace: leave --no-trace out",
    ("report", "mobilenet", "--strict", *FAST): "--strict needs a trace: leave --no-trace out",
    ("compare", "some.py:one", "some.py:two", *FAST):
        "--no-trace is for the five networks: some.py:one must run",
    # how it is shown
    ("report", "mobilenet", "--top", "all"): "--top all must be a number",
    ("report", "mobilenet", *FAST, "--top", "2.5"): f"--top 2.5 {POSITIVE}",
    ("report", "mobilenet", *FAST, "--format", "json", "--depth", "0"): f"--depth 0 {POSITIVE}",
    ("report", "mobilenet", *FAST, "--top", "0"): f"--top 0 {POSITIVE}",
    ("report", "mobilenet", *FAST, "--by", "block", "--depth", "0"): f"--depth 0 {POSITIVE}",
    ("report", "mobilenet", "--sort", "price"):
        "--sort price must be one of name, params, macs, elementwise, activations, memory_access",
    ("report", "mobilenet", "--by", "colour"):
        "--by colour must be one of layer, kind, block",
    # the command itself
    ("report",): "Missing argument 'MODEL'.",
    ("explain", "mobilenet"): "Missing argument 'LAYER'.",
    ("compare",): "Missing argument 'MODEL...'.",
    ("bogus",): "No such command 'bogus'.",
    ("report", "mobilenet", "shufflenet"): "Got unexpected extra argument (shufflenet)",
    ("list", "all"): "Got unexpected extra argument (all)",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_bad_input_is_one_sentence_and_status_2(capsys, arguments):
    done = run(capsys, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"complexity: {REFUSED[arguments]}\n"


@pytest.mark.parametrize("command", ["report", "check", "compare", "explain", "list"])
def test_an_unknown_option_is_named(capsys, command):
    done = run(capsys, command, "--bogus")
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r"complexity: No such option:? '?--bogus'?.*\n", done.err)


@pytest.mark.parametrize(("command", "more"), [("report", ", html, latex"), ("compare", "")])
def test_an_unknown_format_is_refused_with_the_choice(capsys, command, more):
    done = run(capsys, command, "mobilenet", "--format", "xml")
    assert (done.status, done.out) == (2, "")
    assert done.err == f"complexity: --format xml must be one of text, markdown, csv, json{more}\n"


@pytest.mark.parametrize("library", ["jinja2", "plotly"])
def test_a_page_without_its_libraries_is_refused_before_the_work(capsys, monkeypatch, library):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr("complexity.targets.execute.report_for", None)  # any work would fail
    done = run(capsys, "report", "mobilenet", "--format", "html")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"complexity: --format html needs {library}: pip install 'complexity-analyzer[html]'\n"
    )


OUTPUTS = {
    "a folder": ("{}", "must be a file, not a folder"),
    "in no folder": ("{}/no/out.txt", "must lie in a folder that exists"),
    "below a file": ("{}/file/out.txt", "must lie in a folder that exists"),
}
COMMANDS = {
    "report": ("report", "mobilenet"),
    "check": ("check", "mobilenet", "--alpha", "0.25"),
    "compare": ("compare", "mobilenet"),
    "explain": ("explain", "mobilenet", "fc"),
    "list": ("list",),
}


@pytest.mark.parametrize("where", OUTPUTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_cannot_be_written_is_refused_before_the_work(
    capsys, tmp_path, monkeypatch, command, where
):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("formulas.networks.network", None)  # any work would fail
    monkeypatch.setattr("complexity.cli.commands.explain.network", None)
    monkeypatch.setattr("complexity.cli.commands.list.NETWORKS", None)
    path, words = OUTPUTS[where]
    output = path.format(tmp_path)
    done = run(capsys, *COMMANDS[command], "-o", output)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"complexity: --output {output} {words}\n"


def test_an_output_that_fails_at_the_end_is_one_sentence_and_leaves_the_old_file(
    capsys, tmp_path, monkeypatch
):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    target = tmp_path / "out.txt"
    target.write_text("old")
    done = run(capsys, "report", "mobilenet", *FAST, "-o", str(target))
    assert (done.status, done.out) == (2, "")
    assert done.err == (f"complexity: --output {target} cannot be written: permission denied\n")
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.fixture
def wrong_formula(monkeypatch):
    """One MAC too many in each fully connected layer."""
    kind = KINDS["fc"]

    def cost(*args):
        right = kind.cost(*args)
        return replace(right, macs=right.macs + 1)

    monkeypatch.setitem(KINDS, "fc", replace(kind, cost=cost))


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "mobilenet"),
        ("report", "mobilenet", "--format", "json"),
        ("report", "mobilenet", "--format", "csv"),
        ("check", "mobilenet", "--res", "37"),
        ("compare", "squeezenet", "mobilenet"),
    ],
    ids=" ".join,
)
def test_a_disagreement_is_status_1_and_is_still_shown(capsys, wrong_formula, arguments):
    done = run(capsys, *arguments)
    assert (done.status, done.err) == (1, "")
    assert done.out


def test_a_disagreement_is_shown_with_layer_field_and_both_values(capsys, wrong_formula):
    report = run(capsys, "report", "mobilenet")
    assert "Checked: NOT confirmed: 1 difference between counts." in report.out
    assert "  fc, macs: closed form 102,401, trace 102,400: " in report.out
    check = run(capsys, "check", "mobilenet", "--res", "37", "--alpha", "0.25")
    cells = [line.split()[:6] for line in check.out.splitlines()]
    assert ["mobilenet", "fc", "macs", "25,601", "25,600", "trace"] in cells
    assert "[1/1] FAIL mobilenet" in check.out
    assert check.out.endswith("\n1 of 1 do not agree.\n")


TOO_LARGE: dict[tuple[str, ...], str] = {
    ("report", "mobilenet", "--alpha", "1e308", *FAST):
        "--alpha 1e+308 must leave fewer than 2**53 channels",
    ("report", "mobilenet", "--alpha", "1e30"): "--alpha 1e+30 must leave fewer than 2**53 channels",
    ("report", "mobilenet", "--classes", f"1{20 * '0'}"):
        "mobilenet with classes=100000000000000000000, variant=document, alpha=1 "
        "is more than torch can build",
}  # fmt: skip


@pytest.mark.parametrize("arguments", TOO_LARGE, ids=" ".join)
def test_sizes_beyond_all_bounds_are_one_sentence_too(capsys, arguments):
    done = run(capsys, *arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"complexity: {TOO_LARGE[arguments]}\n"


def test_a_document_report_does_not_need_the_papers_variant_to_fit(capsys):
    assert run(capsys, "explain", "squeezenet", "fire2.cat", "--res", "16").status == 0
    done = run(capsys, "report", "squeezenet", "--res", "16", *FAST)
    assert (done.status, done.err) == (0, "")
    assert done.out.endswith(
        "\nThe paper's variant does not take these settings: resolution 16x16 is too small: "
        "in maxpool, kernel=3 must fit in the padded map: 2 + 2 * 0.\n"
    )


@pytest.mark.parametrize("option", ["classes", "alpha", "batch", "groups"])
def test_an_option_of_0_is_no_missing_option(option):
    with pytest.raises(SizeError, match=f"must be given with --{option}"):
        requests_of((), {option: 0})
