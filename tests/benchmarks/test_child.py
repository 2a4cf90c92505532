"""A measurement: what it reports, and a real child on a small model."""

import json

import pytest
import torch
from torch import nn

from benchmarks import child
from benchmarks.first_output import FirstOutput
from benchmarks.tools import TOOLS, Tool
from benchmarks.workloads import WORKLOADS, Workload

SMALL = Workload("small", lambda: nn.Conv2d(3, 5, 3, bias=False), (1, 3, 13, 11))
MACS = 3 * 5 * 3 * 3 * 11 * 9


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setitem(WORKLOADS, "small", SMALL)
    return "small"


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("tool", ["complexity", "complexity-operators", "flopcounter"])
def test_our_engines_and_torchs_counter_see_a_convolutions_macs(tool, device):
    found = child.measure(SMALL, TOOLS[tool], device, 2, 1.0)
    assert found["macs"] == MACS
    assert found["cold"] > 0
    assert found["warm"] > 0
    assert found["peak_mb"] > 50


def test_a_bare_forward_has_no_count():
    assert child.measure(SMALL, TOOLS["forward-cpu"], "cpu", 1, 1.0)["macs"] is None


@pytest.mark.parametrize(("repeat", "patience", "calls"), [(3, 60.0, 4), (3, 0.0, 2)])
def test_warm_calls_end_when_they_have_taken_long_enough(repeat, patience, calls):
    seen = []
    tool = Tool("counts its calls", lambda *_: seen.append(1))
    child.measure(SMALL, tool, "meta", repeat, patience)
    assert len(seen) == calls


def test_a_count_that_changes_is_an_error():
    figures = iter(range(9))
    tool = Tool("unsteady", lambda *_: next(figures))
    with pytest.raises(ValueError, match="unsteady counted 0, and then 1"):
        child.measure(SMALL, tool, "meta", 1, 1.0)


def test_a_child_prints_one_line_of_json_whatever_a_tool_says(small, capsys, monkeypatch):
    noisy = Tool("noisy", lambda *_: print("noise") or 7)
    monkeypatch.setitem(TOOLS, "noisy", noisy)
    child.main([small, "noisy", "meta"])
    out = capsys.readouterr().out
    assert json.loads(out)["macs"] == 7
    assert len(out.splitlines()) == 1


def test_a_tool_that_fails_says_why(small, capsys, monkeypatch):
    def fails(model, x):
        raise RuntimeError("no such\noperator")

    monkeypatch.setitem(TOOLS, "fails", Tool("fails", fails))
    child.main([small, "fails", "cpu"])
    assert json.loads(capsys.readouterr().out) == {"error": "RuntimeError: no such"}


def test_a_model_of_many_outputs_gives_its_first():
    model = FirstOutput(nn.MultiheadAttention(6, 2)).eval()
    model.model.forward = lambda ids: (ids + 1, None)
    assert model(torch.zeros(2)).tolist() == [1, 1]
