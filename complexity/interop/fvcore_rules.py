"""What fvcore counts beyond MACs, what it leaves out, and what its trace hides.

Most of it follows from our rows. fvcore counts the nodes of a torch.jit graph, though, and some
nodes say more than the operators they fall apart into: these are watched while it counts.
"""

from collections import Counter
from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_flatten, tree_iter, tree_unflatten

from complexity.tracing import arguments_of, tensors_in, trace
from complexity.tracing.isolation.stand_ins import is_open
from formulas.core.quantities import elements
from formulas.layers import AdaptivePool, BatchNorm, Interpolate, Normalization
from reports.model.report import LayerRow, ModelReport

Habit = tuple[str, int]

# Words for fvcore's rules, in the order of the lines that they make.
SCALED = "two per batch-norm element"
PLAIN = "one per batch-norm element without weights"
OF_BATCH = "five per batch-norm element with statistics of the batch, four without weights"
NORMED = "five per layer-, group- or instance-norm element, four without weights"
AVERAGED = "one per adaptively averaged input element"
RESIZED = "one per nearest, four per bilinearly interpolated element"
SAMPLED = "four per element of a sampled grid"
ORDER = (SCALED, PLAIN, OF_BATCH, NORMED, AVERAGED, RESIZED, SAMPLED)
DROPPED = "results that nothing uses, dropped by torch.jit"
NEIGHBOURS = {"nearest": 1, "bilinear": 4}


def fvcore_habits(report: ModelReport) -> list[Habit]:
    """What fvcore adds to the MACs of these rows, each habit with its figure."""
    found: Counter[str] = Counter()
    for row in report.layers:
        words, steps = _added(row)
        found[words] += steps
    return [(words, found[words]) for words in ORDER if found[words]]


def _added(row: LayerRow) -> Habit:
    """The rule of fvcore's that a row falls under, and what it adds."""
    match row.layer:
        case BatchNorm(tracked=False, affine=affine):
            return OF_BATCH, (5 if affine else 4) * row.elementwise
        case BatchNorm(affine=affine):
            return (SCALED, 2 * row.elementwise) if affine else (PLAIN, row.elementwise)
        case Normalization(params=params):
            return NORMED, (5 if params else 4) * row.elementwise
        case AdaptivePool(reduce="avg", dims=2):
            return AVERAGED, row.calls * elements(row.in_shapes[0])
        case Interpolate(mode=mode) if len(row.out_shape) == 4:
            return RESIZED, NEIGHBOURS.get(mode, 0) * row.elementwise
    sampled = row.operation.startswith("grid_sampler_")
    return SAMPLED, 4 * row.elementwise if sampled else 0


class Flat(nn.Module):
    """A model that takes and returns nothing but tensors, as torch.jit wants it."""

    def __init__(self, model: nn.Module, inputs: Any) -> None:
        super().__init__()
        self.model = model
        self.leaves, self.nest = tree_flatten(arguments_of(inputs))

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """The tensors among the inputs."""
        return tensors_in(self.leaves)

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        given = iter(tensors)
        leaves = [next(given) if isinstance(leaf, Tensor) else leaf for leaf in self.leaves]
        args, kwargs = tree_unflatten(leaves, self.nest)
        return returned(self.model(*args, **kwargs))


def returned(value: Any) -> tuple[Tensor, ...]:
    """Every tensor in what a model returns, also those that objects of its own hold."""
    found: list[Tensor] = []
    met: set[int] = set()

    def look(value: Any) -> None:
        for leaf in tree_iter(value):
            if isinstance(leaf, Tensor):
                found.append(leaf)
            elif is_open(leaf) and id(leaf) not in met:
                met.add(id(leaf))
                look(vars(leaf))

    look(value)
    return tuple(found)


class Whole(Flat):
    """A flat model that uses every result, so that torch.jit drops none from its graph."""

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        with Using() as using:
            out = super().forward(*tensors)
        return (*out, *using.uses)


