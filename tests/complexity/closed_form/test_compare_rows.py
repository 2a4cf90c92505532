"""Rows against calls: every number that differs is named, and nothing else is."""

from dataclasses import replace

import pytest

from complexity.closed_form.compare_rows import REASONS, compare
from complexity.tracing import TracedCall
from formulas.core.cost import COST_FIELDS, Cost
from reports.model.report import LayerRow

COST = Cost(101, 103, 107, 109, 113)
ROW = LayerRow("conv", "standard", ((2, 3),), (2, 5), "", COST)
CALL = TracedCall("conv", None, "", None, (), ((2, 3),), (2, 5), COST)


def test_equal_rows_have_no_difference():
    others = replace(ROW, name="fc"), replace(CALL, name="fc")
    assert compare([ROW, others[0]], [CALL, others[1]]) == ()
    assert compare([ROW, others[0]], [others[1], CALL]) == ()


@pytest.mark.parametrize("field", COST_FIELDS)
@pytest.mark.parametrize("by", [1, -1])
def test_each_figure_that_differs_is_named_with_both_values(field, by):
    ours = getattr(COST, field)
    call = replace(CALL, cost=replace(COST, **{field: ours + by}))
    (found,) = compare([ROW], [call])
    assert (found.layer, found.field, found.closed, found.counted, found.by) == (
        "conv", field, ours, ours + by, "trace",
    )  # fmt: skip
    assert found.reason == REASONS[field]


def test_an_output_that_differs_is_named():
    (found,) = compare([ROW], [replace(CALL, out_shape=(2, 7))])
    assert (found.field, found.closed, found.counted) == ("output", (2, 5), (2, 7))


def test_a_number_of_runs_that_differs_is_named():
    (found,) = compare([replace(ROW, calls=3)], [CALL])
    assert (found.field, found.closed, found.counted) == ("calls", 3, 1)


def test_a_row_that_did_not_run_is_missing():
    (found,) = compare([ROW], [])
    assert (found.layer, found.field, found.closed, found.counted) == (
        "conv", "row", "standard", "missing",
    )  # fmt: skip


def test_a_call_without_a_row_is_missing_too():
    (found,) = compare([], [CALL])
    assert (found.layer, found.field, found.closed, found.counted) == (
        "conv", "row", "missing", "ran",
    )  # fmt: skip


def test_differences_of_many_rows_are_all_found():
    wrong = replace(CALL, cost=Cost())
    found = compare([ROW, replace(ROW, name="fc")], [wrong, replace(wrong, name="fc")])
    assert [(each.layer, each.field) for each in found] == [
        (name, field) for name in ("conv", "fc") for field in COST_FIELDS
    ]
    assert all(each.reason for each in found)
