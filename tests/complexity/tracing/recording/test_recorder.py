"""What runs is attributed to the right module."""

import pytest
import torch
from torch import nn

from complexity.tracing.instrumentation import recording
from complexity.tracing.recording.recorder import Recorder
from tests.complexity.small import Reused, network_in_miniature


def is_leaf(module: nn.Module) -> bool:
    return not list(module.children())


def test_every_leaf_leaves_a_call_with_its_own_work():
    model = network_in_miniature().eval()
    with recording(model, is_leaf) as recorder:
        model(torch.empty(2, 3, 11, 13))
    calls = {call.name: call.cost for call in recorder.calls}
    assert list(calls) == [name for name, _ in model.named_children()]
    assert calls["0"].macs == 2 * 5 * 9 * 11 * 27
    assert calls["1"].elementwise == calls["2"].elementwise == 2 * 5 * 9 * 11
    assert calls["3"].memory_access == calls["5"].memory_access == 0  # dropout, flatten
    assert calls["4"].elementwise == 2 * 5 * 6
    assert (calls["6"].params, calls["6"].macs) == (217, 420)
    assert recorder.uncounted_parameters() == []


def test_a_module_that_fails_and_is_caught_leaves_no_call():
    class Tries(nn.Module):
        def __init__(self):
            super().__init__()
            self.wrong = nn.Linear(7, 3)
            self.right = nn.Linear(5, 3)

        def forward(self, x):
            try:
                return self.wrong(x)
            except RuntimeError:
                return self.right(x)

    model = Tries()
    with recording(model, is_leaf) as recorder:
        model(torch.empty(2, 5))
    assert [(call.name, call.cost.macs) for call in recorder.calls] == [("right", 30)]
    assert [name for name, _ in recorder.uncounted_parameters()] == ["wrong.weight", "wrong.bias"]


def test_an_exception_says_where_it_came_from_and_to_its_own_recorder_alone():
    class Fails(nn.Module):
        def forward(self, x):
            raise ERROR

    ERROR = ValueError("one for all")  # noqa: N806
    model = nn.Sequential(nn.Sequential(Fails()))
    with recording(model, is_leaf) as recorder, pytest.raises(ValueError, match="one"):
        model(torch.empty(2))
    with recording(model[0], is_leaf) as other:
        assert (recorder.failed_in(ERROR), other.failed_in(ERROR)) == ("0.0", None)
        with pytest.raises(ValueError, match="one"):
            model[0](torch.empty(2))
    assert other.failed_in(ERROR) == "0"


def test_runs_of_one_shape_are_one_call():
    model = Reused(nn.Linear(5, 5), rows=2)
    with recording(model, is_leaf) as recorder:
        model(torch.empty(3, 5))
    assert [(c.name, c.calls, c.cost.params) for c in recorder.calls] == [
        ("layer", 2, 30), ("layer#2", 1, 0),
    ]  # fmt: skip


def test_a_recorder_is_a_new_one_each_time():
    model = network_in_miniature()
    first, second = Recorder(model, is_leaf), Recorder(model, is_leaf)
    assert first.calls == second.calls == []
    assert first.calls is not second.calls
