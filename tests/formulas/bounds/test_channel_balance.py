"""G1 and G2: the paper's tables 1 and 2 as far as they are arithmetic, and what makes the bound one."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import group, pointwise
from formulas.bounds.channel_balance import (
    access,
    access_bound,
    grouping,
    imbalance,
    ungrouped_access,
    whole_widths,
)
from formulas.core.errors import SizeError
from formulas.kinds import count
from formulas.layers import Conv

MAP = 56 * 56  # the input of both tables
# Channels of table 1 of arXiv 1807.11164, on the GPU and on the ARM processor: access, bound, ratio.
TABLE_1 = [
    (128, 128, 819200, 819200.0, 1.0),
    (90, 180, 862920, 814495.3, 1.0595),
    (52, 312, 1157728, 815110.4, 1.4203),
    (36, 432, 1483200, 797718.4, 1.8593),
    (32, 32, 201728, 201728.0, 1.0),
    (22, 44, 207944, 196106.8, 1.0604),
    (13, 78, 286390, 200735.6, 1.4267),
    (9, 108, 367884, 196513.6, 1.8721),
]
# Groups and channels of table 2, on the GPU and the first of those on the CPU: access.
TABLE_2 = [
    (1, 128, 819200), (2, 180, 1145160), (4, 256, 1622016), (8, 360, 2274120),
    (1, 64, 405504), (2, 90, 568530), (4, 128, 806912),
]  # fmt: skip

widths = st.integers(1, 2**20)


@pytest.mark.parametrize(("one", "two", "moved", "bound", "ratio"), TABLE_1)
def test_table_1_of_the_paper(one, two, moved, bound, ratio):
    macs = MAP * one * two
    assert access(MAP, one, two) == moved == pointwise(one, two, out_size=56).memory_access
    assert round(access_bound(MAP, macs), 1) == bound
    assert round(imbalance(MAP, one, two), 4) == ratio


def test_table_1_moves_more_at_less_work_the_more_uneven_it_is():
    """The paper says that all rows have the same MACs; they have at most six in a hundred less."""
    for rows in (TABLE_1[:4], TABLE_1[4:]):
        assert [row[4] for row in rows] == sorted(row[4] for row in rows)
        most = rows[0][0] * rows[0][1]
        assert all(0.94 * most < one * two <= most for one, two, *_ in rows)


@pytest.mark.parametrize(("groups", "channels", "moved"), TABLE_2)
def test_table_2_of_the_paper(groups, channels, moved):
    assert access(MAP, channels, channels, groups=groups) == moved
    if groups > 1:
        counted = group(channels, channels, 1, out_size=56, groups=groups)
        assert counted.memory_access == moved


def test_table_2_is_the_cost_of_groups_at_equal_macs():
    """Its first row is what the others would move without groups, as near as widths are whole."""
    for rows in (TABLE_2[:4], TABLE_2[4:]):
        for groups, channels, moved in rows[1:]:
            plain = ungrouped_access(MAP, channels, channels, groups=groups)
            assert isclose(plain, rows[0][2], rel_tol=0.012)
            assert grouping(MAP, channels, channels, groups=groups) == moved / plain


@given(widths, widths, widths)
def test_no_widths_move_less_than_the_bound(positions, one, two):
    assert imbalance(positions, one, two) >= 1 - 1e-12


@given(widths, widths)
def test_equal_widths_reach_it(positions, width):
    assert isclose(imbalance(positions, width, width), 1, rel_tol=1e-12)


def test_the_bound_is_the_least_over_every_pair_of_widths():
    """By trial: of all whole widths with 3600 weights, 60 to 60 moves least, and moves the bound."""
    pairs = [(one, 3600 // one) for one in range(1, 3601) if 3600 % one == 0]
    moved = {pair: access(49, *pair) for pair in pairs}
    assert min(moved, key=moved.__getitem__) == (60, 60)
    assert moved[60, 60] == access_bound(49, 49 * 3600)


@given(widths, widths, widths, widths, st.booleans())
def test_none_move_less_where_input_and_output_differ(positions, read, one, two, bias):
    """As where a stride makes the input's positions more, or padding the output's."""
    assert imbalance(positions, one, two, in_positions=read, bias=bias) >= 1 - 1e-12


@given(st.integers(1, 4096), st.integers(1, 64), st.integers(1, 64))
def test_both_maps_are_equal_where_the_bound_is_reached(positions, stride, width):
    """A stride in both directions, and an output that is as much wider as its map is smaller."""
    read = positions * stride**2
    assert isclose(
        imbalance(positions, width, width * stride**2, in_positions=read), 1, rel_tol=1e-12
    )
    assert access(positions, width, width * stride**2, in_positions=read) == (
        2 * read * width + width * width * stride**2
    )


@pytest.mark.parametrize(
    ("stride", "groups", "kernel"), [(1, 1, 1), (2, 1, 1), (2, 5, 3), (3, 1, 1)]
)
@pytest.mark.parametrize("bias", [True, False])
def test_the_access_of_strides_and_biases_is_that_of_the_layer(stride, groups, kernel, bias):
    layer = Conv(35, 55, kernel=kernel, stride=stride, groups=groups, bias=bias)
    size = layer.out_shape((1, 35, 23, 23))[-1]
    moved = access(size**2, 35, 55, in_positions=23**2, groups=groups, kernel=kernel**2, bias=bias)
    assert moved == count(layer, (1, 35, 23, 23)).memory_access


@given(st.integers(1, 3000), st.integers(1, 70), st.tuples(widths, widths))
def test_whole_widths_are_the_next_divisors_that_move_least(product, near, costs):
    found = whole_widths(product, near, costs)
    divisors = [each for each in range(1, product + 1) if product % each == 0]
    below = max((each for each in divisors if each <= near), default=1)
    above = min((each for each in divisors if each >= near), default=product)
    moved = {c: costs[0] * c + costs[1] * (product // c) for c in (below, above)}
    assert found[0] * found[1] == product
    assert costs[0] * found[0] + costs[1] * found[1] == min(moved.values())


@given(st.integers(1, 4096), st.integers(1, 64), st.integers(1, 64), st.integers(1, 32))
def test_groups_move_at_least_as_much_and_one_group_just_as_much(positions, one, two, groups):
    shape = positions, one * groups, two * groups
    for kernel in (1, 9):
        assert grouping(*shape, groups=groups, kernel=kernel) >= 1 - 1e-12
        assert grouping(*shape, groups=1, kernel=kernel) == 1


def test_a_sweep_and_symbols():
    numpy, sympy = pytest.importorskip("numpy"), pytest.importorskip("sympy")
    swept = imbalance(MAP, numpy.array([128, 36]), numpy.array([128, 432]))
    assert [round(float(each), 4) for each in swept] == [1.0, 1.8593]
    p, c, g = sympy.symbols("p c g", positive=True, integer=True)
    assert sympy.simplify(imbalance(p, c, c)) == 1
    plain = ungrouped_access(p, c, c, groups=g)
    assert sympy.simplify(plain - (2 * p * c / sympy.sqrt(g) + c**2 / g)) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: access(0, 3, 5),
        lambda: access(7, 3, 5, groups=0),
        lambda: access_bound(7, -1),
        lambda: imbalance(7, 3, True),
        lambda: access(7, 3, 5, in_positions=0),
    ],
)
def test_sizes_that_cannot_be_are_refused(call):
    with pytest.raises(SizeError):
        call()
