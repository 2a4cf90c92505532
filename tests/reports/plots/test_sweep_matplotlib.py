"""Matplotlib's pictures: what stands in them, and that the same result makes the same file."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from reports.model.sweep import Point, Sweep
from reports.plots.sweep import panels
from reports.plots.sweep_matplotlib import MOST_TICKS, figure, image
from tests.reports.sweeps import cost, one_range, searched, two_ranges

ALL = pytest.mark.parametrize("sweep", [one_range(), two_ranges(), searched()], ids=repr)


def texts(svg: bytes) -> list[str]:
    return [e.text for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


@ALL
def test_an_svg_is_whole_its_text_is_text_and_it_is_the_same_each_time(sweep):
    svg = image(panels(sweep), "svg")
    assert any(sweep.model in text for text in texts(svg))
    assert svg == image(panels(sweep), "svg")


def test_names_are_no_mathematics_and_no_markup():
    found = texts(image(panels(two_ranges()), "svg"))
    assert "<b>$x_1$" in found
    assert "macs (at least, a<i>.py:f, 4 points)" in found


def test_a_curve_goes_through_every_point_from_zero():
    axes = figure(panels(one_range())).axes[0]
    [line] = axes.get_lines()
    assert line.get_xydata().tolist() == [[0.25, 1000], [0.5, 2000], [1.0, 5000]]
    assert axes.get_ylim()[0] == 0
    assert axes.get_xlabel() == "alpha"


def test_a_curve_leaves_a_missing_point_out_and_words_stand_below_it():
    points = [Point((word,), cost(n)) for word, n in (("a", 1), ("c", 3))]
    sweep = Sweep("f", {"act": ["a", "b", "c"]}, points)
    axes = figure(panels(sweep)).axes[0]
    assert axes.get_lines()[0].get_xydata().tolist() == [[0, 1000], [2, 3000]]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["a", "b", "c"]


def test_a_map_shows_each_cost_at_its_place_and_a_hole():
    axes = figure(panels(two_ranges())).axes[0]
    shown = axes.get_images()[0].get_array()
    assert shown.filled(-1).tolist() == [[1000, 2000], [3000, -1]]


def test_a_long_axis_has_few_ticks():
    points = [Point((x, y), cost(x * y)) for x in range(1, 3) for y in range(1, 100)]
    sweep = Sweep("f", {"x": [1, 2], "y": list(range(1, 100))}, points)
    axes = figure(panels(sweep)).axes[0]
    assert 2 < len(axes.get_xticks()) <= MOST_TICKS


def test_a_search_marks_what_it_chose_and_its_budget():
    axes = figure(panels(searched())).axes[0]
    grid, chosen = axes.collections
    assert grid.get_offsets().tolist() == [[1000, 7], [2000, 14], [5000, 35]]
    assert chosen.get_offsets().tolist() == [[2000, 14]]
    assert axes.get_lines()[0].get_xdata() == [3000, 3000]


@pytest.mark.parametrize("made_of", [one_range, two_ranges])
def test_a_value_is_drawn_whatever_it_contains(made_of):
    """Warnings are errors here: one of a script that the font lacks would end the test."""
    sweep = made_of()
    nasty = {"\x00": r"\u0000", "\u202e1": r"\u202e1", "卷积": "卷积"}
    first, *others = sweep.axes
    axes = {first: (*nasty,), **{name: sweep.axes[name] for name in others}}
    found = texts(image(panels(replace(sweep, axes=axes, model="net\x1b")), "svg"))
    assert set(nasty.values()) <= {*found}
    assert any(r"net\u001b" in text for text in found)
