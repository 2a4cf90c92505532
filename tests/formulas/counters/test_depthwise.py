"""Depthwise convolution."""

import pytest
from hypothesis import given

from formulas import depthwise, standard
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking
from tests.oracles.symbols import D, H, Hin, N, W, Win, assert_same, cout, kd, kh, kw, m
from tests.strategies import FEW, convs


@FEW
@given(convs("depthwise"))
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(convs("depthwise", max_dims=2, same=False))
def test_macs_are_the_steps_of_the_nested_loops(placed):
    layer, shapes = placed
    check_by_walking(layer, *shapes)


def test_without_bias_it_is_the_documents_expression():
    cost = depthwise(cout, (kh, kw), (H, W))
    assert_same(cost.params, kh * kw * cout)
    assert_same(cost.macs, kh * kw * cout * H * W)
    assert cost.elementwise == 0


def test_every_field_with_multiplier_bias_and_batch_in_symbols():
    cin = cout
    cost = depthwise(cin, (kh, kw), (H, W), multiplier=m, in_size=(Hin, Win), bias=True, batch=N)
    assert_same(cost.params, kh * kw * cin * m + cin * m)
    assert_same(cost.macs, N * kh * kw * cin * m * H * W)
    assert_same(cost.elementwise, N * cin * m * H * W)
    assert_same(cost.activations, N * cin * m * H * W)
    moved = N * cin * Hin * Win + N * cin * m * H * W + kh * kw * cin * m + cin * m
    assert_same(cost.memory_access, moved)


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(depthwise(cout, (kw,), (W,)).macs, kw * cout * W)
    assert_same(depthwise(cout, (kd, kh, kw), (D, H, W)).macs, kd * kh * kw * cout * D * H * W)


@pytest.mark.parametrize("bias", [False, True])
def test_it_is_one_standard_convolution_for_each_channel(bias):
    sizes = {"kernel": (2, 3), "out_size": (7, 11), "in_size": (13, 17), "bias": bias, "batch": 3}
    assert depthwise(5, multiplier=2, **sizes) == 5 * standard(1, 2, **sizes)


def test_work_grows_with_the_channels_not_with_their_square():
    narrow, wide = (depthwise(channels, (2, 3), (7, 11)) for channels in (5, 10))
    assert wide == 2 * narrow


def test_doubling_the_batch_doubles_macs_and_leaves_params():
    one, two = (depthwise(5, (2, 3), (7, 11), batch=n) for n in (1, 2))
    assert (two.params, two.macs) == (one.params, 2 * one.macs)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"channels": [5, 64, 65536], "multiplier": [1, 3, 2], "batch": [1, 3, 2]}
    assert_elementwise(depthwise, varying, kernel=(7, 5), out_size=(112, 56), bias=True)
