"""Rows as pandas frames: exact integers, indexed by name."""

import pytest

from formulas.cost import COST_FIELDS
from reports.rows import ModelReport
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, TOTALS, made

COLUMNS = [
    "kind", "inputs", "output", "kernel", "stride", "groups", "calls", "known",
    "formula", *COST_FIELDS, "flops",
]  # fmt: skip


def test_a_frame_has_one_line_a_layer_indexed_by_its_name():
    frame = made().to_frame()
    assert frame.index.name == "name"
    assert list(frame.index) == [row.name for row in ROWS]
    assert list(frame.columns) == COLUMNS
    assert frame.loc["body.0.conv", "kernel"] == (3, 3)
    assert frame.loc["body.1.conv#2", "calls"] == 3


@pytest.mark.parametrize("field", [*COST_FIELDS, "flops", "calls"])
def test_counts_are_exact_integers(field):
    assert made().to_frame()[field].dtype == "int64"


@pytest.mark.parametrize("field", COST_FIELDS)
def test_a_column_sums_to_the_model(field):
    assert int(made().to_frame()[field].sum()) == TOTALS[field]


def test_a_count_beyond_a_float_keeps_every_digit():
    assert int(made().to_frame().loc["stem.conv", "macs"]) == HUGE


def test_what_is_unknown_is_missing_and_not_0():
    frame = made(layers=MYSTERIES).to_frame()
    assert frame["known"].tolist() == [False, False]
    assert frame["macs"].isna().tolist() == [True, False]
    assert frame["flops"].isna().tolist() == [True, False]
    assert frame["elementwise"].isna().all()
    assert frame["params"].tolist() == [0, 0]
    assert made().to_frame()["known"].all()


def test_a_report_without_rows_is_an_empty_frame():
    frame = ModelReport("empty", ()).to_frame()
    assert len(frame) == 0
    assert list(frame.columns) == COLUMNS
