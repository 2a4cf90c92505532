"""Titles of the cost fields."""

from formulas.core.cost import COST_FIELDS
from reports.render.titles import TITLES, cost_column, title_list


def test_titles_cover_every_cost_field_and_flops_once():
    assert set(TITLES) == {*COST_FIELDS, "flops"}
    assert len(set(TITLES.values())) == len(TITLES)


def test_a_cost_column_holds_whole_numbers_under_the_title_of_its_field():
    column = cost_column("memory_access")
    assert (column.name, column.holds) == (TITLES["memory_access"], "integer")


def test_the_title_list_leaves_flops_out():
    assert title_list().split(", ") == [TITLES[field] for field in COST_FIELDS]
