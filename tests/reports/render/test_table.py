"""A table before it is written: what a column holds decides how a cell looks."""

from fractions import Fraction

import pytest

from reports.render.table import Column, Limit, Table
from tests.reports.helpers import HUGE

TABLE = Table(
    (Column("name"), Column("size", "integer"), Column("part", "share"), Column("map", "shape")),
    [("a", HUGE, (1, 8), (2, 3, 5)), ("b", 0, (1, 0), None), ("c", None, (0, 7), ())],
)


def test_cells_are_for_a_reader():
    assert TABLE.cells() == [
        ["a", "2,305,843,009,213,693,951", "12.50", "2x3x5"],
        ["b", "0", "", ""],
        ["c", "unknown", "0.00", ""],
    ]


def test_values_keep_integers_exact():
    assert TABLE.values() == [
        ["a", HUGE, "12.50", "2x3x5"],
        ["b", 0, "", ""],
        ["c", "unknown", "0.00", ""],
    ]


def test_header_and_alignment_follow_the_columns():
    assert TABLE.header == ["name", "size", "part", "map"]
    assert TABLE.alignment == ["left", "right", "right", "left"]


def test_decimals_and_times_are_rounded_for_a_reader_alone():
    columns = (Column("x", "decimal"), Column("us", "microseconds"), Column("rate", "rate"))
    table = Table(columns, [(Fraction(1, 3), Fraction(1, 3_000_000), HUGE), (None, None, None)])
    assert table.cells() == [["0.33", "0.333", "2,305,843.01 T"], ["unknown", "unknown", ""]]
    assert table.values() == [[1 / 3, 1 / 3, HUGE], ["unknown", "unknown", ""]]
    assert table.alignment == ["right"] * 3


@pytest.mark.parametrize("read", [Table.cells, Table.values])
@pytest.mark.parametrize("row", [("a",), ("a", "b", "c")])
def test_a_row_that_is_too_short_or_too_long_is_refused(read, row):
    with pytest.raises(ValueError, match=r"zip\(\) argument 2 is"):
        read(Table((Column("x"), Column("y")), [row]))


def test_a_limit_says_so_to_a_reader_and_is_a_number_for_a_machine():
    columns = (Column("x", "integer"), Column("us", "microseconds"), Column("over", "decimal"))
    table = Table(columns, [(Limit(1009), Limit(Fraction(3, 10**6)), Limit(7.0, "at most"))])
    assert table.cells() == [["at least 1,009", "at least 3.000", "at most 7.00"]]
    assert table.values() == [[1009, 3.0, 7.0]]
