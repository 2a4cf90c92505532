"""One model's rows as a table: sorted, cut, and by layer, kind or block."""

import dataclasses

import pytest

from reports.model.report_view import ReportView
from reports.render.table import Table
from reports.text.layer_table import layer_table, table_by
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, TOTALS, made, row


def column(table: Table, name: str) -> list:
    return [values[table.header.index(name)] for values in table.values()]


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_sorting_leaves_the_report_as_it_is():
    report = made()
    layer_table(report, ReportView(sort="params", top=2))
    assert report.layers == ROWS


def test_a_layer_is_one_line_with_all_that_is_known_of_it():
    table = layer_table(made())
    first = dict(zip(table.header, table.values()[0], strict=True))
    assert first == {
        "layer": "stem.conv",
        "kind": "standard",
        "input": "2x3x11x13",
        "output": "2x5x7x17",
        "kernel": "3x5",
        "stride": "2x1",
        "groups": "1",
        "calls": "1",
        "formula": "3 * 5",
        "params": 101,
        "params %": "11.45",
        "macs": HUGE,
        "macs %": "100.00",
    }


def test_a_row_without_input_leaves_its_cell_empty():
    table = layer_table(made(layers=(row("raw", "parameter", in_shapes=(), params=3),)))
    assert column(table, "input") == [""]


def test_calls_are_shown_only_where_a_layer_ran_more_than_once():
    once = tuple(dataclasses.replace(each, calls=1) for each in ROWS)
    assert column(layer_table(made()), "calls") == ["1"] * 5 + ["3", "1"]
    assert "calls" not in layer_table(made(layers=once)).header


def test_shares_are_of_the_whole_model_also_where_rows_are_cut():
    table = layer_table(made(), ReportView(sort="params", top=1))
    assert column(table, "params %") == ["23.92"]


def test_a_model_without_macs_has_no_share_of_them():
    table = layer_table(made(layers=(row("a", params=3), row("b", params=5))))
    assert column(table, "macs %") == ["", ""]
    assert column(table, "params %") == ["37.50", "62.50"]


@pytest.mark.parametrize(
    ("by", "depth", "firsts"),
    [
        ("layer", 1, names(ROWS)),
        ("kind", 1, ["standard", "batch_norm", "depthwise", "fc"]),
        ("block", 1, ["stem", "body", "head"]),
        ("block", 2, ["stem.conv", "stem.bn", "body.0", "body.1", "head"]),
    ],
)
def test_every_view_sums_to_the_model(by, depth, firsts):
    table = table_by(made(), ReportView(by, depth))
    assert table.header[0] == by
    assert column(table, by) == firsts
    assert sum(column(table, "params")) == TOTALS["params"]
    assert sum(column(table, "macs")) == TOTALS["macs"]


def test_a_group_shows_every_figure():
    table = table_by(made(), ReportView("kind"))
    for header in ("elementwise", "activations", "memory access"):
        assert sum(column(table, header)) == TOTALS[header.replace(" ", "_")]
    assert sum(column(table, "rows")) == len(ROWS)


def test_what_is_unknown_of_a_row_is_never_shown_as_0():
    table = layer_table(made(layers=(row("a", params=3), *MYSTERIES)))
    assert column(table, "macs") == [0, "unknown", 241]
    assert column(table, "macs %") == ["0.00", "", "100.00"]
    assert column(table, "params") == [3, 0, 0]  # what is stored is known


def test_what_is_unknown_of_a_group_is_never_shown_as_0():
    table = table_by(made(layers=(row("a", macs=5), *MYSTERIES)), ReportView("kind"))
    rows = [dict(zip(table.header, each, strict=True)) for each in table.values()]
    assert [each["macs"] for each in rows] == [5, "unknown", 241]
    assert [each["macs %"] for each in rows] == ["2.03", "", "97.97"]
    assert [each["elementwise"] for each in rows] == [0, "unknown", "unknown"]
    assert [each["activations"] for each in rows] == [0, "unknown", "unknown"]
    assert [each["memory access"] for each in rows] == [0, "unknown", 251]
    assert [each["params"] for each in rows] == [0, 0, 0]


def test_groups_can_be_sorted_and_cut():
    table = table_by(made(), ReportView("kind", sort="memory_access", top=2))
    assert column(table, "kind") == ["depthwise", "batch_norm"]
