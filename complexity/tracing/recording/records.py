"""What a run leaves behind: calls, and the scopes in which their work is gathered."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import add
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _disable_current_modes
from torch.utils._pytree import tree_iter

from complexity.tracing.ops.cost_rules import Work
from formulas.core.cost import Cost
from formulas.core.memory_traffic import Moved, Traffic
from formulas.core.quantities import Shape

# Elements by data type: read as inputs, written as outputs, read as weights. Plain integers, for
# they are summed at every call; ``TracedCall.moved`` names them.
Sums: TypeAlias = dict[torch.dtype, tuple[int, int, int]]


@dataclass
class TracedCall:
    """One run of a layer, or of an operation between layers, as it really happened.

    ``module`` is the layer; for an operation it is None, and ``operation``, ``operator`` and
    ``arguments`` (tensors replaced by their shapes) tell what ran. Runs that are alike share one
    call. ``registered``: a formula of the user's took part in the count; ``transformed``: it ran
    inside ``vmap``, ``jvp`` or alike, which shapes do not tell. ``sums`` are the elements that it
    read and wrote; their number is the cost's ``memory_access``.
    """

    name: str
    module: nn.Module | None
    operation: str
    operator: Any
    arguments: tuple[Any, ...]
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    cost: Cost
    dtypes: tuple[torch.dtype, ...] = ()
    calls: int = 1
    unknown: dict[str, int] = field(default_factory=dict)
    registered: bool = False
    transformed: bool = False
    sums: Sums = field(default_factory=dict)

    @property
    def moved(self) -> Moved:
        """The elements that it read and wrote, by the name of their data type."""
        return {name_of_dtype(dtype): Traffic(*each) for dtype, each in self.sums.items()}

    def is_like(self, other: TracedCall) -> bool:
        """Whether both ran on the same shapes, data types and settings, with the same result."""
        return (
            self.in_shapes == other.in_shapes
            and self.out_shape == other.out_shape
            and self.dtypes == other.dtypes
            and self.arguments == other.arguments
        )

    def take_in(self, other: TracedCall) -> None:
        """Another run that is like this one."""
        self.calls += 1
        self.cost += other.cost
        self.sums = {
            dtype: tuple(map(add, self.sums.get(dtype, NONE), other.sums.get(dtype, NONE)))
            for dtype in self.sums | other.sums
        }
        for operator, count in other.unknown.items():
            add_one(self.unknown, operator, count)


@dataclass
class Scope:
    """What is running: its path, whether it counts as one row, what it did so far."""

    path: str
    is_row: bool
    inputs: tuple[Tensor, ...] = ()
    macs: int = 0
    elementwise: int = 0
    activations: int = 0
    looked_up: list[tuple[Tensor, int]] = field(default_factory=list)
    packed: list[Tensor] = field(default_factory=list)
    moved: bool = False
    read: dict[int, Tensor] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    registered: bool = False

    def add(self, work: Work) -> None:
        self.macs += work.macs
        self.elementwise += work.elementwise
        self.activations += work.activations
        self.moved |= work.moves

    def traffic(self, outputs: tuple[Tensor, ...], own: Container[int] = ()) -> Sums:
        """It read its inputs and weights and wrote its outputs."""
        if not self.moved:
            return {}
        for each in self.inputs:
            self.read.pop(id(each), None)  # given to it, not its own
        reads = (*self.inputs, *self.read.values())
        return moved_by(reads, self.looked_up, outputs, own, self.packed)

    def cost(self, sums: Sums, params: int = 0) -> Cost:
        """What the scope did."""
        return Cost(params, self.macs, self.elementwise, self.activations, total_of(sums))


# Tensors that are nothing but tensors: of no class with a way of its own.
PLAIN = frozenset((Tensor, nn.Parameter))
PACKED = ("__torch__.torch.classes.quantized.", "__torch__.torch.classes.rnn.")


def tensors_in(value: Any) -> tuple[Tensor, ...]:
    """Every tensor inside a nest of tuples, lists and dicts, in order; nested ones as matrices."""
    if isinstance(value, Tensor):
        return (value if not value.is_nested else rows_of(value),)
    if type(value) is not tuple or not all(isinstance(each, Tensor) for each in value):
        value = tuple(leaf for leaf in tree_iter(value) if isinstance(leaf, Tensor))
    if any(each.is_nested for each in value):
        return tuple(rows_of(each) if each.is_nested else each for each in value)
    found: tuple[Tensor, ...] = value
    return found


def rows_of(nested: Tensor) -> Tensor:
    """The rows of all sequences of a nested tensor, one below the other: ``(rows, ..., width)``."""
    with torch._C.DisableTorchFunction(), _disable_current_modes():  # no operations of the model's
        if nested.layout is torch.jagged:
            values: Tensor = nested._values
            return values
        flat = nested.detach().values()
        try:
            return flat.reshape(-1, nested.size(-1))
        except RuntimeError:  # widths differ
            return flat


def without_nested(value: Any) -> Any:
    """The arguments of an operator with ``rows_of`` each nested tensor in its place."""
    if isinstance(value, Tensor):
        return rows_of(value) if value.is_nested else value
    if type(value) in (tuple, list):
        return type(value)(map(without_nested, value))
    return value


def packed_in(args: Sequence[Any]) -> tuple[Tensor, ...]:
    """Weights, and biases, of quantised layers, which keep them packed in an object; unpacked."""
    if torch.ScriptObject not in map(type, args):
        return ()  # the usual case
    return tuple(t for each in args if type(each) is torch.ScriptObject for t in unpacked(each))


def unpacked(packed: Any) -> tuple[Tensor, ...]:
    """What one of torch's packed objects holds, in the types that are stored."""
    if not packed._type().qualified_name().startswith(PACKED):
        return ()
    if not hasattr(packed, "unpack"):  # of a recurrent layer, which holds one for each product
        return packed_in(list(tree_iter(packed.__getstate__())))
    weight, *rest = (tensor.detach() for tensor in tensors_in(packed.unpack()))
    return (weight.half() if weight.is_floating_point() else weight, *rest)


