"""Transposed convolution."""

import pytest
import torch
from hypothesis import given
from torch import nn
from torch.nn import functional

from formulas import SizeError, count, standard, transposed
from formulas.layers import Conv, ConvTranspose
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import real_out_shape
from tests.oracles.refusals import refuses
from tests.oracles.running_families import scatter_ones
from tests.oracles.symbols import D, H, Hin, N, W, Win, assert_same, cin, cout, g, kd, kh, kw
from tests.oracles.tensors import ones, total
from tests.strategies import FEW, PLACED

SIZES = {"kernel": (2, 3), "in_size": (7, 11), "out_size": (13, 17)}


@FEW
@given(PLACED["transposed"])
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["transposed"])
def test_output_shape_is_that_of_the_real_module(placed):
    layer, (shape,) = placed
    assert layer.out_shape(shape) == real_out_shape(layer, shape)


@pytest.mark.parametrize("stride", [(1, 1), (2, 3), (5, 2)])
@pytest.mark.parametrize("groups", [1, 3])
def test_macs_are_the_ones_scattered_in_a_loop(stride, groups):
    """And the loop lands them where torch's own operator does."""
    layer = ConvTranspose(6, 15, (3, 2), stride, dilation=(1, 2), groups=groups)
    landed = scatter_ones(layer, (1, 6, 5, 7))
    weight = ones((6, 15 // groups, 3, 2))
    out = functional.conv_transpose2d(
        ones((1, 6, 5, 7)), weight, stride=stride, dilation=(1, 2), groups=groups
    )
    assert all(torch.equal(landed.double(), filtered) for filtered in out[0])
    assert count(layer, (1, 6, 5, 7)).macs == 15 * total(landed) == total(out)


def test_every_field_in_symbols():
    sizes = {"in_size": (Hin, Win), "out_size": (H, W), "groups": g, "bias": True, "batch": N}
    cost = transposed(cin, cout, (kh, kw), **sizes)
    assert_same(cost.params, kh * kw * cin * cout / g + cout)
    assert_same(cost.macs, N * kh * kw * cin * cout * Hin * Win / g)
    assert_same(cost.elementwise, N * cout * H * W)
    assert_same(cost.activations, N * cout * H * W)
    assert_same(cost.memory_access, N * cin * Hin * Win + N * cout * H * W + cost.params)


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(transposed(cin, cout, (kw,), (W,)).macs, kw * cin * cout * W)
    volume = transposed(cin, cout, (kd, kh, kw), (D, H, W))
    assert_same(volume.macs, kd * kh * kw * cin * cout * D * H * W)


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), ((2, 3), (1, 0)), (3, 1)])
def test_macs_and_weights_are_those_of_the_convolution_it_is_the_gradient_of(
    groups, stride, padding
):
    forward = Conv(6, 15, (3, 2), stride, padding, groups=groups)
    back = ConvTranspose(15, 6, (3, 2), stride, padding, groups=groups)
    out = forward.out_shape((2, 6, 17, 13))
    one, other = count(forward, (2, 6, 17, 13)), count(back, out)
    assert (other.macs, other.params) == (one.macs, one.params)


def test_its_macs_are_torchs_gradient_of_a_convolution():
    """The gradient of ones, by autograd, adds up to the MACs of the transposed convolution."""
    x = ones((2, 3, 17, 13)).requires_grad_()
    out = functional.conv2d(x, ones((5, 3, 3, 2)), stride=(2, 3))
    out.sum().backward()
    assert total(x.grad) == count(ConvTranspose(5, 3, (3, 2), (2, 3)), tuple(out.shape)).macs


def test_the_stride_makes_a_larger_map_but_no_more_macs():
    narrow, wide = (count(ConvTranspose(3, 5, 3, stride), (2, 3, 7, 11)) for stride in (1, 2))
    assert wide.macs == narrow.macs
    assert wide.activations > narrow.activations


def test_without_stride_or_groups_it_is_a_standard_one_over_the_input_map():
    found = transposed(5, 3, (2, 3), (7, 11), batch=2)
    assert found == standard(5, 3, (2, 3), (7, 11), batch=2)


def test_it_is_g_transposed_convolutions_side_by_side():
    assert transposed(6, 15, groups=3, **SIZES) == 3 * transposed(2, 5, **SIZES)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"in_channels": [6, 15, 4096], "out_channels": [9, 25, 8192], "groups": [3, 5, 2]}
    assert_elementwise(transposed, varying, kernel=(7, 5), in_size=(56, 28), out_size=(112, 56))


def test_a_tuple_for_any_size_sets_the_dimensions():
    for size in ("kernel", "stride", "padding", "output_padding", "dilation"):
        settings = {"kernel": 3, "stride": 3, size: (2, 2, 2)}
        assert ConvTranspose(3, 5, **settings).dims == 3, size


@pytest.mark.parametrize("sides", ["in_channels", "out_channels"])
def test_groups_that_do_not_divide_are_refused(sides):
    channels = {"in_channels": 35, "out_channels": 35, sides: 32}
    with refuses(f"groups=5 must divide {sides}=32"):
        transposed(**channels, kernel=3, in_size=7, groups=5)
    with refuses(f"groups=5 must divide {sides}=32"):
        ConvTranspose(**channels, kernel=3, groups=5)


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"kernel": 1, "padding": 2}, "padding"),
        ({"kernel": 3, "output_padding": 1}, "output_padding"),
        ({"kernel": 3, "stride": 2, "output_padding": (1, 2)}, "output_padding"),
    ],
)
def test_what_the_real_module_refuses_is_refused_by_name(settings, argument):
    settings = {name: (n, n) if isinstance(n, int) else n for name, n in settings.items()}
    kernel = settings.pop("kernel")
    with pytest.raises(RuntimeError):
        nn.ConvTranspose2d(3, 5, kernel, **settings)(torch.ones(1, 3, 2, 2))
    with pytest.raises(SizeError, match=rf"^{argument}="):
        ConvTranspose(3, 5, kernel, **settings).out_shape((1, 3, 2, 2))
