"""The witnesses' habits as steps."""

import torch
from torch import nn

from complexity import ModelError, bridge
from complexity.interop.bridge import graph_counters as outsiders
from complexity.interop.bridge.graph_counters import FVCORE_SAYS
from complexity.interop.reference_counters import WITNESSES
from tests.complexity.small import network_in_miniature

INPUT = (2, 3, 11, 13)


def steps(to, of="macs"):
    found = bridge(network_in_miniature(), torch.zeros(INPUT), to=to, of=of)
    assert found.agrees
    return found.ours, [(step.why, step.figure) for step in found.steps]


def test_fvcore_by_hand():
    macs = 990 * 27 + 2 * 30 * 7
    normed = [
        ("two per batch-norm element", 1980),
        ("one per adaptively averaged input element", 990),
    ]
    assert steps("fvcore") == (macs, normed)
    assert steps("fvcore", "flops") == (2 * macs, [("one for each MAC, not two", -macs), *normed])
    assert steps("fvcore", "params") == (5 * 27 + 10 + 217, [])


def test_a_dead_branch_is_a_step_of_its_own():
    class Unused(nn.Linear):
        def forward(self, x):
            super().forward(x)
            return super().forward(x)

    found = bridge(Unused(5, 7), torch.zeros(3, 5), to="fvcore")
    assert (found.ours, found.total, found.agrees) == (210, 105, True)
    assert [(step.why, step.figure) for step in found.items] == [
        ("results that nothing uses, dropped by torch.jit", -105)
    ]


def test_torch_by_hand():
    macs = 990 * 27 + 2 * 30 * 7
    assert steps("torch") == (macs, [("2 for each MAC", macs)])
    assert steps("torch", "flops") == (2 * macs, [])


def test_fvcore_is_said_to_halve():
    layer, x = nn.Linear(5, 7), torch.zeros(3, 5)
    assert FVCORE_SAYS in bridge(layer, x, to="fvcore").notes
    assert FVCORE_SAYS not in bridge(layer, x, to="torch").notes


def test_one_that_cannot_run_leaves_its_rules(monkeypatch):
    def fails(*_):
        raise OSError("no such thing")

    monkeypatch.setattr(outsiders, "fvcore_plainly", fails)
    monkeypatch.setitem(WITNESSES, "fvcore", (fails, "cpu"))
    found = bridge(network_in_miniature(), torch.zeros(INPUT), to="fvcore")
    assert found.silence == "fvcore could not run: OSError: no such thing"
    assert sum(step.figure for step in found.steps) == 1980 + 990
    assert (found.agrees, found.measured, found.call) == (True, None, "")


def test_the_plain_call_counts_where_the_witness_is_silent(monkeypatch):
    def fails(*_):
        raise OSError("no such thing")

    monkeypatch.setitem(WITNESSES, "torch FlopCounterMode", (fails, "meta"))
    found = bridge(nn.LSTM(5, 7), torch.zeros(2, 6, 5), to="torch")
    assert (found.agrees, found.measured) == (True, 0)


def test_what_does_not_fit_is_not_asked(monkeypatch):
    def no_room(model, problem):
        raise ModelError(f"{problem}; no room")

    monkeypatch.setattr(outsiders, "must_fit", no_room)
    found = bridge(nn.Linear(5, 7), torch.zeros(3, 5), to="torch")
    assert found.silence == "torch runs the model on the CPU; no room"
    assert (found.total, found.agrees, found.call) == (210, True, "")
