"""Interpolation: a map brought to another size."""

import numpy as np
import pytest
import torch
from hypothesis import given
from torch.nn import functional

from formulas import SizeError, count, interpolation, pooling
from formulas.layers import Interpolate
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import real_out_shape
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, Hin, N, W, Win, assert_same, cin
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["interpolation"])
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["interpolation"])
def test_output_shape_is_that_of_the_real_module(placed):
    layer, (shape,) = placed
    assert layer.out_shape(shape) == real_out_shape(layer, shape)


@pytest.mark.parametrize("factor", [1 / 3, 0.1, 0.7, 1.1, 2.3, 29 / 13])
def test_a_side_is_rounded_down_as_torch_does(factor):
    for side in range(13, 43):
        real = functional.interpolate(torch.ones(1, 1, side), scale_factor=factor)
        assert Interpolate(scale=(factor,)).out_shape((1, 1, side)) == tuple(real.shape)


def test_every_field_in_symbols():
    cost = interpolation((N, cin, Hin, Win), (N, cin, H, W))
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, N * cin * (Hin * Win + H * W))
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_it_is_counted_as_pooling_is():
    found = count(Interpolate(size=(2, 3)), (2, 5, 7, 11))
    assert found == pooling(5, (7, 11), (2, 3), batch=2)


def test_arrays_give_elementwise_what_ints_give():
    def doubled(batch):
        return interpolation((batch, 65536, 56, 29), (batch, 65536, 112, 57))

    assert_elementwise(doubled, {"batch": [1, 3, 64]})


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_an_impossible_shape_is_refused(wrong):
    with refuses(f"in_shape={wrong!r} must be an integer of at least 1"):
        interpolation((2, 5, wrong, 7), (2, 5, 3, 3))
    with refuses(f"out_shape={wrong!r} must be an integer of at least 1"):
        interpolation((2, 5, 3, 3), (2, 5, wrong, 7))


def test_a_description_takes_arrays():
    sides = np.array([7, 11])
    out = Interpolate(scale=(2.0, 1.5)).out_shape((2, 5, sides, 13))
    assert out[2].tolist() == [14, 22]
    assert out[3] == 19


@pytest.mark.parametrize(
    ("settings", "shape"),
    [
        ({}, (2, 5, 7, 11)),
        ({"size": (0, 3)}, (2, 5, 7, 11)),
        ({"size": (13, 3), "scale": (2.0, 2.0)}, (2, 5, 7, 11)),
        ({"scale": (0.1, 2.0)}, (2, 5, 7, 11)),
        ({"size": (3, 5, 7)}, (2, 5)),
    ],
)
def test_what_torch_refuses_is_refused(settings, shape):
    real = {"size": settings.get("size"), "scale_factor": settings.get("scale")}
    with pytest.raises((ValueError, RuntimeError)):
        functional.interpolate(torch.ones(shape), **real)
    with pytest.raises(SizeError):
        Interpolate(**settings).out_shape(shape)
