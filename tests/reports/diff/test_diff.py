"""Two reports held against each other: every layer has one fate, and the changes add up."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas.core.cost import COST_FIELDS
from formulas.networks import network
from reports.diff.diff import (
    EXACT,
    TOTALS,
    Diff,
    diff_dict,
    total,
)
from reports.model.report import report_of
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, made, row

OLD = made()
STEM, BN, CONV, *REST = ROWS


def fates(old, new):
    return {each.name: each.change for each in Diff(made(layers=old), made(layers=new)).changes}


def test_what_is_the_same_has_not_changed():
    same = Diff(OLD, made(name="another"))
    assert same.changes == ()
    assert same.unchanged == len(ROWS)
    assert diff_dict(same)["changes"] == dict.fromkeys(TOTALS, 0)


def test_each_layer_has_one_fate():
    wider = replace(CONV, out_shape=(2, 7, 7, 17))
    new = (STEM, wider, replace(BN, name="norm"), row("tail", macs=251), *REST[1:])
    assert fates(ROWS, new) == {
        "body.0.conv": "changed",
        "stem.bn -> norm": "moved",
        "tail": "added",
        "body.0.bn": "removed",
    }
    assert Diff(OLD, made(layers=new)).unchanged == len(REST)  # the stem, and REST but one


@pytest.mark.parametrize(
    "field",
    [{"kind": "fc"}, {"in_shapes": ((1, 2),)}, {"out_shape": (3,)}, {"kernel": None}, {"stride": (7, 7)},
     {"groups": 7}, {"calls": 2}, {"known": False}, {"cost": replace(STEM.cost, memory_access=3)}],
    ids=str,
)  # fmt: skip
def test_a_layer_changes_with_any_of_its_properties(field):
    changed = replace(STEM, **field)
    assert fates([STEM], [changed]) == {"stem.conv": "changed"}
    assert fates([STEM], [replace(changed, name="x")]) == {"stem.conv": "removed", "x": "added"}


def test_words_of_a_formula_are_no_change():
    assert fates([STEM], [replace(STEM, formula="5 * 3", operation="aten.x")]) == {}


def test_the_first_of_those_alike_moves_first():
    one, two, three = (replace(STEM, name=name) for name in ("a", "b", "c"))
    old = [one, two, three]
    assert fates(old, [replace(each, name=f"x{n}") for n, each in enumerate(old[:2])]) == {
        "a -> x0": "moved",
        "b -> x1": "moved",
        "c": "removed",
    }


def test_rows_of_one_name_are_matched_in_turn():
    assert fates([STEM, STEM], [STEM, replace(STEM, calls=2)]) == {"stem.conv": "changed"}
    assert fates([STEM], [STEM, STEM]) == {"stem.conv": "added"}


def test_the_largest_change_stands_first_and_the_unknown_before_it():
    small, large = replace(CONV, cost=replace(CONV.cost, macs=1)), row("tail", macs=10**6)
    found = Diff(OLD, made(layers=(BN, small, *REST, large, MYSTERIES[0])))
    assert [each.name for each in found.changes] == ["fft", "stem.conv", "tail", "body.0.conv"]
    assert [each.figure("macs") for each in found.changes] == [None, -HUGE, 10**6, -136]
    assert found.changes[0].figure("params") == 0


def test_unknown_operations_are_counted_and_their_growth_is_named():
    old, new = made(unknown={"a": 3, "b": 2}), made(unknown={"a": 5, "c": 1})
    assert total(new, "unknown") - total(old, "unknown") == 1
    assert Diff(old, new).grown_unknown == {"a": (3, 5), "c": (0, 1)}
    assert Diff(new, old).grown_unknown == {"b": (0, 2)}


def test_buffers_are_a_total_that_is_known_whatever_is_not():
    found = Diff(made(), made(buffers=251, unknown={"a": 3}))
    assert diff_dict(found)["changes"] == {**dict.fromkeys(TOTALS, 0), "buffers": 12, "unknown": 3}
    assert "buffers" in EXACT


@given(st.permutations(ROWS), st.permutations(ROWS), st.integers(0, 7), st.integers(0, 7))
def test_the_layers_changes_add_up_to_that_of_the_totals(one, other, first, second):
    other = [replace(each, cost=replace(each.cost, macs=each.macs + 3)) for each in other]
    found = Diff(made(layers=tuple(one[:first])), made(layers=tuple(other[:second])))
    for field in COST_FIELDS:
        change = total(found.new, field) - total(found.old, field)
        assert sum(each.figure(field) for each in found.changes) == change
    gone = sum(each.new is None for each in found.changes)
    come = sum(each.old is None for each in found.changes)
    assert second - first == come - gone
    assert found.unchanged + len(found.changes) - gone == second


def test_as_json_both_sides_and_every_layer_are_there():
    old, new = (report_of(network("mobilenet", alpha=alpha)) for alpha in (0.5, 0.75))
    found = json.loads(json.dumps(diff_dict(Diff(old, new))))
    assert (found["schema"], found["unchanged"]) == ("complexity-diff/1", 0)
    for name in TOTALS[:-1]:
        assert found["new"][name] - found["old"][name] == found["changes"][name]
    assert (
        sum(e["new"]["macs"] - e["old"]["macs"] for e in found["layers"])
        == found["changes"]["macs"]
    )
    (gone,) = json.loads(json.dumps(diff_dict(Diff(made(layers=MYSTERIES[:1]), made(layers=())))))[
        "layers"
    ]
    assert (gone["change"], gone["new"], gone["old"]["macs"]) == ("removed", None, None)
