"""Descriptions of layers: what they refuse, when built and when fed."""

import numpy as np
import pytest

from formulas.layers import (
    AdaptivePool,
    Add,
    BatchNorm,
    ChannelShuffle,
    Conv,
    Elementwise,
    Linear,
    MatMul,
    Pool,
)
from tests.oracles.refusals import refuses

SHAPE = (2, 5, 7, 11)
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
        (lambda: Conv(3, 5, (3, 3), padding=(1, 1, 1)),
         "kernel=(3, 3) must have 3 numbers, one for each dimension"),
        (lambda: Conv(3, 5, 3, padding=(1, 1, 1), dims=2),
         "padding=(1, 1, 1) must have 2 numbers, one for each dimension"),
        (lambda: Conv(3, 5, 3, padding=(1, 1, 1, 1)), "dims=4 must be 1, 2 or 3"),
        (lambda: Conv(3, 5, 3, dims=4), "dims=4 must be 1, 2 or 3"),
        (lambda: Conv(3, 5, 3, dims=-1), "dims=-1 must be 1, 2 or 3"),
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
        (lambda: Pool("max", 3, dims=0), "dims=0 must be 1, 2 or 3"),
        (lambda: Pool("max", 3, dims=4), "dims=4 must be 1, 2 or 3"),
        (lambda: Pool("min", 3), "reduce='min' must be max or avg"),
        (lambda: AdaptivePool("mean", (1, 1)), "reduce='mean' must be max or avg"),
        (lambda: AdaptivePool("avg", 1), "out_size=1 must be a tuple, one side a dimension"),
        (lambda: AdaptivePool("avg", [1, 1]),
         "out_size=[1, 1] must be a tuple, one side a dimension"),
        (lambda: AdaptivePool("avg", (1, 0)), f"out_size=0 {AT_LEAST_1}"),
        (lambda: AdaptivePool("avg", ()), "dims=0 must be 1, 2 or 3"),
        (lambda: AdaptivePool("avg", (1, 1, 1, 1)), "dims=4 must be 1, 2 or 3"),
        (lambda: ChannelShuffle(0), f"groups=0 {AT_LEAST_1}"),
        (lambda: ChannelShuffle(3.0), f"groups=3.0 {AT_LEAST_1}"),
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
        (Add(), [SHAPE, (5, 7, 11)],
         "shape=(5, 7, 11) must equal the first summand's, (2, 5, 7, 11)"),
        (ChannelShuffle(5), [(5,)], "input=(5,) must have at least 2 dimensions"),
        (AdaptivePool("avg", (1, 1)), [(7, 11)], "input=(7, 11) must have at least 3 dimensions"),
        (Pool("max", 3), [(7, 11)], "input=(7, 11) must have at least 3 dimensions"),
        (MatMul(), [(2, 3), (5, 7)], "inner=3 must equal the input's, 5 in (5, 7)"),
    ],
)  # fmt: skip
def test_an_input_that_does_not_fit_is_refused(layer, shapes, words):
    with refuses(words):
        layer.out_shape(*shapes)


def test_summands_whose_arrays_differ_in_one_element_are_refused():
    one, other = np.array([2, 3]), np.array([2, 5])
    with refuses(f"shape={(other, 7)!r} must equal the first summand's, {(one, 7)!r}"):
        Add().out_shape((one, 7), (other, 7))
