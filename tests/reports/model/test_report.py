"""The contract: what a row and a report promise, without torch and without a model."""

import dataclasses

import pytest

from formulas.core.cost import CONVENTION, COST_FIELDS, Cost
from formulas.layers import BatchNorm, Concat, Conv, Linear
from formulas.networks import network
from reports.model.report import ModelReport, report_of, row_of
from reports.render import table_writers as writers
from reports.text.report import closing_lines, title, totals_table
from tests.reports.helpers import AGREES, DISAGREES, ROWS, TOTALS, made


@pytest.mark.parametrize("field", [*COST_FIELDS, "flops"])
def test_a_row_shows_each_figure_of_its_cost(field):
    for row in ROWS:
        assert getattr(row, field) == getattr(row.cost, field)


def test_flops_of_a_row_are_twice_its_macs():
    assert [row.flops for row in ROWS] == [2 * row.macs for row in ROWS]
    assert any(row.flops for row in ROWS)


def test_a_row_and_a_report_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ROWS[0].name = "other"
    with pytest.raises(dataclasses.FrozenInstanceError):
        made().name = "other"


@pytest.mark.parametrize("field", COST_FIELDS)
def test_totals_are_the_sum_of_the_rows(field):
    assert getattr(made().cost, field) == TOTALS[field]


def test_a_report_shows_its_totals():
    report = made()
    found = (report.params, report.macs, report.flops)
    assert found == (TOTALS["params"], TOTALS["macs"], 2 * TOTALS["macs"])


def test_an_empty_report_costs_nothing():
    report = ModelReport("empty", ())
    assert report.cost == Cost()
    assert report.complete
    assert report.verdict is None


def test_a_report_is_complete_only_without_unknown_operations():
    assert made().complete
    assert not made(unknown={"aten.fft": 1}).complete


def test_a_row_is_known_and_a_report_covers_nothing_unless_told():
    assert row_of("fc", Linear(5, 7), (3, 5)).known
    assert all(row.known for row in ROWS)
    report = ModelReport("empty", ())
    assert (report.coverage, report.training) == ({}, None)


def test_a_report_states_the_convention_unless_told_another():
    assert made().convention == CONVENTION
    assert made(convention="other").convention == "other"


def test_layer_finds_a_row_by_its_exact_name():
    assert made().layer("body.1.conv#2") is ROWS[5]
    with pytest.raises(KeyError, match=r"body\.1"):
        made().layer("body.1")


def test_row_of_a_convolution_carries_its_settings_and_its_formula():
    conv = Conv(6, 15, kernel=(3, 5), stride=(2, 1), padding=(1, 2), groups=3, bias=True)
    row = row_of("block.conv", conv, (2, 6, 11, 13))
    assert (row.name, row.kind, row.groups, row.calls) == ("block.conv", "group", 3, 1)
    assert (row.kernel, row.stride) == ((3, 5), (2, 1))
    assert (row.in_shapes, row.out_shape) == (((2, 6, 11, 13),), (2, 15, 6, 13))
    assert row.formula == "2 * 3 * 5 * 6 * 15 * 6 * 13 / 3"
    assert row.macs == 2 * 3 * 5 * 6 * 15 * 6 * 13 // 3
    assert row.params == 3 * 5 * 6 * 15 // 3 + 15


def test_row_of_a_layer_without_kernel_leaves_those_fields_empty():
    row = row_of("fc", Linear(5, 7), (3, 5))
    assert (row.kernel, row.stride, row.groups) == (None, None, None)
    assert row.formula == "3 * 5 * 7"


def test_row_of_elementwise_work_shows_the_elementwise_formula():
    row = row_of("bn", BatchNorm(5), (2, 5, 7, 11))
    assert (row.formula, row.elementwise, row.macs) == ("2 * 5 * 7 * 11", 770, 0)


def test_row_of_a_concatenation_keeps_all_of_its_inputs():
    row = row_of("cat", Concat(), (2, 3, 7, 11), (2, 5, 7, 11))
    assert row.in_shapes == ((2, 3, 7, 11), (2, 5, 7, 11))
    assert row.out_shape == (2, 8, 7, 11)


def test_report_of_a_network_has_its_rows_settings_and_buffers():
    closed = network("mobilenet", alpha=0.25, resolution=(67, 83), variant="paper", batch=3)
    report = report_of(closed)
    assert report.name == "mobilenet"
    assert report.options == {"variant": "paper", "alpha": 0.25}
    assert report.input_shapes == ((3, 3, 67, 83),)
    assert [row.name for row in report.layers] == [placed.name for placed in closed.layers]
    assert (report.cost, report.buffers) == (closed.cost, closed.buffers)
    assert report.verdict is None


def test_a_verdict_is_carried_along():
    assert made(verdict=AGREES).verdict.agrees
    assert not made(verdict=DISAGREES).verdict.agrees


def test_a_report_at_the_prompt_is_one_short_line():
    assert repr(made()) == (
        "<ModelReport made: 7 rows, 882 params, 2,305,843,009,213,694,683 macs>"
    )
    part = made(layers=ROWS[-1:], unknown={"aten.fft": 1})
    assert repr(part) == "<ModelReport made: 1 row, 211 params, at least 223 macs>"


def test_a_printed_report_is_its_totals_and_what_is_known_of_them():
    report = made(verdict=AGREES, unknown={"aten.fft": 1}, notes=("A note.",))
    printed = str(report).splitlines()
    assert printed[0] == title(report)
    assert printed[-4:] == closing_lines(report)
    assert writers.text(totals_table(report)) in str(report)
    assert "stem.conv" not in str(report)
