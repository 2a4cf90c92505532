"""The figures of a cost as attributes of rows and reports."""

import pytest

from formulas.core.cost import COST_FIELDS, Cost
from reports.model.cost_view import CostView
from tests.reports.helpers import ROWS, made


@pytest.mark.parametrize("field", [*COST_FIELDS, "flops"])
@pytest.mark.parametrize("item", [ROWS[0], made()], ids=["row", "report"])
def test_a_figure_of_a_row_and_of_a_report_is_that_of_its_cost(item, field):
    assert isinstance(item, CostView)
    assert getattr(item, field) == getattr(item.cost, field)


def test_a_cost_view_follows_its_cost():
    class Item(CostView):
        cost = Cost(params=3, macs=5)

    assert (Item().params, Item().macs, Item().flops) == (3, 5, 10)
