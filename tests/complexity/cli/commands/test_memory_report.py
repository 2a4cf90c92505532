"""``report --memory``: the same figures in every format, and what it refuses."""

import csv
import html
import io
import json

import pytest
import torch
from torch._subclasses import FakeTensor

from complexity import analyze
from complexity.tracing.observers.peak_memory import WORKSPACE
from formulas.core.memory_traffic import bytes_moved
from formulas.networks import network
from reports.model.report import report_of
from tests.complexity.cli.terminal import run

LINEAR = ("torch.nn:Linear", "--arg", "in_features=5", "--arg", "out_features=7", "--input", "3x5")
# 3x5 in, 3x7 out, 7 * 5 + 7 weights
BYTES = {"inputs": 60, "outputs": 84, "weights": 168, "total": 312}


def test_the_parts_of_one_layer(capsys):
    found = json.loads(run(capsys, "report", *LINEAR, "--memory", "--format", "json").out)
    assert found["bytes"] == found["layers"][0]["bytes"] == BYTES
    assert found["intensity"] == 2 * 105 / 312
    held = found["memory"]
    # the product, and beside it nothing: the bias is added in place
    assert (held["weights"], held["inputs"], held["activations"]) == (168, 60, 84)
    assert held["total"] == 312


def test_every_format_has_the_same_bytes(capsys):
    text = run(capsys, "report", *LINEAR, "--memory").out
    markdown = run(capsys, "report", *LINEAR, "--memory", "--format", "markdown").out
    table = csv.DictReader(
        io.StringIO(run(capsys, "report", *LINEAR, "--memory", "--format", "csv").out)
    )
    assert [line["bytes"] for line in table] == ["312"]
    for out in (text, markdown):
        assert "Bytes moved: 312 = 60 of inputs + 84 of outputs + 168 of weights" in out
        assert "held at the peak, in Linear" in out


def test_a_training_step_has_gradients_and_state(capsys):
    more = ("--memory", "--backward", "--optimizer", "momentum", "--bytes-as", "float16")
    held = json.loads(run(capsys, "report", *LINEAR, *more, "--format", "json").out)["memory"]
    assert (held["weights"], held["state"], held["dtype"]) == (84, 84, "float16")
    assert held["total"] == sum(
        held[part] for part in ("weights", "inputs", "activations", "gradients", "state")
    )


LSTM = ("torch.nn:LSTM", "--arg", "input_size=5", "--arg", "hidden_size=7", "--input", "11x3x5")


def test_what_is_not_known_of_the_peak_stands_beside_it_in_every_format(capsys):
    step = (*LSTM, "--memory", "--backward")
    for form in ("text", "markdown", "latex"):
        out = run(capsys, "report", *step, "--format", form).out
        assert WORKSPACE in out
        assert WORKSPACE not in run(capsys, "report", *LSTM, "--memory", "--format", form).out
    assert WORKSPACE.removeprefix("Peak: ") in html.unescape(
        run(capsys, "report", *step, "--format", "html").out
    )
    found = json.loads(run(capsys, "report", *step, "--format", "json").out)
    assert found["memory"]["notes"] == [WORKSPACE]


def test_the_bytes_of_a_training_step_are_said_to_be_of_the_forward_pass(capsys):
    step = (*LINEAR, "--memory", "--backward")
    for form in ("text", "markdown", "latex"):
        out = run(capsys, "report", *step, "--format", form).out
        assert "Bytes moved, by the forward pass alone: 312 = 60 of inputs" in out
    page = run(capsys, "report", *step, "--format", "html").out
    assert "Bytes moved, by the forward pass alone" in page
    found = json.loads(run(capsys, "report", *step, "--format", "json").out)
    assert (found["bytes_of"], found["bytes"]) == ("forward", BYTES)


def test_the_optimizer_keeps_state_of_what_learns_alone():
    model = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Linear(7, 2))
    model[0].requires_grad_(False)
    report = analyze(model, torch.zeros(3, 5), backward=True, memory=True, optimizer="adam")
    assert report.memory is not None
    assert report.memory.state == 2 * 4 * (7 * 2 + 2)
    assert report.memory.weights == 4 * (5 * 7 + 7 + 7 * 2 + 2)


def test_an_expanded_input_moves_all_of_its_elements_and_holds_those_that_are_stored():
    """As its formula says: a kernel reads each, wherever they lie."""
    x = torch.zeros(1, 5).expand(3, 5)
    report = analyze(torch.nn.Linear(5, 7), x, memory=True)
    assert report.memory is not None
    assert (bytes_moved(report.moved).inputs, report.memory.inputs) == (4 * 15, 4 * 5)
    assert report.verdict is not None
    assert report.verdict.agrees


def test_without_a_trace_the_bytes_are_there_and_the_peak_is_not(capsys):
    done = run(capsys, "report", "mobilenet", "--no-trace", "--memory", "--bytes-as", "float16")
    closed = report_of(network("mobilenet"))
    assert f"Bytes moved: {bytes_moved(closed.moved, 'float16').total:,} = " in done.out
    assert "Memory at peak needs a traced run: omit --no-trace." in done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--bytes-as", "float16"), "--bytes-as float16 needs --memory"),
        (("--memory", "--bytes-as", "int32"), "--bytes-as int32 must be one of float64, float32"),
    ],
)
def test_what_has_no_effect_or_no_meaning_is_refused(capsys, arguments, said):
    done = run(capsys, "report", "mobilenet", *arguments)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


class NeedsNumbers(torch.nn.Module):
    """As decoders of transformers do: they look into the mask, unless they see that it is fake."""

    def forward(self, x):
        if isinstance(x, FakeTensor) or not (x == 0).all():
            x = x.repeat(11, 1)[: len(x)]
        return x + 1


def test_what_is_computed_for_the_rows_is_computed_for_the_peak():
    report = analyze(NeedsNumbers(), torch.zeros(3, 5), memory=True)
    assert report.memory is not None
    assert (report.verdict.traced_on, report.memory.activations) == ("cpu", 4 * 15)


def test_sparse_gradients_are_no_fault_of_the_model(capsys, tmp_path):
    (tmp_path / "m.py").write_text(
        "from torch import nn\n"
        "def looks():\n"
        "    return nn.Sequential(nn.Embedding(53, 17, sparse=True), nn.Linear(17, 2))\n"
    )
    step = (f"{tmp_path}/m.py:looks", "--input", "4x7:int64", "--backward", "--memory")
    done = run(capsys, "report", *step)
    assert (done.status, done.err) == (0, "")
    assert "held at the peak, in backward" in done.out


def test_analyze_keeps_the_memory_on_its_report():
    report = analyze(torch.nn.Linear(5, 7), torch.zeros(3, 5), memory=True)
    assert report.memory is not None
    assert report.memory.total == 312
    assert analyze(torch.nn.Linear(5, 7), torch.zeros(3, 5)).memory is None
