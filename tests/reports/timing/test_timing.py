"""Measured times joined to rows and bounds: who belongs to whom, what is missing."""

from fractions import Fraction

import pytest

from reports.timing.statistics import Spread
from reports.timing.timing import Timing
from tests.reports.helpers import row
from tests.reports.timing.timings import ROWS, TIMING, timed


def test_runs_and_paths_of_one_module_are_one_line():
    found = timed().lines
    assert [(each.name, each.kind, each.cost.macs, each.bound) for each in found] == [
        ("a.conv", "standard", 78, 14), ("a.norm", "batch_norm", 0, 28), ("a.add", "addition", 0, 12),
    ]  # fmt: skip
    assert [each.spread for each in found] == [*TIMING.layers.values(), None]
    assert [each.over_bound for each in found] == [21 / 14, 8 / 28, None]


def test_kinds_add_run_by_run_and_what_was_not_timed_stays_unknown():
    again = (*ROWS, row("b.conv", macs=26, memory_access=7), row("c.conv", macs=5))
    layers = {**TIMING.layers, "b.conv": Spread((1.0, 3.0, 2.0))}
    kinds = timed(again, Timing(TIMING.total, TIMING.hooked, layers, TIMING.aliases)).kinds
    assert [each.name for each in kinds] == ["standard", "batch_norm", "addition"]
    assert kinds[0].spread.seconds == (22.0, 23.0, 30.0)
    assert kinds[0].bound == 18  # of the two that were timed
    assert kinds[0].cost.macs == 109
    assert kinds[2].spread is None


def test_what_no_layer_took_is_between_them():
    """100 - 28, 95 - 34, 99 - 36."""
    assert TIMING.between == 63.0
    assert Timing(TIMING.total, TIMING.hooked, {}).between == 99.0


def test_the_model_is_compared_by_its_runs_without_hooks():
    assert timed().over_bound == pytest.approx(85 / 54)
    assert timed(device=None).over_bound is None
    assert timed(rows=ROWS[-1:]).over_bound is None


def test_without_a_device_there_is_no_bound():
    assert {each.bound for each in timed(device=None).lines} == {None}
    assert {each.over_bound for each in timed(device=None).lines} == {None}


def test_an_unknown_row_has_no_bound_and_neither_has_its_line():
    found = timed((*ROWS, row("a.conv#3", known=False))).lines
    assert (found[0].known, found[0].bound) == (False, None)
    assert found[1].bound == Fraction(28)
