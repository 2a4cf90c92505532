"""The one formatter: grouped digits, halves up, nothing rounded by a float on the way."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.render import number_format as numbers

MANY = settings(max_examples=200, deadline=None, derandomize=True, database=None)


def half_up(part: int, whole: int) -> str:
    """``part / whole`` to two places by the decimal module, in grouped digits."""
    with localcontext() as context:
        context.prec = 200
        exact = Decimal(part) / Decimal(whole)
        return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (304_102_400, "304,102,400"),
        (2**53 + 1, "9,007,199,254,740,993"),
        (10**30 + 7, "1,000,000,000,000,000,000,000,000,000,007"),
    ],
)
def test_integers_keep_every_digit(value, text):
    assert numbers.integer(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00 M"),
        (4_999, "0.00 M"),
        (5_000, "0.01 M"),
        (14_999, "0.01 M"),
        (15_000, "0.02 M"),
        (25_000, "0.03 M"),
        (995_000, "1.00 M"),
        (872_868, "0.87 M"),
        (1_234_565_000, "1,234.57 M"),
        (10**24 + 5_000, "1,000,000,000,000,000,000.01 M"),
    ],
)
def test_millions_round_halves_up(value, text):
    assert numbers.millions(value) == text


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (0, "0.00 MB"),
        (1_249, "0.00 MB"),
        (1_250, "0.01 MB"),
        (872_868, "3.49 MB"),
        (250_000_000, "1,000.00 MB"),
    ],
)
def test_a_float32_takes_four_bytes_and_a_megabyte_is_a_million(params, text):
    assert numbers.float32_megabytes(params) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 7, "0.00"),
        (7, 7, "100.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),
        (1, 20_000, "0.01"),
        (1, 20_001, "0.00"),
        (3, 0, ""),
        (0, 0, ""),
    ],
)
def test_a_share_is_in_percent_and_empty_where_there_is_no_whole(part, whole, text):
    assert numbers.share(part, whole) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(3, 2, "1.50"), (1, 8, "0.13"), (7, 1, "7.00"), (3, 0, "")]
)
def test_a_ratio_is_empty_where_there_is_no_whole(part, whole, text):
    assert numbers.ratio(part, whole) == text


@MANY
@given(st.integers(0, 10**40), st.integers(1, 10**40))
def test_rounding_agrees_with_the_decimal_module_whatever_the_size(part, whole):
    assert numbers.ratio(part, whole) == half_up(part, whole)
    assert numbers.share(part, whole) == half_up(100 * part, whole)


@pytest.mark.parametrize(
    ("sizes", "text"),
    [((1, 3, 224, 224), "1x3x224x224"), ((7,), "7"), ((), ""), (None, "")],
)
def test_shapes_are_written_with_crosses(sizes, text):
    assert numbers.shape(sizes) == text


def test_a_count_comes_with_its_noun():
    found = [numbers.count_of(count, "row") for count in (0, 1, 2, 1009)]
    assert found == ["0 rows", "1 row", "2 rows", "1,009 rows"]


def test_every_number_in_a_text_is_grouped():
    assert numbers.grouped("3 * 1024 * 1000000 + cin") == "3 * 1,024 * 1,000,000 + cin"


@pytest.mark.parametrize(
    ("value", "text"), [(1009, "1,009"), ((2, 1009), "2x1009"), ("missing", "missing")]
)
def test_a_value_is_written_as_what_it_is(value, text):
    assert numbers.value_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.00"), (Fraction(1, 200), "0.01"), (Fraction(-0), "0.00"), (1234.565, "1,234.57"),
     (10**18, "1,000,000,000,000,000,000.00")],
)  # fmt: skip
def test_a_decimal_has_two_places(value, text):
    assert numbers.decimal(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(Fraction(1, 8000), "125.000"), (0, "0.000"), (5e-10, "0.001"), (4.9e-10, "0.000"),
     (Fraction(1_234_567_891, 10**9), "1,234,567.891"), (1.5, "1,500,000.000")],
)  # fmt: skip
def test_times_are_written_to_the_nanosecond(seconds, text):
    assert numbers.microseconds(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(999_999, "999,999"), (10**6, "1.00 M"), (484 * 10**9, "484.00 G"), (10**12, "1.00 T"),
     (1979 * 10**12, "1,979.00 T")],
)  # fmt: skip
def test_rates_are_scaled(value, text):
    assert numbers.rate(value) == text


def test_numbers_that_differ_are_written_so_that_they_do():
    half = Fraction(1, 2)
    assert numbers.distinct_decimals(Fraction(3, 4), half) == ("0.75", "0.50")
    assert numbers.distinct_decimals(half + Fraction(1, 10**4), half) == ("0.5001", "0.5000")
    assert numbers.distinct_decimals(half, half) == ("0.500000000",) * 2


def test_a_difference_has_its_sign():
    assert [numbers.signed(value) for value in (1024, -7, 0)] == ["+1,024", "-7", "0"]
