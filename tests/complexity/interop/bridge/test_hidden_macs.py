"""Functions that torch.jit cannot look into: their MACs by hand, and fvcore itself."""

import pytest
import torch
from torch import nn
from torch.autograd import Function

from complexity import bridge
from complexity.interop.bridge.hidden_macs import applied
from tests.complexity.helpers import plant


class Square(Function):
    @staticmethod
    def forward(ctx, x):
        return x @ x

    @staticmethod
    def backward(ctx, grad):
        return grad


class Twice(Function):
    """One that calls another is the one that is hidden."""

    @staticmethod
    def forward(ctx, x, times):
        return Square.apply(x) @ torch.ones(7, times)


class Uses(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(7, 7)

    def forward(self, x):
        return Twice.apply(Square.apply(self.fc(x)), 3)


def test_each_function_is_a_step_by_its_name():
    found = bridge(Uses(), torch.zeros(7, 7), to="fvcore")
    assert [(step.why, step.figure) for step in found.items] == [
        ("Square: a function that it cannot look into", -343),
        ("Twice: a function that it cannot look into", -343 - 7 * 7 * 3),
    ]
    assert (found.agrees, found.total) == (True, 343)


def test_torchs_own_counter_sees_into_them():
    found = bridge(Uses(), torch.zeros(7, 7), to="torch")
    assert [step.why for step in found.items] == ["2 for each MAC"]
    assert found.agrees


def test_a_fault_of_ours_is_not_hidden_there(monkeypatch):
    plant(monkeypatch, "fc", "macs")
    found = bridge(Uses(), torch.zeros(7, 7), to="fvcore")
    assert (found.agrees, found.remainder) == (False, -1)
    assert found.items[-1].why.startswith("not explained: it cannot look into prim::PythonOp.")


def test_it_is_put_back():
    before = vars(Function)["apply"]
    with pytest.raises(RuntimeError, match="shapes cannot"), applied() as running:
        Square.apply(torch.zeros(2, 3))
    assert running == []
    assert vars(Function)["apply"] is before
