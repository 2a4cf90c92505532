"""What the papers print, from our closed forms: each number by a stated rule, or a stated reason.

The file's columns: which ``part`` of which ``family`` in which ``config``; ``ours`` is the exact
number, a share as a fraction; ``convention`` is what is counted (``no_bn``: batch norms left out;
``conv_only``; ``weights_only``: no biases, no batch norms; ``flops``: two for a multiply-add;
``out_at_in``: a stage's output channels on its input map); ``rule`` is how the printed number
follows, ``reason`` why it does not or why another convention is used.
"""

from fractions import Fraction

import pytest

from tests.golden.published import MACS, PARAMS, check_row, ours, rows
from tests.golden.rounding import RULES, UNITS, rule_for

ROWS = rows()
DIFFERENT = [row for row in ROWS if row["rule"] == "differs"]


def row_id(row):
    return "-".join(filter(None, (row["family"], row["config"], row["part"], row["published"])))


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_a_printed_number_follows_as_stated(row):
    check_row(row)


def test_no_row_is_lost():
    assert len(ROWS) == 151
    assert all(None not in row and None not in row.values() for row in ROWS)
    assert {row["rule"] for row in ROWS} == {*RULES, "differs", "refused"}
    assert all(row["source"] and row["unit"] in UNITS for row in ROWS)


def test_most_numbers_follow_and_few_differ():
    """A slip that turns rows into ``differs`` must be seen here."""
    assert len(DIFFERENT) == 29
    assert sum(row["rule"] == "refused" for row in ROWS) == 2


@pytest.mark.parametrize("row", DIFFERENT, ids=row_id)
def test_a_number_that_differs_does_so_by_every_convention(row):
    """One digit alone, as 40 for 43.2, proves nothing."""
    conventions = {"params": PARAMS, "macs": MACS}.get(row["quantity"], {"all": None})
    found = {
        rule_for(ours(row | {"convention": convention}), row["published"], row["unit"])
        for convention in conventions
    }
    assert found - {"sig1"} == {"differs"}


def test_the_pruned_total_is_the_sum_of_the_printed_column():
    """Its slip is that of one row: fire8 repeats fire9."""
    pruned = {row["part"]: row for row in ROWS if row["family"] == "squeezenet_pruned"}
    total = int(pruned.pop("")["published"])
    assert sum(int(row["published"]) for row in pruned.values()) == total
    assert pruned["fire8"]["published"] == pruned["fire9"]["published"]


GOOD = {row["rule"]: row for row in ROWS}


@pytest.mark.parametrize("rule", sorted(GOOD))
def test_a_wrong_number_of_ours_turns_the_check_red(rule):
    row = GOOD[rule]
    slip = "groups=3 must divide 7" if rule == "refused" else str(Fraction(row["ours"]) + 1)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check_row(row | {"ours": slip})


@pytest.mark.parametrize("rule", sorted(GOOD))
@pytest.mark.parametrize("claimed", [*RULES, "differs", "refused"])
def test_a_wrong_rule_turns_the_check_red(rule, claimed):
    if claimed == rule:
        check_row(GOOD[rule])
        return
    with pytest.raises((AssertionError, ValueError, pytest.fail.Exception)):
        check_row(GOOD[rule] | {"rule": claimed})


def test_a_missing_reason_turns_the_check_red():
    with pytest.raises(AssertionError, match="must say why"):
        check_row(GOOD["differs"] | {"reason": ""})
    with pytest.raises(AssertionError, match="must say why"):
        check_row(next(row for row in ROWS if row["convention"] == "conv_only") | {"reason": ""})


@pytest.mark.parametrize(
    "slip",
    [
        {"family": "unheard_of"},
        {"quantity": "beauty"},
        {"convention": "mine"},
        {"unit": "parsec"},
        {"config": "depth=3"},
    ],
    ids=lambda slip: next(iter(slip)),
)
def test_a_row_that_cannot_be_computed_is_an_error_not_a_pass(slip):
    with pytest.raises((KeyError, TypeError)):
        check_row(GOOD["round"] | slip)


@pytest.mark.parametrize(
    ("value", "printed", "unit", "rule"),
    [
        (1248424, "1248424", "1", "exact"),
        (142500000, "143", "M", "round"),
        (142499999, "142", "M", "round"),
        (142500000, "142", "M", "trunc"),
        (142000001, "143", "M", "ceil"),
        (15346630656, "15300", "M", "sig3"),
        (802816, "800", "kB", "sig2"),
        (627200, "600", "kB", "sig1"),
        (Fraction(1, 8), "12.5", "%", "exact"),
        (4993696, "4.8", "MiB", "round"),
        (568740352, "575", "M", "differs"),
        (3470760, "3.4", "M", "trunc"),
        (3470760, "3.50", "M", "differs"),
        (3470760, "3.0", "M", "differs"),
        (3470760, "3", "M", "round"),
    ],
)
def test_the_strictest_rule_that_fits_is_found(value, printed, unit, rule):
    assert rule_for(Fraction(value), printed, unit) == rule
