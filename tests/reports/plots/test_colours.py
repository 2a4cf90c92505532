"""Colours: one a kind, as far as they go, and legible as areas on both grounds."""

from reports.plots.colours import DARK, LIGHT, colours_of
from tests.reports.helpers import ROWS, made, row
from tests.reports.plots.luminance import luminance


def test_the_kind_that_moves_most_comes_first():
    assert colours_of(made()) == {"depthwise": 0, "batch_norm": 1, "fc": 2, "standard": 3}


def test_many_kinds_share_the_last():
    rows = [row(f"r{n}", f"kind {n}", memory_access=100 - n) for n in range(12)]
    found = colours_of(made(layers=(*ROWS, *rows)))
    assert max(found.values()) == len(LIGHT) - 1 == len(DARK) - 1
    assert sorted(found.values())[:8] == list(range(8))


def test_areas_stand_out_from_the_page():
    for palette, ground in ((LIGHT, "#fcfbf7"), (DARK, "#16191a")):
        for colour in palette:
            low, high = sorted((luminance(colour), luminance(ground)))
            assert (high + 0.05) / (low + 0.05) > 2.4