def add_one(counts: dict[str, int], name: str, count: int = 1) -> None:
    """One more, or ``count`` more, of ``name``."""
    counts[name] = counts.get(name, 0) + count


def below(path: str, name: str) -> str:
    """``name`` as a part of what lies at ``path``."""
    return f"{path}.{name}" if path else name


def shape_of(tensor: Tensor) -> Shape:
    """Its sides as plain integers."""
    return tuple(tensor.shape)


def stored(tensors: Iterable[Tensor]) -> Iterator[tuple[Tensor, torch.UntypedStorage]]:
    """Each with its storage: of a sparse one, its indices and its values; a nested one has none."""
    for tensor in tensors:
        try:
            yield tensor, tensor.untyped_storage()
        except NotImplementedError:
            yield from stored(parts_of(tensor))


# What gives the parts of a sparse tensor; rows or columns may be compressed, blocks are alike.
ROWS = (Tensor.crow_indices, Tensor.col_indices, Tensor.values)
COLUMNS = (Tensor.ccol_indices, Tensor.row_indices, Tensor.values)
PARTS: dict[torch.layout, tuple[Callable[[Tensor], Tensor], ...]] = {
    torch.sparse_coo: (Tensor._indices, Tensor._values),
    torch.sparse_csr: ROWS,
    torch.sparse_bsr: ROWS,
    torch.sparse_csc: COLUMNS,
    torch.sparse_bsc: COLUMNS,
}


def parts_of(tensor: Tensor) -> Iterator[Tensor]:
    """The indices and the values that a sparse tensor is stored as; nothing of any other."""
    with torch._C.DisableTorchFunction():  # to look at a tensor is no operation of the model's
        yield from [part(tensor.detach()) for part in PARTS.get(tensor.layout, ())]


def size_of(tensors: Iterable[Tensor]) -> int:
    """Their elements together."""
    return sum(tensor.numel() for tensor in tensors)


NONE = (0, 0, 0)


def moved_by(
    reads: Iterable[Tensor],
    looked_up: Iterable[tuple[Tensor, int]],
    outputs: Iterable[Tensor],
    own: Container[int],
    packed: Iterable[Tensor] = (),
) -> Sums:
    """Elements read and written. Of what is ``looked_up``, as many as are said.

    Tensors whose ids are ``own``, views of them, and ``packed`` ones are weights; the others are
    inputs.
    """
    sums: Sums = {}
    for tensor in reads:
        inputs, written, weights = sums.get(tensor.dtype, NONE)
        if id(tensor) in own or id(tensor._base) in own:
            sums[tensor.dtype] = inputs, written, weights + tensor.numel()
        else:
            sums[tensor.dtype] = inputs + tensor.numel(), written, weights
    for table, taken in looked_up:
        place = 2 if id(table) in own or id(table._base) in own else 0
        found = list(sums.get(table.dtype, NONE))
        found[place] += taken
        sums[table.dtype] = found[0], found[1], found[2]
    for tensor in packed:
        inputs, written, weights = sums.get(tensor.dtype, NONE)
        sums[tensor.dtype] = inputs, written, weights + tensor.numel()
    for tensor in outputs:
        inputs, written, weights = sums.get(tensor.dtype, NONE)
        sums[tensor.dtype] = inputs, written + tensor.numel(), weights
    return sums


def total_of(sums: Sums) -> int:
    """All elements together."""
    return sum(map(sum, sums.values()))


@cache
def name_of_dtype(dtype: torch.dtype) -> str:
    """``"float32"`` for ``torch.float32``."""
    return str(dtype).removeprefix("torch.")


class TensorShape(tuple[int, ...]):
    """A shape that stands for a tensor among arguments, and remembers its data type."""

    dtype: torch.dtype


def shapes_for_tensors(value: Any) -> Any:
    """The nest of tuples, lists and dicts with a ``TensorShape`` in the place of each tensor.

    A nested tensor has the shape of its rows, one below the other.
    """
    if isinstance(value, Tensor):
        if value.is_nested:
            value = rows_of(value)
        shape = TensorShape(value.shape)
        shape.dtype = value.dtype
        return shape
    if type(value) in (tuple, list):
        return type(value)(map(shapes_for_tensors, value))
    if type(value) is torch.ScriptObject:  # torch can say of no two whether they are equal
        return shapes_for_tensors(packed_in((value,)))
    if type(value) is dict:
        return {key: shapes_for_tensors(each) for key, each in value.items()}
    return value
