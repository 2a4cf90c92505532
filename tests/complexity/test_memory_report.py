"""``report --memory``: the same figures in every format, and what it refuses."""

import csv
import io
import json

import pytest
import torch

from complexity import analyze
from formulas.networks import network
from formulas.traffic import bytes_moved
from reports.rows import report_of
from tests.complexity.terminal import run

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


def test_without_a_trace_the_bytes_are_there_and_the_peak_is_not(capsys):
    done = run(capsys, "report", "mobilenet", "--no-trace", "--memory", "--bytes-as", "float16")
    closed = report_of(network("mobilenet"))
    assert f"Bytes moved: {bytes_moved(closed.moved, 'float16').total:,} = " in done.out
    assert "Memory at the peak is known from a run: leave --no-trace out." in done.out


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


def test_analyze_keeps_the_memory_on_its_report():
    report = analyze(torch.nn.Linear(5, 7), torch.zeros(3, 5), memory=True)
    assert report.memory is not None
    assert report.memory.total == 312
    assert analyze(torch.nn.Linear(5, 7), torch.zeros(3, 5)).memory is None
