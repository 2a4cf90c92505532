"""What a run tells beside its rows: coverage, the gradients, and its calls alone."""

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.analysis import run_of
from complexity.run_options import RunOptions
from tests.complexity.small import Calls, Mysterious, Reused


@pytest.mark.parametrize(("engine", "free"), [("operators", 4), ("fast", 1)])
def test_coverage_counts_operations_and_not_rows(engine, free):
    model = nn.Sequential(Reused(nn.Linear(5, 5)), Calls(lambda x: x.view(3, 5)), Mysterious())
    report = analyze(model, torch.empty(3, 5), engine=engine)
    # three products, as operators each behind a transposed view; the mystery; a view of its own
    assert report.coverage == {"counted": 3, "unknown": 3, "free": free}


def test_a_run_can_be_taken_by_itself():
    model = nn.Sequential(nn.Identity(), nn.Linear(5, 7), nn.Dropout(0.5))
    assert [call.name for call in run_of(model, torch.empty(3, 5)).calls] == ["1"]
    assert run_of(model, torch.empty(3, 5)).backward is None
    step = run_of(model, torch.empty(3, 5), RunOptions(backward=True))
    first, *others = [call.name for call in step.calls]
    assert first == "1"
    assert {name.split(".")[0] for name in others} == {"2"}  # in training a dropout is work
    assert step.backward.macs == 105  # the gradient of the weight; the input has none


def test_a_training_step_comes_with_the_report_where_it_is_asked_for():
    model = nn.Sequential(nn.Linear(5, 7), nn.Linear(7, 3))
    model[0].bias.requires_grad_(False)
    report = analyze(model, torch.empty(11, 5), backward=True, optimizer="momentum")
    assert (report.macs, report.training.backward.macs) == (385 + 231, 385 + 2 * 231)
    assert (report.training.trainable, report.training.state) == (59, 59)
    assert analyze(model, torch.empty(11, 5)).training is None
