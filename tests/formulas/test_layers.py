"""Descriptions of layers: their output shapes, and what they refuse."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given

from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Copy,
    Elementwise,
    Linear,
    MatMul,
    Pool,
)
from tests.oracles.loops import pool_sides
from tests.oracles.modules import real_out_shape
from tests.oracles.refusals import refuses
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


CONV = {"in_channels": 6, "out_channels": 15, "kernel": 3, "groups": 3}
NOT_POSITIVE = [0, -3, 2.0, True, "3", None]
AT_LEAST_1 = "must be an integer of at least 1"


@pytest.mark.parametrize("wrong", NOT_POSITIVE)
@pytest.mark.parametrize("argument", ["in_channels", "out_channels", "kernel", "groups", "stride"])
def test_a_conv_refuses_impossible_numbers(argument, wrong):
    with refuses(f"{argument}={wrong!r} {AT_LEAST_1}"):
        Conv(**CONV | {argument: wrong})


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Conv(3, 5, 3, dilation=0), f"dilation=0 {AT_LEAST_1}"),
        (lambda: Conv(3, 5, (3, 0)), f"kernel=0 {AT_LEAST_1}"),
        (lambda: Conv(3, 5, 3, padding=-1), "padding=-1 must be an integer of at least 0"),
        (lambda: Conv(3, 5, 3, padding=0.5), "padding=0.5 must be an integer of at least 0"),
        (lambda: Conv(3, 5, 3, padding="valid"),
         "padding='valid' must be an integer of at least 0"),
        (lambda: Conv(3, 5, 3, padding="same", stride=2),
         "stride=(2, 2) must be 1 where padding is 'same'"),
        (lambda: Conv(32, 35, 3, groups=5), "groups=5 must divide in_channels=32"),
        (lambda: Conv(35, 32, 3, groups=5), "groups=5 must divide out_channels=32"),
        (lambda: Conv(3, 5, 3, padding=(1, 1, 1)),
         "padding=(1, 1, 1) must have 2 numbers, one for each dimension"),
        (lambda: Conv(3, 5, (3, 3), stride=(1, 1, 1)),
         "kernel=(3, 3) must have 3 numbers, one for each dimension"),
        (lambda: Conv(3, 5, (3, 3), dims=1),
         "kernel=(3, 3) must have 1 numbers, one for each dimension"),
        (lambda: Linear(0, 5), f"in_features=0 {AT_LEAST_1}"),
        (lambda: Linear(3, 5.0), f"out_features=5.0 {AT_LEAST_1}"),
        (lambda: BatchNorm(True), f"channels=True {AT_LEAST_1}"),
        (lambda: Pool("max", 0), f"kernel=0 {AT_LEAST_1}"),
        (lambda: Pool("max", 3, 0), f"stride=0 {AT_LEAST_1}"),
        (lambda: Pool("max", 3, dilation="2"), f"dilation='2' {AT_LEAST_1}"),
        (lambda: Pool("max", 3, padding=2), "padding=2 must be at most half of kernel=3"),
        (lambda: Pool("max", (5, 3), padding=(2, -1)),
         "padding=-1 must be an integer of at least 0"),
        (lambda: Pool("max", (3, 3, 3)),
         "kernel=(3, 3, 3) must have 2 numbers, one for each dimension"),
    ],
)  # fmt: skip
def test_a_description_refuses_what_cannot_be(build, words):
    with refuses(words):
        build()


@pytest.mark.parametrize(
    ("layer", "shapes", "words"),
    [
        (Conv(3, 5, 3), [SHAPE], "in_channels=3 must equal the input's, 5 in (2, 5, 7, 11)"),
        (Conv(5, 3, 3), [(5, 7)], "input=(5, 7) must have at least 3 dimensions"),
        (Conv(5, 3, (9, 3)), [SHAPE], "kernel=9 must fit in the padded map: 7 + 2 * 0"),
        (Conv(5, 3, (3, 5), dilation=3, padding=(0, 0)), [SHAPE],
         "kernel=5 dilated by 3 must fit in the padded map: 11 + 2 * 0"),
        (Linear(3, 5), [SHAPE], "in_features=3 must equal the input's, 11 in (2, 5, 7, 11)"),
        (Linear(3, 5), [()], "input=() must have at least 1 dimensions"),
        (BatchNorm(3), [SHAPE], "channels=3 must equal the input's, 5 in (2, 5, 7, 11)"),
        (Pool("max", (9, 3), padding=(0, 1)), [SHAPE],
         "kernel=9 must fit in the padded map: 7 + 2 * 0"),
        (Add(), [SHAPE, (2, 5, 11, 7)],
         "shape=(2, 5, 11, 7) must equal the first summand's, (2, 5, 7, 11)"),
        (Elementwise("mul"), [(2, 3), (2,)],
         "shapes=((2, 3), (2,)) must broadcast: equal sides, or 1"),
        (MatMul(), [(2, 3), (5, 7)], "inner=3 must equal the input's, 5 in (5, 7)"),
    ],
)  # fmt: skip
def test_an_input_that_does_not_fit_is_refused(layer, shapes, words):
    with refuses(words):
        layer.out_shape(*shapes)
