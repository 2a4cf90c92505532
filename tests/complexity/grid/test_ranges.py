"""Ranges as they are typed: exact, with both ends, each value once; anything else is refused."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complexity.grid.ranges import (
    FORM,
    MOST_POINTS,
    number,
    numbers,
    sides,
    span,
    values,
    words,
)
from tests.oracles.refusals import refuses
from tests.strategies import FEW


@FEW
@given(st.integers(0, 300), st.integers(1, 70), st.integers(0, 40), st.integers(0, 69))
def test_a_range_in_hundredths_is_exact_and_holds_both_ends(start, step, count, beyond):
    """Every value is the float nearest to its decimal; a stop between two steps is not reached."""
    stop = start + step * count + beyond % step

    def typed(hundredths: int) -> str:
        return f"{hundredths // 100}.{hundredths % 100:02d}"

    found = span("alpha", f"{typed(start)}:{typed(stop)}:{typed(step)}")
    assert found == [float(Fraction(start + step * i, 100)) for i in range(count + 1)]
    assert found == [float(typed(start + step * i)) for i in range(count + 1)]


def test_whole_numbers_stay_whole_and_decimals_stay_decimals():
    assert [*map(repr, span("batch", "1:7:3"))] == ["1", "4", "7"]
    assert [*map(repr, span("alpha", "0.5:1:0.25"))] == ["0.5", "0.75", "1.0"]
    assert [*map(repr, numbers("ratio", "0.5,1,1e1"))] == ["0.5", "1", "10.0"]


def test_the_sum_of_floats_would_miss_what_the_range_holds():
    assert 0.1 + 0.1 + 0.1 != 0.3
    assert span("alpha", "0.1:0.3:0.1") == [0.1, 0.2, 0.3]


def test_lists_and_ranges_mix_and_what_repeats_stands_once():
    assert numbers("groups", "8,1:3:1, 2,8") == [8, 1, 2, 3]
    assert sides("resolution", "128:192:32,160x128,128") == [128, 160, 192, (160, 128)]
    assert words("variant", "document,paper,document") == ["document", "paper"]


def test_arguments_are_literals_words_and_ranges_and_brackets_keep_their_commas():
    assert values("arguments", "8:24:8") == [8, 16, 24]
    assert values("arguments", "(1,2),(3,4)") == [(1, 2), (3, 4)]
    assert values("arguments", "[2,2,6,2]") == [[2, 2, 6, 2]]
    assert values("arguments", "relu,gelu,None,True") == ["relu", "gelu", None, True]
    assert values("arguments", "'a,b',{'k': 1}") == ["a,b", {"k": 1}]
    assert values("arguments", "a:b:c") == ["a:b:c"]
    assert [*map(repr, values("arguments", "1,True"))] == ["1", "True"]


@pytest.mark.parametrize(
    "text", ["", ",", "1,,2", "x", "1:2", "1:2:3:4", "1:x:1", "nan", "inf", "0:inf:1", "1e999999999",
             "0:1:1e-999999999", "0x10", "1;2"],
)  # fmt: skip
def test_what_is_no_range_is_refused_with_the_words_typed(text):
    with pytest.raises(ValueError, match=r"^alpha="):
        numbers("alpha", text)
    if ":" not in text:
        with refuses(f"alpha={text!r} {FORM}"):
            numbers("alpha", text)


@pytest.mark.parametrize("text", ["1:0.5:0.1", "0:1:0", "0:1:-0.1", "1:0:-0.5"])
def test_a_range_goes_upwards(text):
    with refuses(f"alpha={text!r} must have start <= stop and a step above 0"):
        span("alpha", text)


def test_a_range_of_too_many_is_refused_before_it_is_made():
    with refuses(f"alpha='0:1:1e-9' must have at most {MOST_POINTS:,} values"):
        span("alpha", "0:1:1e-9")
    assert len(span("batch", f"1:{MOST_POINTS}:1")) == MOST_POINTS


@pytest.mark.parametrize("text", ["160x", "axb", "1.5", "1x2x"])
def test_a_side_is_whole(text):
    with refuses(f"resolution={text!r} {FORM}"):
        sides("resolution", text)


def test_a_number_keeps_its_kind():
    assert (number("7"), number("-7"), number("0"), number("+.5")) == (7, -7, 0, 0.5)
    assert type(number("7")) is int
