"""An operation between layers as a description: from its name and its arguments' shapes."""

import pytest
import torch

from complexity.analysis import analyze, run_of
from complexity.closed_form.operators import READERS, read_operation
from tests.complexity.closed_form.operation_samples import MAP, OPERATIONS
from tests.complexity.small import Calls


def test_every_operation_that_is_read_is_tried():
    assert set(READERS) <= {operation for operation, *_ in OPERATIONS}


@pytest.mark.parametrize(
    ("operation", "function", "shapes", "description", "data"),
    OPERATIONS,
    ids=[f"{number} {operation}" for number, (operation, *_) in enumerate(OPERATIONS)],
)
def test_an_operation_is_read_with_its_settings_and_agrees_with_its_trace(
    operation, function, shapes, description, data
):
    inputs = tuple(torch.zeros(shape) for shape in shapes)
    (call,) = (c for c in run_of(Calls(function), inputs).calls if c.operation == operation)
    layer, fed = read_operation(call)
    assert layer == description
    if not isinstance(data, tuple):
        data = call.in_shapes[data if isinstance(data, slice) else slice(data)]
    assert fed == data
    report = analyze(Calls(function), inputs)
    assert report.verdict.agrees
    assert report.verdict.rows == len(report.layers)
    assert report.unknown == {}


@pytest.mark.parametrize(
    "function",
    [torch.cumsum, lambda x, dim: x.topk(1, dim), lambda x, dim: x.sort(dim)],
    ids=["cumsum", "topk", "sort"],
)
def test_an_operation_without_a_closed_form_is_none(function):
    (call,) = run_of(Calls(lambda x: function(x, 1)), torch.zeros(MAP)).calls
    assert read_operation(call) is None


def test_a_resizing_by_a_scale_alone_has_no_size_to_read():
    function = Calls(lambda x: torch.ops.aten.upsample_nearest2d.vec(x, None, (2.0, 2.0)))
    report = analyze(function, torch.zeros(MAP))
    assert report.cost.elementwise == 4 * 2 * 6 * 11 * 13
