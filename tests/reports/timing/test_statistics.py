"""Median and quartiles, worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.timing.statistics import WIDE, Spread, added, spread_line

RUNS = st.lists(st.floats(1e-9, 1e3), min_size=1, max_size=20)


def test_an_even_number_of_runs_by_hand():
    spread = Spread((11.0, 2.0, 7.0, 3.0))
    assert (spread.best, spread.median) == (2.0, 5.0)
    assert (spread.low, spread.high) == (2.75, 8.0)  # a quarter of the way between neighbours
    assert spread.relative == (8.0 - 2.75) / 5.0


def test_one_run_is_its_own_middle():
    spread = Spread((3.0,))
    assert (spread.best, spread.low, spread.median, spread.high, spread.relative) == (3, 3, 3, 3, 0)
    assert not spread.wide


@given(RUNS)
def test_figures_stand_in_order_whatever_the_order_of_the_runs(runs):
    spread = Spread(tuple(runs))
    assert spread.best <= spread.low <= spread.median <= spread.high <= max(runs)
    turned = Spread(tuple(reversed(runs)))
    assert (turned.low, turned.median, turned.high) == (spread.low, spread.median, spread.high)


def test_one_run_that_was_disturbed_does_not_move_the_middle():
    assert Spread((1.0, 1.0, 1.0, 1.0, 900.0)).median == 1.0
    assert not Spread((1.0, 1.0, 1.0, 1.0, 900.0)).wide


@pytest.mark.parametrize(("apart", "wide"), [(WIDE / 2, False), (2 * WIDE, True)])
def test_a_wide_spread_is_called_one(apart, wide):
    spread = Spread((1 - apart / 2, 1 - apart / 2, 1.0, 1 + apart / 2, 1 + apart / 2))
    assert spread.wide is wide
    line = spread_line(spread)
    assert line.startswith(
        f"Spread: the middle half of 5 runs lies within {100 * apart:.0f} % of the median."
    )
    assert ("the machine is busy" in line) is wide


def test_runs_are_added_run_by_run():
    assert added([Spread((1.0, 20.0)), Spread((300.0, 4000.0))]).seconds == (301.0, 4020.0)
    with pytest.raises(ValueError, match="zip"):
        added([Spread((1.0,)), Spread((1.0, 2.0))])


def test_nothing_that_took_no_time_is_wide():
    assert Spread((0.0, 0.0)).relative == 0.0


def test_every_run_is_kept_for_machines():
    assert Spread((2.0, 1.0)).to_dict() == {
        "median": 1.5, "low": 1.25, "high": 1.75, "best": 1.0, "seconds": [2.0, 1.0],
    }  # fmt: skip
