"""Pointwise convolution."""

import pytest
from hypothesis import given

from formulas import fc, pointwise
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking
from tests.oracles.symbols import D, H, Hin, N, W, Win, assert_same, cin, cout
from tests.strategies import FEW, convs


@FEW
@given(convs("pointwise"))
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(convs("pointwise", max_dims=2, same=False))
def test_macs_are_the_steps_of_the_nested_loops(placed):
    layer, shapes = placed
    check_by_walking(layer, *shapes)


def test_without_bias_it_is_the_documents_expression():
    cost = pointwise(cin, cout, (H, W))
    assert_same(cost.params, cin * cout)
    assert_same(cost.macs, cin * cout * H * W)
    assert cost.elementwise == 0


def test_every_field_with_bias_and_batch_in_symbols():
    cost = pointwise(cin, cout, (H, W), in_size=(Hin, Win), bias=True, batch=N)
    assert_same(cost.params, cin * cout + cout)
    assert_same(cost.macs, N * cin * cout * H * W)
    assert_same(cost.elementwise, N * cout * H * W)
    assert_same(cost.activations, N * cout * H * W)
    moved = N * cin * Hin * Win + N * cout * H * W + cin * cout + cout
    assert_same(cost.memory_access, moved)


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(pointwise(cin, cout, (W,)).macs, cin * cout * W)
    assert_same(pointwise(cin, cout, (D, H, W)).macs, cin * cout * D * H * W)


@pytest.mark.parametrize("bias", [False, True])
def test_on_a_1x1_image_it_is_fully_connected(bias):
    assert pointwise(5, 7, 1, bias=bias, batch=3) == fc(5, 7, bias=bias, batch=3)


@pytest.mark.parametrize("bias", [False, True])
def test_on_a_map_it_is_fully_connected_at_each_position(bias):
    assert pointwise(5, 7, (11, 13), bias=bias) == fc(5, 7, bias=bias, batch=11 * 13)


def test_doubling_the_batch_doubles_macs_and_leaves_params():
    one, two = (pointwise(5, 7, (11, 13), batch=n) for n in (1, 2))
    assert (two.params, two.macs) == (one.params, 2 * one.macs)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"in_channels": [5, 64, 8192], "out_channels": [7, 11, 4096], "batch": [1, 3, 2]}
    assert_elementwise(pointwise, varying, out_size=(112, 56), in_size=(113, 57), bias=True)
