"""Budgets as they are typed, and what meets them."""

from fractions import Fraction

import pytest

from complexity.budgets import Budget
from tests.oracles.refusals import refuses


@pytest.mark.parametrize(
    ("text", "limit", "strict"),
    [
        ("<=150M", 150_000_000, False), ("150M", 150_000_000, False), ("<150M", 150_000_000, True),
        ("<3e6", 3_000_000, True), ("2.5G", 2_500_000_000, False), ("1.5k", 1500, False),
        (" <= 7 ", 7, False), ("1E3K", 1_000_000, False), ("1T", 10**12, False), (".5M", 500_000, False),
        (12345, 12345, False), ("0.0001K", Fraction(1, 10), False),
    ],
)  # fmt: skip
def test_a_budget_is_exact(text, limit, strict):
    assert Budget.of("macs", text) == Budget("macs", Fraction(limit), strict)


@pytest.mark.parametrize(
    "text",
    [">=150M", ">3", "=3", "150X", "", "M", "-3", "<=-3", "1,5M", "150 M B", "nan", "inf", "1e999999999",
     True, 0, -3, 1.5, None, [3]],
)  # fmt: skip
def test_anything_else_is_refused(text):
    rule = "must be the most there may be, such as <=150M, <3e6 or 2.5G"
    with refuses(f"params={text!r} {rule}"):
        Budget.of("params", text)


def test_what_meets_it_is_decided_exactly_at_its_edge():
    assert Budget.of("macs", "150M").met(150_000_000)
    assert not Budget.of("macs", "150M").met(150_000_001)
    assert not Budget.of("macs", "<150M").met(150_000_000)
    big = 2**70
    assert Budget.of("macs", big).met(big)
    assert not Budget.of("macs", big).met(big + 1)  # a float would not tell them apart
    assert float(big) == float(big + 1)


def test_its_words():
    assert str(Budget.of("macs", "<1.5M")) == "macs < 1,500,000"
    assert str(Budget.of("macs", "0.25")) == "macs <= 0.25"
