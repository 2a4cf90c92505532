"""Rows and points as pandas frames: exact integers."""

import io

import pandas
import pytest

from formulas.core.cost import COST_FIELDS, Cost
from reports.export.dataframe import parquet
from reports.model.report import ModelReport
from reports.model.sweep import Point, Sweep
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, TOTALS, made, row
from tests.reports.sweeps import one_range, two_ranges

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
    assert made().to_frame()[field].dtype == "Int64"


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


@pytest.mark.parametrize("field", [*COST_FIELDS, "flops", "calls", "groups"])
def test_no_column_of_counts_becomes_a_float(field):
    for rows in (ROWS, MYSTERIES, ROWS + MYSTERIES, ()):
        column = made(layers=rows).to_frame()[field]
        assert column.dtype == "Int64"
        assert all(type(each) is not float for each in column)


def test_an_unknown_beside_a_large_count_takes_no_digit_of_it():
    frame = made(layers=ROWS + MYSTERIES).to_frame()
    assert frame.loc["fft", "macs"] is pandas.NA
    assert int(frame.loc["stem.conv", "macs"]) == HUGE
    assert int(frame["macs"].sum()) == TOTALS["macs"] + 241


def test_a_count_that_no_int64_holds_stays_an_exact_python_integer():
    for layers in ((row("a", macs=2**80),), (row("a", macs=2**62), row("b", macs=2**62))):
        frame = made(layers=(*layers, MYSTERIES[0])).to_frame()
        assert frame["macs"].dtype == object
        assert frame.loc["a", "macs"] == layers[0].macs
        assert frame.loc["fft", "macs"] is pandas.NA
        assert frame["macs"].dropna().sum() == sum(each.macs for each in layers)


def test_a_report_without_rows_is_an_empty_frame():
    frame = ModelReport("empty", ()).to_frame()
    assert len(frame) == 0
    assert list(frame.columns) == COLUMNS


def test_a_sweep_has_one_line_a_point_with_exact_counts():
    frame = two_ranges().to_frame()
    costs = ["params", "macs", "flops", "elementwise", "activations", "memory_access"]
    assert list(frame.columns) == ["act", "S", *costs, "unknown"]
    assert frame["S"].tolist() == ["5x7", "11", "5x7"]  # a pair is written, so all are
    assert frame["memory_access"].tolist() == [17, 34, 51]
    assert {str(frame[name].dtype) for name in (*costs, "unknown")} == {"Int64"}
    assert frame["unknown"].tolist() == [0, 0, 2]


def test_an_axis_of_numbers_stays_one():
    frame = one_range().to_frame()
    assert frame["alpha"].tolist() == [0.25, 0.5, 1.0]
    assert frame["batch"].tolist() == [3, 3, 3]


def test_a_sweep_beyond_64_bits_loses_no_digit():
    sweep = Sweep("f", {"w": [1]}, [Point((1,), Cost(macs=HUGE**2))])
    assert sweep.to_frame()["macs"].tolist() == [HUGE**2]


def test_an_axis_of_mixed_kinds_can_be_saved():
    axes = {"bias": [True, None, "auto", 1.5]}
    sweep = Sweep("f", axes, [Point((value,), Cost()) for value in axes["bias"]])
    assert sweep.to_frame()["bias"].tolist() == ["True", "None", "auto", "1.5"]
    saved = pandas.read_parquet(io.BytesIO(parquet(sweep)))
    assert saved["bias"].tolist() == ["True", "None", "auto", "1.5"]
