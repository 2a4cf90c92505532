"""What is drawn of a sweep: one panel a quantity, a curve or a map, holes where points miss."""

import pytest

from formulas.core.errors import SizeError
from reports.model.sweep import Sweep
from reports.plots.sweep import (
    Axis,
    Curve,
    HeatMap,
    Scatter,
    panels,
    ranges_to_plot,
)
from tests.reports.sweeps import one_range, searched, two_ranges


def test_one_range_is_a_curve_of_macs_and_one_of_params():
    macs, params = panels(one_range())
    assert macs == Curve(
        "macs (mobilenet (paper), 3 points)", Axis("alpha", [0.25, 0.5, 1.0]), [1000, 2000, 5000]
    )
    assert params.costs == [7, 14, 35]


def test_two_ranges_are_maps_with_a_hole_where_a_point_is_missing():
    macs, params = panels(two_ranges())
    assert isinstance(macs, HeatMap)
    assert (macs.x.name, macs.y.name) == ("S", "act")
    assert macs.costs == [[1000, 2000], [3000, None]]
    assert params.costs == [[7, 14], [21, None]]
    assert macs.title == "macs (at least, a<i>.py:f, 4 points)"


def test_a_search_is_a_scatter_with_its_budgets():
    [found] = panels(searched())
    assert isinstance(found, Scatter)
    assert [point.cost.macs for point in found.grid] == [1000, 2000, 5000]
    assert (found.labels, found.limits) == (["alpha=0.5"], {"macs": 3000.0})


@pytest.mark.parametrize(
    ("axes", "words"),
    [
        ({}, "there is none"),
        ({"alpha": [1]}, "there is none"),
        ({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, "these are a, b, c"),
    ],
)
def test_no_range_and_three_ranges_are_no_picture(axes, words):
    with pytest.raises(SizeError) as refused:
        ranges_to_plot(axes, "a.png")
    assert str(refused.value) == f"plot='a.png' must have one or two ranges to draw: {words}"
    with pytest.raises(SizeError):
        Sweep("f", axes, []).plot()


def test_words_and_truths_are_no_numbers_along_an_axis():
    assert Axis("alpha", [1, 0.5]).numeric
    assert not Axis("bias", [True, False]).numeric
    assert Axis("S", [(5, 7), 11]).labels == ["5x7", "11"]
