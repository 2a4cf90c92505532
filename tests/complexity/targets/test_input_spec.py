"""Inputs as they are written on a command line."""

import pytest
import torch

from complexity.targets.input_spec import inputs_from, tensor_of


@pytest.mark.parametrize(
    ("text", "shape", "dtype"),
    [
        ("1x3x224x224", (1, 3, 224, 224), torch.float32),
        ("7", (7,), torch.float32),
        ("2x3:int64", (2, 3), torch.int64),
        ("scalar", (), torch.float32),
        ("scalar:bool", (), torch.bool),
    ],
)
def test_an_input_as_it_is_written(text, shape, dtype):
    tensor = tensor_of(text)
    assert (tuple(tensor.shape), tensor.dtype) == (shape, dtype)
    assert not tensor.any()


def test_inputs_are_placed_or_named_or_first_the_one_and_then_the_other():
    positional = inputs_from(["2x3", "5:int64"], "float16")
    assert [(tuple(t.shape), t.dtype) for t in positional] == [
        ((2, 3), torch.float16),
        ((5,), torch.int64),
    ]
    named = inputs_from(["x=2x3", "y=5:int64"])
    assert {name: tuple(t.shape) for name, t in named.items()} == {"x": (2, 3), "y": (5,)}
    mixed = inputs_from(["x=2x3", "5"])
    assert [tuple(t.shape) for t in mixed.args] == [(5,)]
    assert {name: tuple(t.shape) for name, t in mixed.kwargs.items()} == {"x": (2, 3)}
