"""Standard convolution."""

import pytest
from hypothesis import given

from formulas import depthwise, group, pointwise, standard
from formulas.layers import Conv
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking
from tests.oracles.symbols import D, H, Hin, N, W, Win, assert_same, cin, cout, kd, kh, kw
from tests.strategies import FEW, convs


@FEW
@given(convs("standard"))
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(convs("standard", max_dims=2, same=False))
def test_macs_are_the_steps_of_the_nested_loops(placed):
    layer, shapes = placed
    check_by_walking(layer, *shapes)


def test_without_bias_it_is_the_documents_expression():
    cost = standard(cin, cout, (kh, kw), (H, W))
    assert_same(cost.params, kh * kw * cin * cout)
    assert_same(cost.macs, kh * kw * cin * cout * H * W)
    assert cost.elementwise == 0


def test_every_field_with_bias_and_batch_in_symbols():
    cost = standard(cin, cout, (kh, kw), (H, W), in_size=(Hin, Win), bias=True, batch=N)
    assert_same(cost.params, kh * kw * cin * cout + cout)
    assert_same(cost.macs, N * kh * kw * cin * cout * H * W)
    assert_same(cost.elementwise, N * cout * H * W)
    assert_same(cost.activations, N * cout * H * W)
    moved = N * cin * Hin * Win + N * cout * H * W + kh * kw * cin * cout + cout
    assert_same(cost.memory_access, moved)


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(standard(cin, cout, (kw,), (W,)).macs, kw * cin * cout * W)
    volume = standard(cin, cout, (kd, kh, kw), (D, H, W))
    assert_same(volume.params, kd * kh * kw * cin * cout)
    assert_same(volume.macs, kd * kh * kw * cin * cout * D * H * W)


def test_one_number_means_a_square():
    assert standard(3, 5, kernel=7, out_size=11) == standard(3, 5, (7, 7), (11, 11))


def test_without_input_map_the_output_map_is_read():
    given_size = standard(3, 5, (2, 3), (7, 11), in_size=(7, 11))
    assert standard(3, 5, (2, 3), (7, 11)) == given_size
    assert standard(3, 5, (2, 3), (7, 11), in_size=(13, 17)) != given_size


@pytest.mark.parametrize("bias", [False, True])
def test_doubling_the_batch_doubles_the_work_and_leaves_the_params(bias):
    one, two = (standard(3, 5, (2, 3), (7, 11), bias=bias, batch=n) for n in (1, 2))
    assert two.params == one.params
    assert two.macs == 2 * one.macs
    assert two.elementwise == 2 * one.elementwise
    assert two.activations == 2 * one.activations
    assert two.memory_access - two.params == 2 * (one.memory_access - one.params)


@pytest.mark.parametrize("bias", [False, True])
def test_1x1_is_pointwise(bias):
    sizes = {"out_size": (7, 11), "in_size": (13, 17), "bias": bias, "batch": 3}
    assert standard(5, 3, kernel=1, **sizes) == pointwise(5, 3, **sizes)


def test_of_one_channel_it_is_depthwise_of_one_channel():
    assert standard(1, 5, (2, 3), (7, 11)) == depthwise(1, (2, 3), (7, 11), multiplier=5)


def test_g_groups_cost_the_gth_part_of_it():
    whole = standard(6, 15, (2, 3), (7, 11))
    parts = group(6, 15, (2, 3), (7, 11), groups=3)
    assert 3 * parts.params == whole.params
    assert 3 * parts.macs == whole.macs


def test_arrays_give_elementwise_what_ints_give():
    channels = [2, 3, 2048]
    varying = {"in_channels": channels, "out_channels": [5, 7, 4096], "batch": [1, 3, 2]}
    assert_elementwise(standard, varying, kernel=(7, 5), out_size=(112, 56), bias=True)


def test_the_map_and_the_kernel_may_be_arrays_too():
    varying = {"kernel": [3, 5, 7], "out_size": [7, 112, 512], "in_size": [11, 224, 1024]}
    assert_elementwise(standard, varying, in_channels=512, out_channels=256)


def test_a_conv_without_bias_has_no_elementwise_work():
    layer = Conv(3, 5, (2, 3))
    assert layer.bias is False
    assert standard(3, 5, (2, 3), (7, 11)).elementwise == 0
