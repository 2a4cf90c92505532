"""Several models as points: each where its numbers are, and none where it has none."""

import pytest

from reports.plots.model_scatter import label, model_panel, undrawn
from reports.plots.scatter import drawn
from tests.oracles.refusals import refuses
from tests.reports.helpers import HUGE, MYSTERIES, made, row

SMALL = made(name="a<b> $x$", layers=(row("a", params=101, macs=1009),), options={})
PARTLY = made(layers=MYSTERIES, unknown={"svd": 1})  # macs, but no params
FREE = made(name="free", layers=(row("a", params=7),))


def test_each_model_is_a_point_of_its_params_and_macs():
    panel = model_panel([made(), SMALL, PARTLY, FREE])
    assert [(each.name, each.x, each.y) for each in panel.points] == [
        ("made (paper, alpha=0.5)", [882.0], [float(HUGE + 732)]),
        ("a<b> $x$", [101.0], [1009.0]),
    ]
    assert undrawn([made(), SMALL, PARTLY, FREE]) == [PARTLY, FREE]
    assert (panel.x_title, panel.y_title) == ("params", "macs")


def test_a_lower_bound_says_so():
    assert label(PARTLY) == "made (paper, alpha=0.5), macs: at least"
    assert label(SMALL) == "a<b> $x$"


def test_nothing_to_draw_is_a_refusal():
    with refuses(
        "plot=None has nothing to show: no model has both params and macs, each of at most 10^200"
    ):
        model_panel([FREE])


def test_more_than_an_axis_holds_is_not_drawn_and_the_most_is():
    most = made(name="most", layers=(row("a", params=10**200, macs=10**200),))
    beyond = made(name="beyond", layers=(row("a", params=5, macs=10**400),))
    assert undrawn([most, SMALL, beyond]) == [beyond]
    assert drawn([model_panel([most, SMALL, beyond])], "a.svg").startswith(b"<?xml")


@pytest.mark.parametrize(
    ("path", "begins"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.html", b"<html>")]
)
def test_it_is_drawn_and_names_are_text(path, begins):
    found = drawn([model_panel([made(), SMALL])], path)
    assert begins in found[:60]
    assert b"<b>" not in found.split(b"Plotly.newPlot")[-1]
    if path == "a.svg":
        assert b"a&lt;b&gt; $x$" in found
