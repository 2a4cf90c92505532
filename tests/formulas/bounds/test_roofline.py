"""The roofline: bounds worked by hand, and what must hold of all of them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas.bounds.roofline import (
    attainable,
    intensity,
    memory_bound,
    ridge,
    time_bound,
)
from tests.oracles.refusals import refuses

AMOUNT = st.integers(0, 10**18)
RATE = st.integers(1, 10**16)
PEAK, BANDWIDTH = 13_000, 11  # a ridge at 1181.8 operations a byte


@pytest.mark.parametrize(
    ("flops", "moved", "seconds", "memory"),
    [
        (26_000, 11, Fraction(2), 0),  # two seconds of arithmetic, one of memory
        (13_000, 33, Fraction(3), 1),
        (13_000, 11, Fraction(1), 1),  # at the ridge both are the limit, and memory is named
        (0, 7, Fraction(7, 11), 1),
        (5, 0, Fraction(5, 13_000), 0),
        (0, 0, Fraction(0), 1),
    ],
)
def test_bounds_by_hand(flops, moved, seconds, memory):
    assert time_bound(flops, moved, PEAK, BANDWIDTH) == seconds
    assert memory_bound(flops, moved, PEAK, BANDWIDTH) == memory


@given(AMOUNT, AMOUNT, RATE, RATE)
def test_a_bound_is_the_slower_of_the_two_to_the_last_digit(flops, moved, peak, bandwidth):
    bound = time_bound(flops, moved, peak, bandwidth)
    assert bound * peak >= flops
    assert bound * bandwidth >= moved
    assert bound in (Fraction(flops, peak), Fraction(moved, bandwidth))


@given(AMOUNT, AMOUNT, RATE, RATE, st.integers(0, 10**12))
def test_more_work_never_takes_less_and_a_faster_device_never_more(f, m, peak, bandwidth, more):
    bound = time_bound(f, m, peak, bandwidth)
    assert time_bound(f + more, m, peak, bandwidth) >= bound
    assert time_bound(f, m + more, peak, bandwidth) >= bound
    assert time_bound(f, m, peak + more, bandwidth) <= bound
    assert time_bound(f, m, peak, bandwidth + more) <= bound


@given(st.integers(1, 10**18), st.integers(1, 10**18), RATE, RATE)
def test_the_roof_is_the_work_over_its_bound(flops, moved, peak, bandwidth):
    at = intensity(flops, moved)
    roof = attainable(at, peak, bandwidth)
    assert roof * time_bound(flops, moved, peak, bandwidth) == flops
    assert roof <= peak
    assert memory_bound(flops, moved, peak, bandwidth) == (at <= ridge(peak, bandwidth))


def test_arrays_give_elementwise_what_ints_give():
    flops, moved = np.array([26_000, 13_000, 0, 10**18]), np.array([11, 33, 7, 10**17])
    found = time_bound(flops, moved, 10**13, 10**12)  # products beyond 64 bits
    limit = memory_bound(flops, moved, 10**13, 10**12)
    for f, m, seconds, memory in zip(flops, moved, found, limit, strict=True):
        assert seconds == pytest.approx(float(time_bound(int(f), int(m), 10**13, 10**12)))
        assert memory == memory_bound(int(f), int(m), 10**13, 10**12)
    assert intensity(flops, moved).tolist() == [26_000 / 11, 13_000 / 33, 0, 10]
    assert attainable(np.array([1.0, 10**6]), PEAK, BANDWIDTH).tolist() == [11, 13_000]


@pytest.mark.parametrize("wrong", [-1, 2.5, True, None, "3"])
def test_impossible_numbers_are_refused(wrong):
    with refuses(f"flops={wrong!r} must be an integer of at least 0"):
        time_bound(wrong, 3, PEAK, BANDWIDTH)
    with refuses(f"moved={wrong!r} must be an integer of at least 0"):
        time_bound(3, wrong, PEAK, BANDWIDTH)
    with refuses(f"peak={wrong!r} must be an integer of at least 1"):
        time_bound(3, 3, wrong, BANDWIDTH)
    with refuses(f"bandwidth={wrong!r} must be an integer of at least 1"):
        ridge(PEAK, wrong)


def test_nothing_moved_has_no_intensity_and_none_is_below_0():
    with refuses("moved=0 must be an integer of at least 1"):
        intensity(3, 0)
    with refuses("intensity=-1 must be at least 0"):
        attainable(-1, PEAK, BANDWIDTH)
