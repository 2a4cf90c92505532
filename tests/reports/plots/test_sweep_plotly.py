"""Plotly's page: it carries all it needs, and what a name holds is shown as text."""

import json
import re

import pytest

from reports.plots.sweep import panels
from reports.plots.sweep_plotly import page
from tests.reports.sweeps import one_range, searched, two_ranges


def data_of(html: str) -> list[dict]:
    """The traces that the page draws."""
    start = html.index("Plotly.newPlot(")
    found = re.search(r"\[\{.*?\}\],\s*\{\"template\"", html[start:], re.S)
    return json.loads(found.group().rsplit(",", 1)[0])


@pytest.mark.parametrize("sweep", [one_range(), two_ranges(), searched()], ids=repr)
def test_the_page_needs_no_network(sweep):
    html = page(panels(sweep))
    assert "<html>" in html[:40]
    assert not re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=", html)


def test_a_curve_has_every_point():
    macs, params = data_of(page(panels(one_range())))
    assert (macs["x"], macs["y"]) == ([0.25, 0.5, 1.0], [1000, 2000, 5000])
    assert params["y"] == [7, 14, 35]


def test_a_map_has_a_hole_where_a_point_is_missing_and_words_along_its_sides():
    macs, params = data_of(page(panels(two_ranges())))
    assert macs["z"] == [[1000, 2000], [3000, None]]
    assert params["z"] == [[7, 14], [21, None]]
    assert (macs["x"], macs["y"]) == (["5x7", "11"], ["&lt;b&gt;$x_1$", "gelu"])


def test_a_search_names_its_points_and_draws_its_budget():
    html = page(panels(searched()))
    grid, chosen = data_of(html)
    assert grid["x"] == [1000, 2000, 5000]
    assert chosen["text"] == ["alpha=0.5<br>2,000 macs, 14 params"]
    assert '"x0":3000.0' in html
