"""Group convolution."""

import pytest
from hypothesis import given

from formulas import depthwise, group, standard
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking
from tests.oracles.refusals import refuses
from tests.oracles.symbols import D, H, Hin, N, W, Win, assert_same, cin, cout, g, kd, kh, kw
from tests.strategies import FEW, convs


@FEW
@given(convs("group"))
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(convs("group", max_dims=2, same=False))
def test_macs_are_the_steps_of_the_nested_loops(placed):
    layer, shapes = placed
    check_by_walking(layer, *shapes)


def test_without_bias_it_is_the_documents_expression():
    cost = group(cin, cout, (kh, kw), (H, W), groups=g)
    assert_same(cost.params, kh * kw * cin * cout / g)
    assert_same(cost.macs, kh * kw * cin * cout * H * W / g)
    assert cost.elementwise == 0


def test_every_field_with_bias_and_batch_in_symbols():
    cost = group(cin, cout, (kh, kw), (H, W), groups=g, in_size=(Hin, Win), bias=True, batch=N)
    assert_same(cost.params, kh * kw * cin * cout / g + cout)
    assert_same(cost.macs, N * kh * kw * cin * cout * H * W / g)
    assert_same(cost.elementwise, N * cout * H * W)
    assert_same(cost.activations, N * cout * H * W)
    moved = N * cin * Hin * Win + N * cout * H * W + kh * kw * cin * cout / g + cout
    assert_same(cost.memory_access, moved)


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(group(cin, cout, (kw,), (W,), groups=g).macs, kw * cin * cout * W / g)
    volume = group(cin, cout, (kd, kh, kw), (D, H, W), groups=g)
    assert_same(volume.macs, kd * kh * kw * cin * cout * D * H * W / g)


@pytest.mark.parametrize("bias", [False, True])
def test_one_group_is_a_standard_convolution(bias):
    sizes = {"kernel": (2, 3), "out_size": (7, 11), "in_size": (13, 17), "bias": bias, "batch": 3}
    assert group(5, 7, groups=1, **sizes) == standard(5, 7, **sizes)


@pytest.mark.parametrize("multiplier", [1, 2, 3])
def test_as_many_groups_as_channels_is_depthwise(multiplier):
    sizes = {"kernel": (2, 3), "out_size": (7, 11), "in_size": (13, 17), "batch": 3}
    grouped = group(5, 5 * multiplier, groups=5, **sizes)
    assert grouped == depthwise(5, multiplier=multiplier, **sizes)


@pytest.mark.parametrize("bias", [False, True])
def test_it_is_g_standard_convolutions_side_by_side(bias):
    sizes = {"kernel": (2, 3), "out_size": (7, 11), "in_size": (13, 17), "bias": bias, "batch": 3}
    assert group(6, 15, groups=3, **sizes) == 3 * standard(2, 5, **sizes)


def test_doubling_the_batch_doubles_macs_and_leaves_params():
    one, two = (group(6, 15, (2, 3), (7, 11), groups=3, batch=n) for n in (1, 2))
    assert (two.params, two.macs) == (one.params, 2 * one.macs)


def test_arrays_give_elementwise_what_ints_give():
    varying = {
        "in_channels": [6, 15, 4096],
        "out_channels": [9, 25, 8192],
        "groups": [3, 5, 2],
        "batch": [1, 3, 2],
    }
    assert_elementwise(group, varying, kernel=(7, 5), out_size=(112, 56), bias=True)


def test_groups_that_do_not_divide_the_channels_in_are_refused():
    with refuses("groups=5 must divide in_channels=32"):
        group(32, 35, kernel=3, out_size=7, groups=5)


def test_groups_that_do_not_divide_the_channels_out_are_refused():
    with refuses("groups=5 must divide out_channels=32"):
        group(35, 32, kernel=3, out_size=7, groups=5)


def test_more_groups_than_channels_are_refused():
    with refuses("groups=14 must divide in_channels=7"):
        group(7, 14, kernel=3, out_size=7, groups=14)
