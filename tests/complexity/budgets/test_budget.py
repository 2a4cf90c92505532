"""Budgets as they are typed, and what meets them."""

from dataclasses import replace
from fractions import Fraction

import pytest

from complexity.budgets.budget import (
    Budget,
    Growth,
    budgets_of,
    grown_too_much,
    results_of,
)
from formulas.core.errors import SizeError
from reports.diff.diff import TOTALS, Diff, total
from tests.oracles.refusals import refuses
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, made, row


@pytest.mark.parametrize(
    ("text", "limit", "strict"),
    [
        ("<=150M", 150_000_000, False), ("150M", 150_000_000, False), ("<150M", 150_000_000, True),
        ("<3e6", 3_000_000, True), ("2.5G", 2_500_000_000, False), ("1.5k", 1500, False),
        (" <= 7 ", 7, False), ("1E3K", 1_000_000, False), ("1T", 10**12, False), (".5M", 500_000, False),
        (12345, 12345, False), (0, 0, False), ("0", 0, False), ("0.0001K", Fraction(1, 10), False),
    ],
)  # fmt: skip
def test_a_budget_is_exact(text, limit, strict):
    assert Budget.of("macs", text) == Budget("macs", Fraction(limit), strict)


@pytest.mark.parametrize(
    "text",
    [">=150M", ">3", "=3", "150X", "", "M", "-3", "<=-3", "1,5M", "150 M B", "nan", "inf", "1e999999999",
     "\u0665", "<=\u0661\u0665M", "\uff15", "5\u212a",  # digits of other scripts, a kelvin
     True, -3, 1.5, None, [3]],
)  # fmt: skip
def test_anything_else_is_refused(text):
    rule = "must be the most there may be, such as <=150M, <3e6 or 2.5G"
    with refuses(f"params={text!r} {rule}"):
        Budget.of("params", text)


@pytest.mark.parametrize(
    "text", ["9" * 100, "9" * 5000, 10**100, "1." + "3" * 100, "." + "3" * 5000]
)
def test_more_digits_than_can_be_shown_are_refused(text):
    with pytest.raises(SizeError, match="must be the most there may be"):
        Budget.of("params", text)
    assert str(Budget.of("macs", f"<{'9' * 99}.5")) == "macs < 1e+99"
    with pytest.raises(SizeError, match="must be such as macs=5% or params=100K"):
        Growth.of(f"macs={text}")


def test_what_meets_it_is_decided_exactly_at_its_edge():
    assert Budget.of("macs", "150M").allows(150_000_000)
    assert not Budget.of("macs", "150M").allows(150_000_001)
    assert not Budget.of("macs", "<150M").allows(150_000_000)
    big = 2**70
    assert Budget.of("macs", big).allows(big)
    assert not Budget.of("macs", big).allows(big + 1)  # a float would not tell them apart
    assert float(big) == float(big + 1)


def test_its_words():
    assert str(Budget.of("macs", "<1.5M")) == "macs < 1,500,000"
    assert str(Budget.of("macs", "0.25")) == "macs <= 0.25"


KNOWN = made(layers=(row("a", params=101, macs=1009), row("b", params=7, macs=2003)))  # 108, 3012
PARTLY = made(layers=(*KNOWN.layers, MYSTERIES[0]), unknown={"aten.fft": 3})


def test_several_budgets_are_read_as_one_writes_them():
    said = " macs <= 600M,params<4.3M , memory-access=1e3,unknown=0"
    assert budgets_of(said) == [
        Budget("macs", Fraction(600_000_000)),
        Budget("params", Fraction(4_300_000), strict=True),
        Budget("memory_access", Fraction(1000)),
        Budget("unknown", Fraction(0)),
    ]
    assert budgets_of({"macs": 5, "unknown": 0}) == [
        Budget("macs", Fraction(5)),
        Budget("unknown", Fraction(0)),
    ]
    assert [budget.quantity for budget in budgets_of(dict.fromkeys(TOTALS, "1"))] == [*TOTALS]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("macs", "budget='macs' must be such as macs<=600M or unknown=0"),
        ("", "budget='' must be such as macs<=600M or unknown=0"),
        ("macs<=5,", "budget='' must be such as macs<=600M or unknown=0"),
        ("macs>=5", "budget='macs>' must name one of params, macs, flops, elementwise, activations, "
                    "memory_access, buffers, unknown"),
        ("mac<=5", "budget='mac' must name one of params, macs, flops, elementwise, activations, "
                   "memory_access, buffers, unknown"),
        ("macs<=many", "budget='macs<=many' must be the most there may be, such as <=150M, <3e6 or 2.5G"),
        ("macs<==5", "budget='macs<==5' must be the most there may be, such as <=150M, <3e6 or 2.5G"),
        ("params<=4,300,000", "budget='300' must be such as macs<=600M or unknown=0"),
        *((said, f"budget={said!r} must be such as macs<=600M or unknown=0")
          for said in ("macs=<5", "macs = <5", "macs<=<5", "macs<<5", "macs=<=5")),
        ("macs<=1, params<=5, macs <= 2", "budget='macs <= 2' must be the only budget of macs"),
        ("memory-access<=1,memory_access<2",
         "budget='memory_access<2' must be the only budget of memory_access"),
        ({"macs": -5}, "macs=-5 must be the most there may be, such as <=150M, <3e6 or 2.5G"),
        ({"macs": True}, "macs=True must be the most there may be, such as <=150M, <3e6 or 2.5G"),
    ],
)  # fmt: skip
def test_a_budget_that_cannot_be_is_refused(said, words):
    with refuses(words):
        budgets_of(said)


