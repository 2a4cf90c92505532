"""Models whose modules hold each other, or are nested deeper than Python's frames allow."""

import sys

import pytest
import torch
from torch import nn

from complexity import analyze, check
from complexity.tracing.isolation.recursion import depth_of, enough_recursion

X, MACS = torch.zeros(3, 5), 3 * 5 * 7


class Around(nn.Module):
    """A module around another."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)


def nest(levels):
    model = nn.Linear(5, 7)
    for _ in range(levels):
        model = Around(model)
    return model


def circle():
    model = Around(Around(nn.Linear(5, 7)))
    model.inner.parent = model
    model.inner.inner.grandparent = model
    return model


ASKS = {
    "fast": lambda model: analyze(model, X).macs,
    "operators": lambda model: analyze(model, X, engine="operators").macs,
    "backward": lambda model: analyze(model, X, backward=True).macs,
    "memory": lambda model: analyze(model, X, memory=True).macs,
}


@pytest.mark.parametrize("levels", [30, 300, 1000])
@pytest.mark.parametrize("name", ASKS)
def test_deep_nesting_is_counted(name, levels):
    before = sys.getrecursionlimit()
    assert ASKS[name](nest(levels)) == MACS
    assert sys.getrecursionlimit() == before


@pytest.mark.parametrize("name", ASKS)
def test_a_module_that_holds_its_parent_is_counted(name):
    model = circle()
    assert ASKS[name](model) == MACS
    assert model.inner.parent is model


@pytest.mark.parametrize("model", [nest(300), nest(1000), circle()], ids=["300", "1000", "circle"])
def test_the_check_of_such_a_model_confirms_it(model):
    assert "NOT" not in str(check(model, X))


def test_depth_counts_levels_below_the_model():
    assert [depth_of(nest(levels)) for levels in (0, 1, 7)] == [0, 1, 7]
    assert depth_of(circle()) == 2
    assert depth_of(nn.Sequential(nn.Sequential(), nn.ModuleList([nn.ReLU()]))) == 2


def test_the_limit_is_put_back_after_an_error():
    before = sys.getrecursionlimit()
    with pytest.raises(ValueError, match="half way"), enough_recursion(nest(500)):
        raise ValueError("half way")
    assert sys.getrecursionlimit() == before


def test_the_limit_of_a_usual_model_is_not_touched():
    before = sys.getrecursionlimit()
    with enough_recursion(nest(3)):
        assert sys.getrecursionlimit() == before
