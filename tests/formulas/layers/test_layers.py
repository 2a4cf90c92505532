"""Descriptions of layers: their output shapes and their symbols."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given

from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    ConvTranspose,
    Copy,
    Elementwise,
    Embedding,
    Interpolate,
    Linear,
    MatMul,
    Normalization,
    Pool,
    Recurrent,
)
from tests.oracles.loops import pool_sides
from tests.oracles.modules import real_out_shape
from tests.oracles.symbols import H, N, W, assert_same, cin, cout, g
from tests.strategies import FEW, PLACED, convs, pools

OF_MODULES = [
    "depthwise", "group", "pointwise", "standard", "fc", "batch_norm", "max_pool", "avg_pool",
    "adaptive_max_pool", "adaptive_avg_pool",
]  # fmt: skip
SHAPE = (2, 5, 7, 11)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("kind", OF_MODULES)
def test_output_shape_is_that_of_the_real_module(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, (shape,) = placed
        assert layer.out_shape(shape) == real_out_shape(layer, shape)

    check()


@pytest.mark.parametrize("reduce", ["max", "avg"])
def test_a_pools_map_is_the_list_of_its_windows(reduce):
    @FEW
    @given(pools(reduce))
    def check(placed):
        layer, (shape,) = placed
        assert layer.out_shape(shape)[2:] == pool_sides(layer, shape[2:])

    check()


@FEW
@given(convs("standard") | convs("group"))
def test_symbols_of_a_conv_are_its_sizes_and_its_output_map(placed):
    layer, (shape,) = placed
    out = layer.out_shape(shape)
    symbols = layer.symbols(shape)
    assert tuple(symbols[name] for name in ("kd", "kh", "kw")[-layer.dims :]) == layer.kernel
    assert tuple(symbols[name] for name in ("D", "H", "W")[-layer.dims :]) == out[2:]
    assert (symbols["N"], symbols["cin"], symbols["cout"]) == (shape[0], shape[1], out[1])
    assert symbols["g"] == layer.groups
    assert len(symbols) == 4 + 2 * layer.dims


@pytest.mark.parametrize("layer", [Activation("relu"), Add(), Copy(), ChannelShuffle(5)])
def test_layers_that_keep_the_shape(layer):
    assert layer.out_shape(SHAPE) == SHAPE


def test_a_tuple_for_any_size_of_a_conv_sets_its_dimensions():
    for size in ("kernel", "stride", "padding", "dilation"):
        assert Conv(3, 5, **{"kernel": 3, size: (1, 1, 1)}).dims == 3, size
        assert Conv(3, 5, **{"kernel": 3, size: (1,)}).dims == 1, size


def test_summands_may_have_arrays_and_symbols():
    batch = np.array([2, 3])
    assert Add().out_shape((batch, 7), (batch.copy(), 7))[0] is batch
    assert Add().out_shape((N, 7), (3, 7)) == (N, 7)


def test_symbols_of_the_other_families():
    batch = {"elements": 2 * 5 * 7 * 11}
    assert Normalization("layer_norm", 22).symbols(SHAPE).items() >= batch.items()
    assert Interpolate(size=(3, 13)).symbols(SHAPE) == {"elements": 2 * 5 * 3 * 13}
    assert Embedding(11, 7).symbols((2, 3)) == {"rows": 11, "width": 7}
    conv = ConvTranspose(5, 3, (3, 2), stride=2)
    sides = {"kh": 3, "kw": 2, "cin": 5, "cout": 3, "g": 1, "positions": 7 * 11, "N": 2}
    assert conv.symbols(SHAPE) == sides


def test_symbols_of_a_recurrent_layer_are_its_steps_and_all_its_weights():
    layer = Recurrent("gru", 11, 7, layers=2, directions=2, batch_first=True)
    weights = 2 * (3 * 7 * (11 + 7)) + 2 * (3 * 7 * (14 + 7))
    assert layer.symbols((3, 5, 11)) == {"N": 3, "steps": 5, "weights": weights}
    cell = Recurrent("gru", 11, 7, is_cell=True)
    assert cell.symbols((3, 11)) == {"N": 3, "steps": 1, "weights": 3 * 7 * 18}


def test_symbols_of_attention_name_each_side():
    symbols = Attention(grouped=True).symbols((2, 6, 7, 5), (2, 3, 11, 5), (2, 3, 11, 13))
    assert symbols == {
        "N": 2, "heads": 6, "queries": 7, "keys": 11, "width": 5, "value_width": 13
    }  # fmt: skip
    assert Attention().symbols((7, 5), (11, 5), (11, 13))["heads"] == 1


def test_a_linear_layer_works_on_the_last_dimension():
    assert Linear(11, 3).out_shape(SHAPE) == (2, 5, 7, 3)
    assert Linear(11, 3).symbols(SHAPE) == {"cin": 11, "cout": 3, "N": 2 * 5 * 7}


def test_a_concatenation_adds_up_one_dimension():
    assert Concat().out_shape((2, 3, 7), (2, 5, 7), (2, 11, 7)) == (2, 19, 7)
    assert Concat(dim=-1).out_shape((2, 3, 7), (2, 3, 5)) == (2, 3, 12)
    assert Concat(dim=0).out_shape((2, 3, 7)) == (2, 3, 7)


def test_a_product_has_the_rows_of_one_and_the_columns_of_the_other():
    assert MatMul().out_shape((2, 3, 5, 7), (2, 3, 7, 11)) == (2, 3, 5, 11)
    assert MatMul().out_shape((3, 5, 7), (7, 11)) == (3, 5, 11)
    symbols = MatMul().symbols((2, 3, 5, 7), (2, 3, 7, 11))
    assert symbols == {"N": 6, "rows": 5, "inner": 7, "columns": 11}


def test_elementwise_shapes_broadcast():
    assert Elementwise("mul").out_shape((2, 5, 7), (5, 1)) == (2, 5, 7)
    assert Elementwise("mul").symbols((2, 5, 7), (5, 1)) == {"elements": 70}


def test_an_adaptive_pool_keeps_a_side_that_is_none():
    assert AdaptivePool("avg", (None, 3)).out_shape(SHAPE) == (2, 5, 7, 3)
    assert AdaptivePool("avg", (None, 3)).dims == 2


def test_one_number_means_the_same_in_every_dimension():
    assert Conv(3, 5, 3, 2, 1) == Conv(3, 5, (3, 3), (2, 2), (1, 1), (1, 1))
    assert Conv(3, 5, 3, dims=3).kernel == (3, 3, 3)
    assert Conv(3, 5, 3, stride=(2,)).dims == 1
    assert Pool("max", 3, dims=1).stride == (3,)


def test_shapes_may_be_symbols():
    conv = Conv(cin, cout, 3, padding=1, groups=g)
    assert conv.out_shape((N, cin, H, W)) == (N, cout, H, W)
    halved = Conv(cin, cout, 2, stride=2).out_shape((N, cin, 2 * H, W))
    assert_same(halved[2], H)
    assert Linear(cin, cout).out_shape((N, cin)) == (N, cout)
    assert Concat().out_shape((N, cin), (N, cout)) == (N, cin + cout)


def test_the_same_padding_keeps_any_map():
    assert Conv(3, 5, (2, 7), padding="same", dilation=3).out_shape((1, 3, H, 4)) == (1, 5, H, 4)


@pytest.mark.parametrize("layer", [Conv(3, 5, 3), Linear(3, 5), BatchNorm(3), Pool("max", 3)])
def test_a_description_cannot_be_changed(layer):
    with pytest.raises(FrozenInstanceError):
        layer.bias = True
