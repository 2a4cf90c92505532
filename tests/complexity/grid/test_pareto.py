"""The Pareto set against its definition, and the budgets at their edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complexity.errors import ModelError
from complexity.grid import pareto as searching
from complexity.grid.pareto import BUDGETED, GRIDS, pareto, search
from complexity.grid.sweep import sweep
from formulas.networks import NETWORKS, options_of
from tests.complexity.factories import macs_of, net, odd
from tests.oracles.refusals import refuses
from tests.strategies import FEW

ALPHAS, SIDES = [0.25, 0.5, 0.75, 1], [64, 96, 128]


def by_definition(rows):
    """Every row against every other."""
    return [
        i
        for i, one in enumerate(rows)
        if not any(
            all(a <= b for a, b in zip(other, one, strict=True)) and other != one for other in rows
        )
    ]


@FEW
@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.tuples(*[st.integers(-3, 3) | st.just(2**70) | st.sampled_from([0.5, -(2**65)])] * width),
            max_size=25,
        )
    )
)  # fmt: skip
def test_the_pareto_set_is_its_definition(rows):
    assert pareto(rows) == by_definition(rows)


@pytest.mark.parametrize("fault", [lambda rows: rows[1:], lambda rows: rows[:-1]])
def test_the_comparison_would_see_a_row_too_few(fault):
    rows = [(1, 5), (2, 2), (3, 1)]
    assert pareto(fault(rows)) != by_definition(rows)


def brute(points, larger, smaller):
    """The points that no other one beats, by what they are large and small in."""
    rows = [tuple(-f(p) for f in larger) + tuple(f(p) for f in smaller) for p in points]
    return {points[i].setting for i in by_definition(rows)}


def test_with_both_budgets_the_widest_and_largest_that_fit_are_found():
    """Within its budget a cost is free: nothing that fits is beaten by being cheaper."""
    grid = sweep("mobilenet", alpha=ALPHAS, resolution=SIDES).points
    limit = sorted(point.cost.macs for point in grid)[6]
    best = search("mobilenet", macs=limit, params="2M", alpha=ALPHAS, resolution=SIDES)
    fit = [p for p in grid if p.cost.macs <= limit and p.cost.params <= 2_000_000]
    assert {p.setting for p in best.points} == brute(
        fit, [lambda p: p.setting[0], lambda p: p.setting[1]], []
    )
    assert (best.search.maximize, best.search.minimize) == (["alpha", "resolution"], [])
    assert best.search.budgets == [f"macs <= {limit:,}", "params <= 2,000,000"]
    assert best.grid == grid
    macs = [point.cost.macs for point in best.points]
    assert macs == sorted(macs, reverse=True)
    assert limit in [point.cost.macs for point in grid]


def test_a_cost_without_a_budget_shall_be_small():
    best = search("shufflenetv2", macs="<=40M", resolution=[32, 64])
    assert (best.search.maximize, best.search.minimize) == (["ratio", "resolution"], ["params"])
    unlimited = search("shufflenet", resolution=[32, 64])
    assert unlimited.search.minimize == ["macs", "params"]


@pytest.mark.parametrize(
    ("said", "larger", "smaller"),
    [
        ({"maximize": "res"}, ["resolution"], ["macs", "params"]),
        ({"maximize": "res,activations", "macs": "1G"}, ["resolution", "activations"], ["params"]),
        ({"minimize": "macs"}, [], ["macs"]),
        ({"maximize": ["alpha"], "minimize": ["memory_access"]}, ["alpha"], ["memory_access"]),
        ({"macs": "9G", "params": "9G", "alpha": 1, "resolution": 64}, [], ["macs", "params"]),
    ],
)
def test_objectives_are_those_that_are_named(said, larger, smaller):
    best = search("mobilenet", **{"alpha": ALPHAS, "resolution": SIDES, **said})
    assert (best.search.maximize, best.search.minimize) == (larger, smaller)
    reads = {
        "alpha": lambda p: p.setting[0],
        "resolution": lambda p: p.setting[1],
        **{n: lambda p, n=n: getattr(p.cost, n) for n in BUDGETED},
    }
    expected = brute(list(best.grid), [reads[n] for n in larger], [reads[n] for n in smaller])
    assert {p.setting for p in best.points} == expected
    assert best.search.chosen == len(best.points)


def test_heights_and_widths_are_compared_by_their_area():
    best = search("squeezenet", resolution=[(64, 100), 90, (200, 31)], maximize="res", minimize=[])
    assert [point.setting for point in best.points] == [(90,)]


def test_a_factory_is_searched_over_its_ranges():
    said = {"inputs": "1x3xSxS", "sizes": {"S": [5, 7]},
            "arguments": {"width": [8, 9, 10], "depth": [1, 2, 3], "act": ["ReLU", "GELU"]}}  # fmt: skip
    best = search(net, macs="<=80K", params="2K", **said)
    assert best.search.maximize == ["width", "depth", "S"]  # words have no order
    fit = [p for p in best.grid if macs_of(p.setting[0], p.setting[1], p.setting[3]) <= 80_000]
    fit = [p for p in fit if p.cost.params <= 2_000]
    expected = brute(fit, [lambda p, i=i: p.setting[i] for i in (0, 1, 3)], [])
    assert {p.setting for p in best.points} == expected
    assert expected
    assert len(best.left_out) == 12


def test_a_point_that_may_not_fit_is_left_out():
    """Where an operation has no formula the macs are a lower bound, which proves nothing."""
    best = search(odd, inputs="1x3x8x8", arguments={"unknown": [True, False]}, macs="1G")
    assert [point.setting for point in best.points] == [(False,)]
    assert [(each.setting, each.why) for each in best.left_out] == [
        ({"unknown": True}, "1 operation without a formula: it may not fit")
    ]
    with pytest.raises(ModelError, match="it may not fit"):
        search(odd, inputs="1x3x8x8", arguments={"width": [8, 10]}, macs="1G")


def test_an_impossible_budget_says_what_the_smallest_is():
    grid = sweep("mobilenet", alpha=ALPHAS, resolution=SIDES).points
    least = min(point.cost.macs for point in grid)
    none = search("mobilenet", macs="<1K", alpha=ALPHAS, resolution=SIDES)
    assert none.points == []
    assert none.search.impossible == (
        f"none of 12 points meets macs < 1,000: the smallest macs is {least:,} "
        "(alpha=0.25, resolution=64)"
    )
    assert search("mobilenet", macs=least, alpha=ALPHAS, resolution=SIDES).points
    edge = search("mobilenet", macs=f"<{least}", alpha=ALPHAS, resolution=SIDES)
    assert edge.search.impossible


def test_budgets_that_only_together_are_impossible():
    found = search("shufflenet", params="<=1M", macs="<=30M", groups=[1, 8], resolution=[32])
    cheap = {p.setting[0]: p.cost for p in found.grid}
    assert cheap[8].macs < cheap[1].macs
    assert cheap[1].params <= 1_000_000 < cheap[8].params
    assert found.search.impossible == (
        "none of 2 points meets macs <= 30,000,000 and params <= 1,000,000: the smallest macs with "
        f"params <= 1,000,000 is {cheap[1].macs:,} (groups=1); the smallest params is "
        f"{cheap[1].params:,} (groups=1)"
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_not_said_is_as_the_papers_have_it(name):
    assert set(GRIDS[name]) <= set(options_of(name))
    best = search(name, variant="paper", macs="300M")
    assert set(GRIDS[name]) <= set(best.axes)
    assert 224 in best.axes["resolution"]
    assert not best.left_out
    assert set(NETWORKS) == set(GRIDS)


def test_the_documents_mobilenetv2_has_no_width_to_search():
    assert "alpha" not in search("mobilenetv2", macs="9G").axes


def test_objectives_that_cannot_be_are_refused_before_anything_runs(monkeypatch):
    monkeypatch.setattr(searching, "sweep", None)
    rule = "must be a range of numbers or a cost: alpha, resolution, params, macs, activations, memory_access, flops, elementwise"
    for option, name in (("maximize", "depth"), ("minimize", "variant")):
        with refuses(f"{option}={name!r} {rule}"):
            search("mobilenet", **{option: name}, variant=["document", "paper"])


def test_what_shall_be_large_cannot_be_small_too(monkeypatch):
    monkeypatch.setattr(searching, "sweep", None)
    with refuses("minimize='resolution' is to be as large as can be, by --maximize"):
        search("mobilenet", maximize="macs,res", minimize="res")


def test_a_budget_that_cannot_be_is_refused_by_name():
    with refuses("params='>3M' must be the most there may be, such as <=150M, <3e6 or 2.5G"):
        search("mobilenet", params=">3M")
    with refuses("there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?",
                 ValueError):  # fmt: skip
        search("mobilnet", macs="3M")