class Using(TorchFunctionMode):
    """Makes of every result a tensor without elements, which keeps no memory."""

    def __init__(self) -> None:
        super().__init__()
        self.uses: list[Tensor] = []

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        self.uses += (each.new_empty(0) for each in tensors_in(out))
        return out


class Node(nn.Module):
    """One node of a graph, as a model to be traced."""

    def __init__(self, operator: Any) -> None:
        super().__init__()
        self.operator = operator

    def forward(self, *values: Any) -> Any:
        """A graph gives all values in order; the operator takes some by keyword alone."""
        given = list(zip(self.operator._schema.arguments, values, strict=False))
        args = [value for said, value in given if not said.kwarg_only]
        return self.operator(*args, **{s.name: v for s, v in given if s.kwarg_only})


def macs_of(name: str, values: list[Any]) -> int:
    """The MACs of a graph's node ``aten::name``, of real numbers, as our own trace has them."""
    node = Node(getattr(torch.ops.aten, name).default)
    run = trace(node, tuple(map(_argument, values)), lambda _: False)
    return sum(call.cost.macs for call in run.calls)


def _argument(value: Any) -> Any:
    """A graph's value as an argument: a tensor of its shape, a list, or a constant."""
    if value.isCompleteTensor():
        return torch.zeros(value.type().sizes())
    if value.node().kind() == "prim::ListConstruct":
        return [_argument(each) for each in value.node().inputs()]
    return value.toIValue()


def steps_of_norm(name: str, values: list[Any]) -> int:
    """What the rows of a batch or instance norm made fvcore's rules expect.

    Instance norms with running statistics become batch norms, and whether statistics that are
    given are used, rows do not tell. A scale without a shift has no closed form.
    """
    x, scale, shift, mean = (v.type().sizes() if v.isCompleteTensor() else None for v in values[:4])
    if (scale is None) != (shift is None):
        return 0
    return int(prod(x) * ((4 if mean is None else 1) + (scale is not None)))


# Nodes whose rows do not tell what fvcore makes of them: ours, and the words for the difference.
WATCHED: dict[str, tuple[Callable[[str, list[Any]], int], str]] = {
    "batch_norm": (
        steps_of_norm,
        "batch norm in training beside kept statistics, or with a scale alone",
    ),
    "instance_norm": (steps_of_norm, "instance norm with running statistics, as if its own"),
    "matmul": (macs_of, "a broadcast factor of matmul counted once"),
    "einsum": (macs_of, "einsum by NumPy's estimate of its best path, in four digits"),
    **{
        name: (macs_of, f"{name} not counted")
        for name in (
            "_convolution_mode",
            "tensordot",
            "inner",
            "chain_matmul",
            "linalg_multi_dot",
            "linalg_matrix_power",
            "cov",
        )
    },
}


def watch(counter: Any) -> Counter[str]:
    """What fvcore's ``counter`` will find in watched nodes beyond our figure, by habit."""
    from fvcore.nn.flop_count import _DEFAULT_SUPPORTED_OPS

    beyond: Counter[str] = Counter()

    def watched(name: str) -> Callable[[list[Any], list[Any]], Any]:
        handle = _DEFAULT_SUPPORTED_OPS.get(f"aten::{name}")
        ours, words = WATCHED[name]

        def handled(inputs: list[Any], outputs: list[Any]) -> Any:
            figure = handle(inputs, outputs) if handle else 0
            beyond[words] += int(figure) - ours(name, inputs)
            return figure

        return handled

    counter.set_op_handle(**{f"aten::{name}": watched(name) for name in WATCHED})
    return beyond


def hidden_in(counter: Any) -> list[str]:
    """What fvcore cannot look into: functions of the user's own, and scripted ones."""
    opaque = ("prim::PythonOp", "prim::CallFunction")
    return [name for name in counter.unsupported_ops() if name.startswith(opaque)]
