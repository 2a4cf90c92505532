"""Models that would fool four sizes: the expression is right wherever it is said to hold."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity import analyze, derive
from complexity.errors import ModelError


class Trap(nn.Module):
    """A model with a layer for vectors of 8 and one for maps of 3 channels."""

    def __init__(self, function):
        super().__init__()
        self.fc, self.conv, self.function = nn.Linear(8, 8), nn.Conv2d(3, 8, 1), function

    def forward(self, x):
        return self.function(self, x)


def twice(m, x, yes):
    return m.fc(m.fc(x)) if yes else m.fc(x)


def padded(m, x, step):
    return m.fc(F.pad(x, (0, 0, 0, -x.shape[1] % step)))


# What each does, and the rule of S that comes out; None where S is fixed.
TRAPS = {
    "every third": (lambda m, x: m.fc(x[:, ::3]), "S >= 2"),
    "every tenth": (lambda m, x: m.fc(x[:, ::10]), "S >= 2"),
    "to a multiple of 12": (lambda m, x: padded(m, x, 12), "S a multiple of 2"),
    "to a multiple of 14": (lambda m, x: padded(m, x, 14), "S a multiple of 2"),
    "a part of 61": (lambda m, x: m.fc(x[:, : x.shape[1] // 61 + 1]), "S a multiple of 64"),
    "multiples of 3": (lambda m, x: twice(m, x, x.shape[1] % 3 == 0), None),
    "odd ones": (lambda m, x: twice(m, x, x.shape[1] % 2), "S a multiple of 2"),
    "long ones": (lambda m, x: twice(m, x, x.shape[1] > 64), "S a multiple of 2, S >= 66"),
    "the first 512": (lambda m, x: m.fc(x[:, :512]), "2 <= S <= 256"),
    "the root": (lambda m, x: m.fc(x[:, : int(x.shape[1] ** 0.5)]), None),
    "one that is short": (
        lambda m, x: twice(m, x, x.shape[0] == 1 and x.shape[1] < 100),
        "S a multiple of 4, S >= 112",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRAPS)
def test_what_is_said_holds(name):
    function, rule = TRAPS[name]
    model = Trap(function)
    formula = derive(model, "NxSx8")
    assert {each.name: each.rule for each in formula.dimensions}.get("S") == rule
    sizes = (
        2,
        3,
        9,
        10,
        33,
        60,
        61,
        63,
        66,
        77,
        84,
        99,
        100,
        120,
        128,
        129,
        168,
        210,
        255,
        512,
        600,
    )
    compared = 0
    for n in (1, 3, 9):
        for s in sizes if rule else (128,):
            point = {"N": n, "S": s} if rule else {"N": n}
            if all(each.holds(point[each.name]) for each in formula.dimensions):
                traced = analyze(model, torch.empty(n, s, 8, device="meta"))
                assert formula.at(**point) == traced.cost, point
                compared += 1
    assert compared >= 3


def test_a_size_of_the_map_is_not_taken_for_one_of_the_batch():
    model = Trap(lambda m, x: m.conv(F.adaptive_avg_pool2d(x, x.shape[-1] // 40)))
    formula = derive(model, "Nx3xrxr")
    assert str(formula.macs) == "24 N floor(r/40)^2"


def test_half_of_a_size_and_a_half_is_a_floor():
    model = Trap(lambda m, x: m.conv(F.interpolate(x, scale_factor=1.5)))
    formula = derive(model, "Nx3xrxr")
    assert str(formula.macs) == "24 N floor(3 r/2)^2"
    assert formula.dimensions[1].rule == "r >= 2"


def test_bounds_of_two_sides_are_tried_together():
    def squared(m, x):
        side = max(x.shape[-2:])
        return m.conv(F.pad(x, (0, side - x.shape[-1], 0, side - x.shape[-2])))

    model = Trap(squared)
    formula = derive(model, "Nx3xHxW")
    for h, w in ((161, 224), (224, 161), (90, 300), (300, 90)):
        point = {"N": 2, "H": h, "W": w}
        if all(each.holds(point[each.name]) for each in formula.dimensions):
            open_ = {each.name: point[each.name] for each in formula.dimensions}
            real = {"H": 224, "W": 224, "N": 2} | open_
            traced = analyze(model, torch.empty(2, 3, real["H"], real["W"]))
            assert formula.at(**open_) == traced.cost


def test_a_product_that_decides_leaves_no_box():
    with pytest.raises(ModelError, match="no size can be left open"):
        derive(Trap(lambda m, x: twice(m, x, x.shape[0] * x.shape[1] > 600)), "NxSx8")


def test_the_size_at_fault_is_the_one_that_is_fixed():
    halves = derive(Trap(lambda m, x: m.fc(torch.cat(x.split([1, 1])))), "NxSx8")
    assert list(halves.fixed) == ["N"]
    assert [each.name for each in halves.dimensions] == ["S"]
