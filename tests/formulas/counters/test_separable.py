"""Depthwise separable convolution, and what it saves."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from formulas import depthwise, pointwise, separable, separable_ratio, standard
from tests.oracles.arrays import assert_elementwise
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same, cin, cout, kh, kw
from tests.strategies import FEW, sides


def test_without_bias_it_is_the_documents_expression():
    cost = separable(cin, cout, (kh, kw), (H, W))
    assert_same(cost.params, kh * kw * cin + cin * cout)
    assert_same(cost.macs, kh * kw * cin * H * W + cin * cout * H * W)
    assert cost.elementwise == 0


def test_every_field_with_bias_and_batch_in_symbols():
    cost = separable(cin, cout, (kh, kw), (H, W), bias=True, batch=N)
    assert_same(cost.params, kh * kw * cin + cin + cin * cout + cout)
    assert_same(cost.macs, N * cin * H * W * (kh * kw + cout))
    assert_same(cost.elementwise, N * H * W * (cin + cout))
    assert_same(cost.activations, N * H * W * (cin + cout))
    moved = N * H * W * (cin + cin + cin + cout)
    assert_same(cost.memory_access, moved + cost.params)


@pytest.mark.parametrize("bias", [False, True])
def test_it_is_its_two_layers(bias):
    common = {"bias": bias, "batch": 3}
    first = depthwise(5, (2, 3), (7, 11), in_size=(13, 17), **common)
    second = pointwise(5, 19, (7, 11), **common)
    whole = separable(5, 19, (2, 3), (7, 11), in_size=(13, 17), **common)
    assert whole == first + second


@FEW
@given(
    st.integers(1, 64),
    st.integers(1, 64),
    st.integers(1, 3).flatmap(lambda dims: st.tuples(sides(dims, 1, 7), sides(dims, 1, 16))),
)
def test_ratio_is_exactly_what_it_costs_of_the_standard_one(cin, cout, sizes):
    kernel, out_size = sizes
    thin = separable(cin, cout, kernel, out_size)
    full = standard(cin, cout, kernel, out_size)
    assert Fraction(thin.macs, full.macs) == separable_ratio(cout, kernel)
    assert Fraction(thin.params, full.params) == separable_ratio(cout, kernel)


def test_ratio_is_the_documents_expression():
    assert separable_ratio(N, (kh, kw)) == 1 / N + 1 / (kh * kw)
    ratio = separable(cin, N, (kh, kw), (H, W)).macs / standard(cin, N, (kh, kw), (H, W)).macs
    assert sympy.simplify(ratio - separable_ratio(N, (kh, kw))) == 0


def test_ratio_of_ints_is_exact():
    assert separable_ratio(7, (2, 3)) == Fraction(13, 42)
    assert isinstance(separable_ratio(7, (2, 3)), Fraction)


def test_ratio_of_arrays_is_elementwise():
    ratios = separable_ratio(np.array([7, 512]), np.array([3, 5]))
    assert ratios.tolist() == pytest.approx([1 / 7 + 1 / 9, 1 / 512 + 1 / 25])


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize(("channels", "kernel"), [([7, 512], 3), (7, [3, 5]), ([7, 512], [3, 5])])
def test_ratio_of_any_array_is_of_floats(channels, kernel, dtype):
    channels, kernel = (
        np.array(x, dtype) if isinstance(x, list) else x for x in (channels, kernel)
    )
    ratios = separable_ratio(channels, kernel)
    assert ratios.dtype == np.float64
    exact = [float(separable_ratio(int(n), int(k))) for n, k in np.broadcast(channels, kernel)]
    assert ratios.tolist() == pytest.approx(exact)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"in_channels": [5, 64, 8192], "out_channels": [7, 11, 4096], "batch": [1, 3, 2]}
    assert_elementwise(separable, varying, kernel=(7, 5), out_size=(112, 56), bias=True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, 3), "out_channels=0 must be an integer of at least 1"),
        ((7, 0), "kernel=0 must be an integer of at least 1"),
        ((7, (3, -1)), "kernel=-1 must be an integer of at least 1"),
        ((7.0, 3), "out_channels=7.0 must be an integer of at least 1"),
        ((True, 3), "out_channels=True must be an integer of at least 1"),
    ],
)
def test_ratio_of_impossible_sizes_is_refused(arguments, words):
    with refuses(words):
        separable_ratio(*arguments)
