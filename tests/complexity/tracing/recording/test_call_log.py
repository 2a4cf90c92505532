"""Calls under their names: alike together, others numbered."""

import torch

from complexity.tracing.recording.call_log import Filed
from complexity.tracing.recording.records import TracedCall
from formulas.core.cost import Cost

WIDE, TALL = torch.zeros(3, 7), torch.zeros(11, 2)


def filed(*runs):
    found = Filed()
    for name, tensor in runs:
        sums = {tensor.dtype: (tensor.numel(), 0, 0)}
        found.add(name, "relu", None, (), (tensor,), (tensor,), Cost(macs=5), sums, {}, False)
    return found


def test_runs_that_are_alike_share_one_call():
    found = filed(("a", WIDE), ("b", WIDE), ("a", WIDE.clone()))
    assert [(c.name, c.calls, c.cost.macs) for c in found.calls] == [("a", 2, 10), ("b", 1, 5)]
    assert found.calls[0].sums == {torch.float32: (42, 0, 0)}


def test_runs_that_differ_are_numbered_and_remember_their_name():
    found = filed(("a", WIDE), ("a", TALL), ("a", WIDE.double()), ("a", TALL))
    assert [(c.name, c.calls) for c in found.calls] == [("a", 1), ("a#2", 2), ("a#3", 1)]
    assert found.names == ["a", "a", "a"]
    assert found.calls[1].in_shapes == ((11, 2),)
    assert found.calls[2].dtypes == (torch.float64,)


def test_a_call_that_is_taken_over_counts_among_the_runs_of_its_name():
    found = filed(("a", WIDE))
    found.append("b", TracedCall("b", None, "relu", None, (), (), (), Cost()))
    assert [c.name for c in found.calls] == ["a", "b"]
    found.add("b", "relu", None, (), (TALL,), (), Cost(), {}, {}, False)
    assert found.calls[-1].name == "b#2"
