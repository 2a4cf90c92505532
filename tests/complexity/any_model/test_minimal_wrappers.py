"""Modules that hide from counters: compiled, scripted, checkpointed, parametrised, shared, tied."""

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from complexity import analyze
from tests.complexity.any_model.helpers import Case, Function, assert_counted, quiet, zeros
from tests.complexity.any_model.wrappers import Checkpointed, Product, Tied


class ByForward(nn.Module):
    """Calls its child by ``.forward()``, past its hooks."""

    def __init__(self) -> None:
        super().__init__()
        self.child = nn.Linear(64, 64)

    def forward(self, x):
        return self.child.forward(x)


class Inner(nn.Module):
    """Computes the weight that it multiplies with."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(zeros(7, 5))

    def forward(self, x):
        return x @ (self.weight * 2)


def scripted() -> nn.Module:
    with quiet():
        return torch.jit.script(nn.Linear(64, 64))


def traced_by_jit() -> nn.Module:
    with quiet():
        return torch.jit.trace(nn.Linear(64, 64), zeros(4, 64))


def old_weight_norm() -> nn.Module:
    with quiet():
        return nn.utils.weight_norm(nn.Linear(64, 64))


X = zeros(4, 64)
BIASED = 64 * 64 + 64
WRAPPED = (
    Case("autograd function", lambda: Function(Product.apply), (zeros(8, 64), zeros(64, 32)),
         16_384, 0),
    Case("autograd function with a raw parameter", lambda: Function(Product.apply, (64, 32)),
         zeros(8, 64), 16_384, 2_048),
    Case("child called by .forward()", ByForward, X, 16_384, BIASED),
    Case("parametrised by weight norm", lambda: parametrizations.weight_norm(nn.Linear(64, 64)),
         X, 16_384, BIASED + 64),
    Case("old weight norm", old_weight_norm, X, 16_384, BIASED + 64),
    Case("pruned", lambda: prune.random_unstructured(nn.Linear(64, 64), "weight", 0.5),
         X, 16_384, BIASED),
    Case("weight computed by a module of one's own", Inner, zeros(3, 7), 105, 35),
    Case("compiled", lambda: torch.compile(nn.Linear(64, 64)), X, 16_384, BIASED),
    Case("compiled below", lambda: nn.Sequential(torch.compile(nn.Linear(64, 64)), nn.ReLU()),
         X, 16_384, BIASED),
    Case("compiled function", lambda: Function(torch.compile(torch.matmul), (64, 64)),
         X, 16_384, 4_096),
    Case("scripted", scripted, X, 16_384, BIASED),
    Case("scripted below", lambda: nn.Sequential(nn.Linear(64, 64), scripted()),
         X, 32_768, 2 * BIASED),
    Case("traced by torch.jit", traced_by_jit, X, 16_384, BIASED),
    Case("checkpointed", lambda: Checkpointed(nn.Linear(64, 64)), X, 16_384, BIASED),
    Case("checkpointed, reentrant", lambda: Checkpointed(nn.Linear(64, 64), reentrant=True),
         X, 16_384, BIASED),
    Case("data parallel", lambda: nn.DataParallel(nn.Linear(64, 64)), X, 16_384, BIASED),
    Case("half precision", lambda: nn.Linear(64, 64).to(torch.bfloat16),
         X.to(torch.bfloat16), 16_384, BIASED),
    Case("frozen", lambda: nn.Linear(64, 64).requires_grad_(False), X, 16_384, BIASED),
)  # fmt: skip


@pytest.mark.parametrize("case", WRAPPED, ids=lambda case: case.name)
def test_a_module_that_hides_has_its_true_figures(case):
    with quiet():  # of torch.jit and reentrant checkpoints, which are about to go
        assert_counted(case)


def test_a_compiled_module_has_the_rows_of_the_module_inside():
    report = analyze(torch.compile(nn.Sequential(nn.Linear(64, 64), nn.ReLU())), X)
    assert [(row.kind, row.macs) for row in report.layers] == [("fc", 16_384), ("activation", 0)]


class RawBeside(nn.Module):
    """A Linear, and a raw parameter that is added."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = nn.Parameter(zeros(11))
        self.linear = nn.Linear(7, 11)

    def forward(self, x):
        return self.linear(x) + self.shift


class Idle(nn.Module):
    """A second layer that does not run."""

    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Linear(7, 11)
        self.idle = nn.Conv2d(3, 5, 2)

    def forward(self, x):
        return self.used(x)


def twice(layer: nn.Module) -> nn.Module:
    return nn.Sequential(layer, nn.ReLU(), layer)


TOKENS = zeros(4, 5, dtype=torch.int64)
SHARED = (
    Case("tied embedding and head", Tied, TOKENS, 20 * 6_400, 6_400),
    Case("raw parameter beside a linear", RawBeside, zeros(5, 7), 385, 88 + 11),
    Case("bare convolution as root", lambda: nn.Conv2d(3, 5, 3), zeros(1, 3, 7, 11),
         5 * 45 * 27, 140),
    Case("module that does not run", Idle, zeros(5, 7), 385, 88 + 65),
    Case("the same module twice", lambda: twice(nn.Linear(7, 7)), zeros(5, 7), 2 * 245, 56),
)  # fmt: skip


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case.name)
def test_parameters_count_once_and_all_of_them(case):
    assert_counted(case)


def test_what_does_not_run_is_named_with_its_parameters():
    report = analyze(Idle(), zeros(5, 7))
    idle = {row.name: (row.calls, row.params) for row in report.layers if "idle" in row.name}
    assert idle == {"idle.weight": (0, 60), "idle.bias": (0, 5)}


class Branch(nn.Module):
    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)


class TwoParents(nn.Module):
    """One Linear below two parents."""

    def __init__(self) -> None:
        super().__init__()
        linear = nn.Linear(64, 64, bias=False)
        self.a, self.b = Branch(linear), Branch(linear)

    def forward(self, x):
        return self.b(self.a(x))


def test_a_module_below_two_parents_is_a_row_below_each():
    report = assert_counted(Case("two parents", TwoParents, X, 32_768, 4_096))
    rows = {row.name: (row.macs, row.params) for row in report.layers}
    assert rows == {"a.layer": (16_384, 4_096), "b.layer": (16_384, 0)}


def test_a_shared_block_has_rows_below_each_of_its_parents():
    block = nn.Sequential(nn.Linear(7, 11), nn.ReLU(), nn.Linear(11, 7))
    report = analyze(nn.Sequential(Branch(block), Branch(Branch(block))), zeros(5, 7))
    rows = {row.name: (row.macs, row.params) for row in report.layers if row.macs}
    assert rows == {
        "0.layer.0": (385, 88),
        "0.layer.2": (385, 84),
        "1.layer.layer.0": (385, 0),
        "1.layer.layer.2": (385, 0),
    }
    assert report.verdict.agrees


def test_rows_add_up_to_their_parents():
    from reports.model.totals import by_block

    report = analyze(nn.Sequential(TwoParents(), TwoParents(), nn.Linear(64, 7)), X)
    blocks = {group.name: group.cost.macs for group in by_block(report.layers)}
    assert blocks == {"0": 32_768, "1": 32_768, "2": 4 * 64 * 7}
    inside = {group.name: group.cost.macs for group in by_block(report.layers, depth=2)}
    assert inside["0.a"] == inside["0.b"] == inside["1.a"] == inside["1.b"] == 16_384
    assert sum(blocks.values()) == sum(inside.values()) == report.macs
