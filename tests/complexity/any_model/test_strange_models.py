"""Models that hide work, run it elsewhere, or keep things where they are easily forgotten."""

import copy
import random
from collections import Counter

import numpy
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from complexity import ModelError, analyze
from tests.complexity.any_model.helpers import Function, quiet, torch_flops, zeros

X = zeros(3, 5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.complex64, torch.int64])
def test_what_is_written_into_a_buffer_is_counted(dtype):
    class Keeps(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("state", torch.zeros(3, 7, dtype=dtype))
            self.register_buffer("factor", torch.zeros(5, 7, dtype=dtype))

        def forward(self, x):
            return self.state.addmm_(x.to(dtype), self.factor)

    report = analyze(Keeps(), X)
    assert report.macs == 105 * (4 if dtype.is_complex else 1)


@pytest.mark.parametrize(
    "mapped",
    [
        lambda x, w: torch.vmap(lambda each: each @ w)(x),
        lambda x, w: torch.vmap(F.linear, (0, None))(x, w.t()),
    ],
)
def test_what_is_mapped_is_counted_for_the_dimension_that_it_does_not_see(mapped):
    report = analyze(Function(mapped, (5, 7)), zeros(11, 3, 5))
    assert report.macs == 11 * 105
    assert report.verdict.agrees


def test_a_tangent_is_counted_beside_the_value():
    def function(x, w):
        return torch.func.jvp(lambda x: x @ w, (x,), (x,))[1]

    with quiet():
        model = Function(function, (5, 7))
        assert 2 * analyze(model, X).macs == torch_flops(model, X) >= 2 * 2 * 105


LIBRARY = torch.library.Library("strange", "FRAGMENT")
for name, schema in (
    ("cat", "(Tensor x, Tensor y) -> Tensor"), ("mm", "(Tensor x, Tensor y) -> Tensor"),
    ("convolution", "(Tensor x, Tensor y) -> Tensor"), ("linear", "(Tensor x, Tensor y) -> Tensor"),
    ("alias", "(Tensor(a) x, Tensor y) -> Tensor(a)"),
):  # fmt: skip
    LIBRARY.define(name + schema)
    LIBRARY.impl(
        name,
        (lambda x, y: x.detach()) if name == "alias" else (lambda x, y: x.new_empty(3, 7)),
        "CompositeExplicitAutograd",
    )


@pytest.mark.parametrize("name", ["cat", "mm", "convolution", "linear", "alias"])
def test_an_operator_of_ones_own_is_unknown_whatever_its_name(name):
    operator = getattr(torch.ops.strange, name)
    report = analyze(Function(operator, (5, 7)), X)
    assert report.unknown == {f"strange.{name}": 1}
    assert not report.layers[0].known


def test_a_tensor_class_that_does_more_than_it_says_is_seen():
    class Busy(Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            if func is Tensor.transpose:
                with torch._C.DisableTorchFunctionSubclass():
                    args[0] @ args[0].T
            return super().__torch_function__(func, types, args, kwargs or {})

    x = torch.zeros(3, 5).as_subclass(Busy)
    report = analyze(Function(lambda x: x.transpose(0, 1)), x)
    assert report.macs == 45


def test_what_a_hook_does_with_a_layers_output_is_no_part_of_the_layer():
    layer = nn.Linear(5, 7)
    layer.register_forward_hook(lambda module, inputs, out: out @ torch.ones(7, 11))
    report = analyze(layer, X)
    assert report.macs == 105 + 3 * 7 * 11
    assert report.verdict.agrees


def test_a_convolution_whose_inside_is_overridden_is_no_known_layer():
    class More(nn.Conv2d):
        def _conv_forward(self, x, weight, bias):
            return super()._conv_forward(x, weight, bias) @ torch.ones(9, 9)

    report = analyze(More(3, 5, 3), zeros(1, 3, 11, 11))
    assert report.macs == 5 * 81 * 27 + 5 * 81 * 9
    assert report.verdict.agrees


NAMED = {
    "add": lambda x, w: torch.add(input=x @ w, other=x @ w),
    "mul": lambda x, w: (x @ w).mul(other=x @ w),
    "add in place": lambda x, w: (x @ w).add_(other=x @ w),
    "matmul": lambda x, w: torch.matmul(input=x, other=w) + x.matmul(other=w),
    "addmm": lambda x, w: torch.addmm(input=x @ w, mat1=x, mat2=w),
    "into": lambda x, w: torch.mm(x, w, out=torch.empty(3, 7, device=x.device)) + x @ w,
}


@pytest.mark.parametrize("function", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_arguments_by_name_run_on_meta_as_others_do(function, device):
    report = analyze(Function(function, (5, 7)).to(device), X)
    assert (report.macs, report.verdict.traced_on) == (210, "meta")
    assert report.verdict.agrees


def test_weights_that_were_put_in_a_layers_place_are_no_known_layers():
    class Doubled(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(5, 7)

        def forward(self, x):
            weights = {"weight": self.layer.weight * 2}
            return torch.func.functional_call(self.layer, weights, (x,))

    report = analyze(Doubled(), X)
    assert (report.macs, report.params) == (105, 42)
    assert report.verdict.agrees


class Holds(nn.Module):
    def __init__(self, held):
        super().__init__()
        self.held = held


class Own(dict):
    pass


HELD = {
    "a generator of torch's": (torch.Generator, lambda g: g.initial_seed() or g.get_state().tolist(),
                               lambda g: torch.rand(3, generator=g)),
    "a generator of Python's": (lambda: random.Random(3), lambda g: g.getstate(),
                                lambda g: g.random()),
    "a generator of NumPy's": (lambda: numpy.random.default_rng(3),
                               lambda g: repr(g.bit_generator.state), lambda g: g.random()),
    "NumPy's old generator": (lambda: numpy.random.RandomState(3),
                              lambda g: g.get_state()[1].tolist(), lambda g: g.rand()),
    "an array": (lambda: numpy.zeros(3), lambda a: a.tolist(), lambda a: a.fill(7)),
    "a counter": (lambda: Counter("aab"), dict, lambda c: c.update("b")),
    "a dict of its own": (lambda: Own(a=1), dict, lambda d: d.update(b=2)),
}  # fmt: skip


@pytest.mark.parametrize(("make", "told", "change"), HELD.values(), ids=HELD)
def test_what_a_model_holds_is_as_it_was(make, told, change):
    class Changes(Holds):
        def forward(self, x):
            change(self.held)
            return x * 2

    model = Changes(make())
    held, before = model.held, told(model.held)
    analyze(model, X)
    assert model.held is held
    assert told(model.held) == before


def test_a_layer_that_is_copied_in_forward_ends():
    class Copies(Holds):
        def forward(self, x):
            return copy.deepcopy(self.held)(x)

    assert analyze(Copies(nn.Linear(5, 7)), X).macs == 105


def test_what_was_optimised_for_inference_is_counted_or_told():
    with quiet():
        scripted = torch.jit.script(nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5)).eval())
        frozen = torch.jit.optimize_for_inference(scripted)
        try:
            assert analyze(frozen, zeros(1, 3, 7, 7)).macs >= 0
        except ModelError as error:
            assert "raised" in str(error)
