"""A grid by arrays is as many calls of ``network``: the same costs, the same refusals."""

from itertools import product

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complexity.grid import network_grid as grids
from complexity.grid.network_grid import as_arrays, blocks, parts
from formulas import network
from formulas.core.errors import SizeError
from formulas.networks import NETWORKS, VARIANTS
from reports.model.sweep import Point
from tests.strategies import FEW

OWN = {
    "squeezenet": {},
    "mobilenet": {"alpha": st.sampled_from([0.01, 0.25, 0.5, 0.3, 1, 1.0, 1.7, -1, True])},
    "mobilenetv2": {"alpha": st.sampled_from([0.001, 0.1, 0.35, 0.5, 0.75, 1, 1.4, float("inf")])},
    "shufflenet": {"groups": st.sampled_from([1, 2, 3, 4, 5, 8])},
    "shufflenetv2": {"ratio": st.sampled_from([0.5, 1, 1.5, 2, 3])},
}
SIDES = st.integers(1, 70) | st.tuples(st.integers(10, 70), st.integers(1, 70)) | st.just(0)


@st.composite
def some_grids(draw, name):
    """Axes of a network in any order, good values and bad ones among them."""
    axes = {
        "resolution": SIDES,
        "batch": st.integers(0, 5),
        "classes": st.integers(1, 1000) | st.just(2**61),
        "variant": st.sampled_from(VARIANTS),
        **OWN[name],
    }
    chosen = draw(st.permutations(sorted(axes)))
    return {
        axis: draw(st.lists(axes[axis], min_size=1, max_size=3, unique_by=repr)) for axis in chosen
    }


def one_by_one(name, axes):
    """The points that ``network`` gives, and how many it refuses."""
    points, refused = [], 0
    for setting in product(*axes.values()):
        try:
            cost = network(name, **dict(zip(axes, setting, strict=True))).cost
        except SizeError:
            refused += 1
        else:
            points.append(Point(setting, cost))
    return points, refused


def all_of(name, axes):
    found = list(blocks(name, axes))
    points = [point for points, _, _ in found for point in points]
    return points, [each for _, left, _ in found for each in left], sum(n for *_, n in found)


@pytest.mark.parametrize("name", NETWORKS)
@settings(FEW, max_examples=15)
@given(st.data())
def test_every_point_is_that_of_the_network_itself(name, data):
    axes = data.draw(some_grids(name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grids, "MOST_AT_ONCE", data.draw(st.sampled_from([25_000, 5])))
        points, left, count = all_of(name, axes)
    expected, refused = one_by_one(name, axes)
    assert [*map(repr, points)] == [*map(repr, expected)]  # the kinds of numbers too
    assert sum(each.count for each in left) == refused
    assert count == len(points) + refused


def test_widths_of_which_only_some_have_a_shortcut_are_told_apart():
    """``network`` alone refuses such a sweep, for its structure changes."""
    alphas = [round(0.05 * i, 2) for i in range(1, 60)]
    axes = {"variant": ["paper"], "alpha": alphas, "resolution": [96, 160]}
    points, left, _ = all_of("mobilenetv2", axes)
    assert points == one_by_one("mobilenetv2", axes)[0]
    assert not left
    assert len(points) == 118


def test_what_is_left_out_names_the_value_and_the_rule():
    axes = {"alpha": [0.5, 0.01, 0.75], "resolution": [64, 0, 96]}
    points, left, count = all_of("mobilenet", axes)
    assert [point.setting for point in points] == [(0.5, 64), (0.5, 96), (0.75, 64), (0.75, 96)]
    assert {(*each.setting.items(), each.why) for each in left} == {
        (("alpha", 0.01), "must leave at least 1 of 32 channels"),
        (("resolution", 0), "must be an integer of at least 1"),
    }
    assert count == 9


def test_counts_beyond_64_bits_stay_exact():
    axes = {"batch": [1, 2**55], "resolution": [224, 225]}
    points, left, _ = all_of("mobilenet", axes)
    assert not left
    assert points[2].cost.macs == 2**55 * network("mobilenet", resolution=224).cost.macs > 2**63


def test_a_grid_is_a_few_calls(monkeypatch):
    calls = []

    def counting(name, **options):
        calls.append(options)
        return network(name, **options)

    monkeypatch.setattr(grids, "network", counting)
    axes = {"alpha": [0.25 + i / 400 for i in range(100)], "resolution": list(range(64, 164))}
    points, left, count = all_of("mobilenet", axes)
    assert (len(points), left, count, len(calls)) == (10_000, [], 10_000, 1)
    calls.clear()
    points, left, _ = all_of("mobilenet", {**axes, "alpha": [*axes["alpha"], 0.01]})
    assert (len(points), len(left)) == (10_000, 1)
    assert len(calls) < 20  # one bad value among 101 is found by halves


def test_parts_cover_the_grid_in_its_order(monkeypatch):
    monkeypatch.setattr(grids, "MOST_AT_ONCE", 7)
    axes = {"a": [1], "b": [1, 2, 3], "c": list(range(11)), "d": [5, 6]}
    covered = [s for part in parts(axes) for s in product(*part.values())]
    assert covered == list(product(*axes.values()))
    assert all(len(list(product(*part.values()))) <= 7 for part in parts(axes))


def test_an_axis_lies_along_its_own_dimension_and_a_single_value_is_itself():
    found = as_arrays({"alpha": [0.5, 1], "batch": [3], "resolution": [64, (32, 96), 7]})
    assert (found["alpha"].shape, found["batch"]) == ((2, 1, 1), 3)
    assert [side.tolist() for side in found["resolution"]] == [[[[64, 32, 7]]], [[[64, 96, 7]]]]


def test_values_that_no_array_holds_are_refused_alone():
    """Not even by an error of NumPy's, nor taken for another number."""
    odd = [(1, 2, 3), (True, 64), "64", 2.5, (64, 0)]
    points, left, _ = all_of("mobilenet", {"resolution": [32, *odd, (64, 32)], "batch": [1, True]})
    assert [point.setting for point in points] == [(32, 1), ((64, 32), 1)]
    assert sum(each.count for each in left) == 2 * len(odd) + 2


@pytest.mark.parametrize("fault", ["cost", "order", "count"])
def test_the_comparison_above_would_see_a_fault(monkeypatch, fault):
    """A cost that is one too many, points in another order, a refusal that is forgotten."""
    axes = {"alpha": [0.01, 0.5, 1], "resolution": [64, 96]}
    real = grids.points_of

    def faulty(axes, cost):
        points = list(real(axes, cost))
        if fault == "cost":
            return [p._replace(cost=p.cost + type(p.cost)(macs=1)) for p in points]
        return points[::-1] if fault == "order" else points[:-1] + points[:1]

    monkeypatch.setattr(grids, "points_of", faulty)
    assert all_of("mobilenet", axes)[0] != one_by_one("mobilenet", axes)[0]


def test_numpy_numbers_are_plain_in_the_result():
    [point] = all_of("mobilenet", {"alpha": numpy.array([0.5]).tolist()})[0]
    assert type(point.cost.macs) is int
