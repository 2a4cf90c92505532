"""One run: what it is called with, and what a model that raises is told as."""

from collections import UserDict

import pytest
import torch
from torch import nn

from complexity.errors import ModelError
from complexity.tracing import trace
from complexity.tracing.run import (
    FAKE,
    WAYS,
    Arguments,
    Attempt,
    arguments_of,
)
from tests.complexity.small import Calls, Raises

X = torch.empty(3, 5)


def is_linear(module: nn.Module) -> bool:
    return isinstance(module, nn.Linear)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (X, ((X,), {})),
        ((X, 3), ((X, 3), {})),
        ([X], (([X],), {})),
        ({"x": X, "y": 3}, ((), {"x": X, "y": 3})),
        (UserDict(x=X), ((), {"x": X})),
        (Arguments(X, y=3), ((X,), {"y": 3})),
        ({"x": X}, ((), {"x": X})),
        (None, ((None,), {})),
    ],
)
def test_inputs_become_arguments(inputs, expected):
    assert arguments_of(inputs) == expected


@pytest.mark.parametrize("way", [*WAYS, FAKE])
def test_a_run_is_where_it_is_told_to_be(way):
    seen = []
    attempt = Attempt(*way, False, False, "operators", "why", None)
    run = attempt(Calls(lambda x: seen.append(x.device.type) or x + 1), X, is_linear)
    assert seen == ["cpu" if way == FAKE else way[0]]
    assert (run.way, run.fallback, len(run.calls)) == (way, "why", 1)


def test_no_gradient_is_recorded():
    seen = []
    trace(Calls(lambda x: seen.append(torch.is_grad_enabled()) or x), X, is_linear)
    assert seen == [False]


def test_a_model_that_raises_is_told_in_one_line():
    with pytest.raises(ModelError) as refused:
        trace(Raises(nn.Linear(11, 7)), torch.zeros(3, 5, 11), is_linear)
    assert str(refused.value) == "Raises raised KeyError: 'the reason\\nand more of it'"


def test_an_error_without_words_is_told_by_its_class():
    def fail(_):
        raise NotImplementedError

    with pytest.raises(ModelError, match=r"^Calls raised NotImplementedError$"):
        trace(Calls(fail), X, is_linear)
