"""The sweep's benchmark, on a small grid: both count the same, and the ratio is theirs to ours."""

import pytest

from benchmarks.sweep import ALPHAS, SIDES, compared


def test_both_count_the_same_and_the_ratio_is_of_the_whole_grid():
    found = compared([0.25, 0.5], [32, 37], sample=2, repeats=1)
    assert found["points"] == 4
    assert found["ratio"] == pytest.approx(found["fvcore"] * 4 / found["ours"])


def test_the_grid_has_a_hundred_thousand_points():
    assert len(set(ALPHAS)) * len(set(SIDES)) == 100_000
