"""Folding: windows put back into a map."""

import pytest
import torch
from hypothesis import given

from formulas import SizeError, count, fold
from formulas.layers import Fold, Unfold
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same, cin, cout, m
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["fold"])
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["fold"])
def test_the_output_is_as_large_as_torchs_and_unfolds_to_the_input(placed):
    layer, (shape,) = placed
    settings = layer.kernel, layer.dilation, layer.padding, layer.stride
    real = torch.nn.Fold(layer.out_size, *settings)(torch.empty(shape))
    assert layer.out_shape(shape) == tuple(real.shape)
    assert Unfold(*settings).out_shape(tuple(real.shape)) == shape


def test_every_field_in_symbols():
    cost = fold((N, 9 * cin, m), (N, cin, H, W))
    assert_same(cost.elementwise, 9 * N * cin * m)
    assert_same(cost.memory_access, 9 * N * cin * m + N * cin * H * W)
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_arrays_give_elementwise_what_ints_give():
    def folded(batch, windows):
        return fold((batch, 36, windows), (batch, 4, 7, 11))

    assert_elementwise(folded, {"batch": [1, 3, 4096], "windows": [7, 77, 1 << 20]})


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 44, 77), "window=9 must divide rows=44"),
        ((2, 45, 76), "windows=76 must be 77, as many as the map has"),
        ((45,), "input=(45,) must have at least 2 dimensions"),
    ],
)
def test_windows_that_are_not_the_maps_are_refused(shape, words):
    layer = Fold((7, 11), 3, padding=1)
    with refuses(words):
        count(layer, shape)
    if len(shape) > 1:
        with pytest.raises(RuntimeError):
            torch.nn.functional.fold(torch.empty(shape), (7, 11), 3, padding=1)


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_impossible_settings_are_refused_when_built(wrong):
    for build in (
        lambda: Fold(wrong, 3),
        lambda: Fold(7, wrong),
        lambda: Unfold(wrong),
        lambda: Unfold(3, stride=wrong),
        lambda: Unfold(3, dilation=wrong),
    ):
        with pytest.raises(SizeError):
            build()


def test_symbols_pass_through_a_description():
    assert Fold((H, W), 3).out_shape((N, 9 * cout, m))[1:] == (cout, H, W)
