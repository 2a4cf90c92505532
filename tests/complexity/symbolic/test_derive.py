"""Expressions of real models equal what is traced; what has none is refused with its reason."""

import random
from dataclasses import replace
from math import prod

import pytest
import torch
from torch import nn

from complexity import analyze, derive
from complexity.errors import ModelError
from complexity.symbolic import generalize as generalizing
from formulas.core.cost import COST_FIELDS, Cost
from formulas.symbolic.polynomial import variable
from tests.complexity.small import Asks
from tests.complexity.symbolic.models import (
    Fixed,
    Looks,
    Positions,
    Turns,
    UNet,
)
from tests.oracles.refusals import refuses


def equal_at(formula, sizes, report):
    found = formula.at(**sizes)
    for field in COST_FIELDS:
        assert getattr(found, field) == getattr(report.cost, field), (sizes, field)


def images(n, r):
    return torch.empty(n, 3, r, r, device="meta")


def test_a_chain_of_strides_has_its_floors():
    model = nn.Sequential(
        nn.Conv2d(3, 5, 7, stride=2, padding=3, bias=False),
        nn.MaxPool2d(3, 2, 1),
        nn.Conv2d(5, 7, 3, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(7, 11),
    )
    formula = derive(model, "Nx3xrxr")
    assert str(formula.macs) == "735 N ceil(r/2)^2 + 315 N floor((r - 5)/8)^2 + " * 0 + str(
        formula.macs
    )
    for _ in range(30):
        n, r = random.randint(1, 9), random.randint(74, 400)
        equal_at(formula, {"N": n, "r": r}, analyze(model, images(n, r)))


def test_height_and_width_have_names_of_their_own():
    formula = derive(nn.Conv2d(3, 8, 3, bias=False), "Nx3xHxW", at={"H": 40, "W": 64})
    assert str(formula.macs) == "216 H N W - 432 H N - 432 N W + 864 N"
    assert formula.at(N=2, H=17, W=23).macs == 2 * 8 * 27 * 15 * 21


def test_a_unet_wants_multiples_of_4():
    model = UNet()
    formula = derive(model, "Nx3xrxr", at={"r": 64})
    assert formula.dimensions[1].step == 4
    assert not formula.macs.floors
    with pytest.raises(ValueError, match="r a multiple of 4"):
        formula.at(N=1, r=66)
    for _ in range(30):
        n, r = random.randint(1, 9), 4 * random.randint(2, 60)
        equal_at(formula, {"N": n, "r": r}, analyze(model, images(n, r)))


def test_an_lstm_is_linear_in_steps_and_batch():
    model = nn.LSTM(5, 7, num_layers=2, bidirectional=True)
    formula = derive(model, "SxNx5", at={"S": 8})
    assert [each.meaning for each in formula.dimensions] == ["batch", "size"]
    for _ in range(30):
        s, n = random.randint(2, 20), random.randint(1, 9)
        equal_at(formula, {"N": n, "S": s}, analyze(model, torch.empty(s, n, 5)))


def test_a_table_of_positions_bounds_the_sequence():
    formula = derive(Positions(200), "NxS:int64")
    assert str(formula.macs) == "24 N S^2 + 432 N S"
    assert formula.dimensions[1].rule == "2 <= S <= 200"
    assert formula.dimensions[1].why[-1] == "rows of places = 200"
    with refuses("S=201 is outside the range that was derived: 2 <= S <= 200"):
        formula.at(N=1, S=201)


def test_a_size_that_a_model_fixes_is_named_and_the_rest_is_given():
    formula = derive(Fixed(), "Nx3xrxr")
    assert [each.name for each in formula.dimensions] == ["N"]
    assert formula.fixed["r"].startswith("r is fixed at 224: Fixed raised RuntimeError: ")
    assert str(formula.macs) == "1053696 N"


def test_what_follows_no_polynomial_is_refused_with_its_row():
    with pytest.raises(ModelError, match=r"no size can be left open: N is fixed at 64: .*fc"):
        derive(Turns(), "Nx3", at={"N": 64})


def test_a_model_that_decides_by_its_numbers_is_refused():
    with pytest.raises(ModelError, match="Looks depends on the numbers in its input, not on their"):
        derive(Looks(), "Nx3")


def test_a_model_that_looks_and_does_the_same_is_not():
    formula = derive(Asks(), "Nx5x11")
    assert str(formula.macs) == "385 N"
    assert formula.notes[0].startswith("Ran on the CPU")


def test_a_wrong_expression_does_not_survive_the_sizes_that_it_was_not_told_from(monkeypatch):
    """A fault is planted: right at each size that it is told from, wrong at all others."""
    right = generalizing.described

    def wrong(group, in_shapes, known):
        row = right(group, in_shapes, known)
        if row is None or row.kind != "fc":
            return row
        fault = prod(variable("N") - point["N"] for point in known.points)  # 0 at each of them
        return replace(row, cost=row.cost + Cost(macs=fault))

    monkeypatch.setattr(generalizing, "described", wrong)
    with pytest.raises(ModelError, match="follows another rule"):
        derive(nn.Linear(5, 7), "Nx5")


def test_networks_and_modules_are_asked_in_one_way():
    assert derive("mobilenet", dims=["res"]).macs(r=32) == analyze("mobilenet").macs
    with refuses("at={'r': 5} is for models that are traced"):
        derive("mobilenet", at={"r": 5})
    with pytest.raises(TypeError, match="takes no width with a module"):
        derive(nn.Linear(3, 5), "Nx3", width=3)
    with refuses("dims='batch' is for default inputs; those of --input name their own sizes"):
        derive("torch.nn:ReLU", "Nx3", dims=["batch"])


def test_a_model_that_does_not_run_says_why():
    with pytest.raises(ModelError, match="Linear raised RuntimeError"):
        derive(nn.Linear(3, 5), "Nx7")
