"""Rows of single calls: closed form, traced, and parameters alone."""

import torch
from torch import nn

from complexity.analysis import run_of
from complexity.closed_form.rows import closed_row, parameter_row, spec_row, traced_row
from complexity.tracing import parameters_of
from tests.complexity.small import Calls


def test_a_closed_row_counts_a_shared_parameter_once():
    layer = nn.Linear(5, 7)
    (call,) = run_of(nn.Sequential(layer), torch.empty(3, 5)).calls
    first = closed_row(call, set())
    again = closed_row(call, set(map(id, parameters_of(layer))))
    assert (first.cost.params, again.cost.params) == (42, 0)
    assert first.cost.macs == again.cost.macs == 105


def test_a_call_without_a_spec_has_no_closed_row_and_a_traced_one():
    (call,) = run_of(Calls(lambda x: x.cumsum(1)), torch.empty(3, 5)).calls
    assert closed_row(call, set()) is None
    row = traced_row(call)
    assert (row.kind, row.known, row.formula) == ("cumsum", True, "counted from the tensors")
    assert row.cost == call.cost


def test_rows_of_equal_specs_are_computed_once():
    spec_row.cache_clear()
    calls = run_of(nn.Sequential(nn.Linear(5, 5), nn.Linear(5, 5)), torch.empty(3, 5)).calls
    assert [closed_row(call, set()).name for call in calls] == ["0", "1"]
    assert (spec_row.cache_info().misses, spec_row.cache_info().hits) == (1, 1)


def test_a_parameter_row_has_params_and_nothing_else():
    row = parameter_row("scale", (3, 5))
    assert (row.formula, row.calls, row.in_shapes) == ("3 * 5", 0, ())
    assert (row.cost.params, row.cost.macs, row.cost.elementwise) == (15, 0, 0)
