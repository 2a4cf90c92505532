"""The options of presentation: order and number of lines; other values are refused."""

import pytest

from formulas.core.cost import COST_FIELDS
from formulas.core.errors import SizeError
from reports.model.report_view import SORTS, ReportView
from tests.reports.helpers import ROWS


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_rows_stay_in_the_order_of_execution_unless_sorted():
    assert ReportView().arrange(ROWS) == list(ROWS)


@pytest.mark.parametrize("field", COST_FIELDS)
def test_sorting_by_a_figure_puts_the_largest_first(field):
    figures = [getattr(row.cost, field) for row in ReportView(sort=field).arrange(ROWS)]
    assert figures == sorted((getattr(row.cost, field) for row in ROWS), reverse=True)
    assert figures[0] > figures[-1]


def test_equal_figures_stay_in_the_order_of_execution():
    found = names(ReportView(sort="macs").arrange(ROWS))
    assert found == ["stem.conv", "head", "body.1.conv#2", "body.1.conv", "body.0.conv",
                     "stem.bn", "body.0.bn"]  # fmt: skip


def test_sorting_by_name_is_alphabetical():
    assert names(ReportView(sort="name").arrange(ROWS)) == sorted(names(ROWS))


@pytest.mark.parametrize(("top", "kept"), [(1, 1), (3, 3), (7, 7), (1000, 7)])
def test_top_keeps_the_first_rows(top, kept):
    assert ReportView(top=top).arrange(ROWS) == list(ROWS[:kept])


def test_top_is_taken_after_sorting():
    assert names(ReportView(sort="params", top=2).arrange(ROWS)) == ["head", "body.1.conv"]


@pytest.mark.parametrize("top", [0, -3, 2.5, True, "2"])
def test_a_top_that_is_no_count_is_refused(top):
    with pytest.raises(SizeError) as refused:
        ReportView(top=top)
    assert str(refused.value) == f"top={top!r} must be an integer of at least 1"


def test_an_unknown_sort_is_refused_with_the_choice():
    with pytest.raises(SizeError) as refused:
        ReportView(sort="flops")
    assert str(refused.value) == (
        "sort='flops' must be one of name, params, macs, elementwise, activations, memory_access"
    )
    assert ("name", *COST_FIELDS) == SORTS


@pytest.mark.parametrize("depth", [0, -1, 1.5, False])
def test_a_depth_that_is_no_count_is_refused(depth):
    with pytest.raises(SizeError) as refused:
        ReportView("block", depth=depth)
    assert str(refused.value) == f"depth={depth!r} must be an integer of at least 1"


def test_a_view_of_another_group_is_refused_with_the_choice():
    with pytest.raises(SizeError, match="by='module' must be one of layer, kind, block"):
        ReportView("module")