def over(report, said):
    return [each.said for each in results_of(report, budgets_of(said))]


def test_a_model_keeps_its_budget_or_a_sentence_says_by_which_it_does_not():
    assert over(KNOWN, "macs<=3012,params<109,unknown=0") == ["", "", ""]
    assert over(KNOWN, "macs<3012,params<=107,flops<=6023") == [
        "made: macs is 3,012, which exceeds the budget: macs < 3,012.",
        "made: params is 108, which exceeds the budget: params <= 107.",
        "made: flops is 6,024, which exceeds the budget: flops <= 6,023.",
    ]
    assert over(made(), f"macs<={HUGE + 732}") == [""]
    assert over(made(), f"macs<={HUGE + 731}") != [""]  # a float would not tell them apart


def test_a_lower_bound_keeps_no_budget_unless_unknown_has_one():
    assert over(PARTLY, "params<=108") == [""]
    assert over(PARTLY, "macs<=4K") == [
        "made: macs is at least 3,012: aten.fft has no formula, so it may exceed macs <= "
        "4,000 (unknown=N admits it)."
    ]
    assert over(PARTLY, "macs<=3K") == [
        "made: macs is at least 3,012, which exceeds the budget: macs <= 3,000."
    ]
    assert over(PARTLY, "macs<=4K,unknown=3") == ["", ""]
    assert over(PARTLY, "macs<=4K,unknown=2") == [
        "", "made: unknown is 3, which exceeds the budget: unknown <= 2."
    ]  # fmt: skip


@pytest.mark.parametrize("said", ["macs", "macs=", "macs=-5%", "macs<=5%", "macs=<=5%", "macs=5K%", "macs=%",
                                  "macs=5%%", "macs==5", "=5", "5%", ""])  # fmt: skip
def test_a_growth_that_cannot_be_is_refused(said):
    with pytest.raises(
        ValueError, match=r"\Amax_increase='.*' must (be such as macs=5% or|name one of)"
    ):
        Growth.of(said)


def grown(old, new, *said):
    return grown_too_much(Diff(old, new), [Growth.of(each) for each in said])


def test_growth_is_judged_exactly_at_its_edge():
    more = made(layers=(*KNOWN.layers, row("c", params=3, macs=251)))  # 251 of 3012 is 8 1/3 %
    assert grown(KNOWN, more, "macs=8.34%", "macs=251", "params=3", "unknown=0") == []
    assert grown(KNOWN, more, "macs=8.33%", "macs=0.25K", "params=2", "activations=0%") == [
        "macs grew by 251 (8.33 %), from 3,012 to 3,263: at most 8.33 % is allowed.",
        "macs grew by 251 (8.33 %), from 3,012 to 3,263: at most 250 is allowed.",
        "params grew by 3 (2.78 %), from 108 to 111: at most 2 is allowed.",
    ]
    assert grown(more, KNOWN, *(f"{name}=0" for name in TOTALS)) == []
    assert grown(made(layers=()), KNOWN, "macs=900%") == [
        "macs grew by 3,012, from 0 to 3,012: at most 900 % is allowed."
    ]
    huge = made(layers=(*ROWS, row("one", macs=1)))
    assert total(huge, "macs") == total(made(), "macs") + 1
    assert len(grown(made(), huge, "macs=0")) == 1


def test_where_an_unknown_operation_is_not_what_it_was_nobody_knows_the_growth():
    larger = replace(MYSTERIES[0], in_shapes=((400, 300),))
    changed = made(layers=(*KNOWN.layers, larger), unknown={"aten.fft": 3})
    said = "macs grew by an unknown amount: fft has no formula and is not what it was; allowed is 50 % " \
           "(unknown=N admits it)."  # fmt: skip
    assert grown(PARTLY, changed, "macs=50%", "params=0") == [said]
    assert grown(PARTLY, changed, "macs=50%", "unknown=0") == []
    moved = made(layers=(MYSTERIES[0], *KNOWN.layers), unknown={"aten.fft": 3})
    assert grown(PARTLY, moved, "macs=0") == []


def test_where_unknown_operations_came_nobody_knows_the_growth():
    said = "macs grew by an unknown amount: aten.fft has no formula and runs more often; allowed is 50 % " \
           "(unknown=N admits it)."  # fmt: skip
    assert grown(KNOWN, PARTLY, "macs=50%", "params=0") == [said]
    assert grown(KNOWN, PARTLY, "macs=50%", "unknown=3") == []
    assert grown(KNOWN, PARTLY, "macs=50%", "unknown=2") == [
        "unknown grew by 3, from 0 to 3: at most 2 is allowed."
    ]
    assert grown(PARTLY, PARTLY, "macs=0", "unknown=0") == []  # no more than there were
    assert grown(PARTLY, KNOWN, "macs=0") == []
    dearer = made(layers=(*PARTLY.layers, row("c", macs=251)), unknown={"aten.fft": 3})
    assert grown(PARTLY, dearer, "macs=250") == [
        "known macs grew by 251 (8.33 %), from 3,012 to 3,263: at most 250 is allowed."
    ]
