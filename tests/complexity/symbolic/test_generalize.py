"""Rows in symbols: by their own formula, or by their numbers; and rows that differ."""

from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity.analysis import analyze
from complexity.symbolic.generalize import DiffersError, difference, generalized, on_steps
from formulas.symbolic.fitting import Recognition
from tests.complexity.small import Calls

SIZES = (224, 223, 193, 174)


def general(model, *shape):
    points = [{"n": n} for n in SIZES]
    reports = [
        analyze(model, torch.empty(*(p["n"] if s == "n" else s for s in shape))) for p in points
    ]
    return generalized(reports, Recognition(points)), model


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: F.interpolate(x, scale_factor=2), (1, 3, "n", 5)),
        (lambda x: F.pad(x, (0, -x.shape[-1] % 7)) + 1, (3, "n")),
        (lambda x: x[:, ::2].clone(), (3, "n")),
        (lambda x: torch.cat([x, x[:, :1]], 1) @ x.new_ones(5, 2), (3, "n", 5)),
        (lambda x: x.flatten() * 2, (3, "n", "n")),
        (lambda x: F.adaptive_avg_pool2d(x, (x.shape[2] // 2, 3)), (1, 3, "n", 9)),
        (lambda x: x.gather(1, x.new_zeros(3, 4, dtype=torch.long)), (3, "n")),
        (lambda x: F.scaled_dot_product_attention(x, x, x, x.new_zeros(1, x.shape[1], x.shape[1])), (3, "n", 5)),
    ],
)  # fmt: skip
def test_a_row_in_symbols_is_the_row_at_other_sizes(function, shape):
    report, model = general(Calls(function), *shape)
    for size in (20, 149, 301):
        real = analyze(model, torch.empty(*(size if s == "n" else s for s in shape)))
        for row, traced in zip(report.layers, real.layers, strict=True):
            for field in ("macs", "elementwise", "activations", "memory_access"):
                expression = getattr(row, field)
                value = expression if isinstance(expression, int) else expression(n=size)
                assert value == getattr(traced, field), (row.name, field)


def test_a_layer_that_runs_a_growing_number_of_times_has_its_parameters_once():
    layer = nn.Linear(5, 5)

    class Loop(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = layer

        def forward(self, x):
            for step in x:
                step = self.fc(step)
            return step

    report, _ = general(Loop(), "n", 2, 5)
    (row,) = [each for each in report.layers if each.kind == "fc"]
    assert (str(row.calls), row.params, str(row.macs)) == ("n", 30, "50 n")


def test_numbers_without_a_rule_are_refused_with_the_row():
    def logarithm(x):
        return torch.ones(len(x).bit_length() ** 3 + len(x) % 5)

    with pytest.raises(
        DiffersError, match=r"ones \(.*\) has .*, which follow no polynomial or floor"
    ):
        general(Calls(logarithm), "n")


def test_the_row_that_differs_is_named():
    one = analyze(nn.Sequential(nn.Linear(3, 3), nn.ReLU()), torch.empty(2, 3))
    other = replace(one, layers=one.layers[:1])
    assert difference(one, one) is None
    assert difference(one, other) == "1 (activation) is not there"
    assert difference(other, one) == "1 (activation) appears"
    assert difference(one, replace(one, layers=one.layers[1:])) == "0 (fc) is not there"
    assert difference(replace(one, layers=one.layers[1:]), one) == "0 (fc) appears"


def test_floors_go_where_the_steps_allow():
    report, _ = general(nn.MaxPool1d(4), 1, 3, "n")
    assert report.layers[0].elementwise.floors
    assert str(on_steps(report, {"n": 8}).layers[0].elementwise) == "3/4 n"
    assert on_steps(report, {"n": 2}).layers[0].elementwise.floors
