"""Forward hooks say which layer is running; a dispatch mode sees every operator inside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter, tree_map

from complexity.tracing.operators import name_of, work_of
from formulas.cost import Cost
from formulas.quantities import Shape


@dataclass
class TracedCall:
    """One run of a layer, or of an operation between layers, as it really happened.

    ``module`` is the layer; for an operation it is None and ``operator`` and ``arguments``
    (tensors replaced by their shapes) tell what ran. Runs with equal shapes share one call.
    """

    name: str
    module: nn.Module | None
    operator: Any
    arguments: tuple[Any, ...]
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    cost: Cost
    calls: int = 1
    unknown: Counter[str] = field(default_factory=Counter)


@dataclass
class Scope:
    """A module that is running: its path, whether it counts as one layer, what it did so far."""

    path: str
    module: nn.Module
    is_layer: bool
    inputs: tuple[Tensor, ...] = ()
    macs: int = 0
    elementwise: int = 0
    activations: int = 0
    moved: bool = False
    read: dict[int, Tensor] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)


def tensors_in(value: Any) -> tuple[Tensor, ...]:
    """Every tensor inside a nest of tuples, lists and dicts, in order."""
    return tuple(leaf for leaf in tree_iter(value) if isinstance(leaf, Tensor))


def _shape(tensor: Tensor) -> Shape:
    return tuple(tensor.shape)


def _size(tensors: Any) -> int:
    return sum(tensor.numel() for tensor in tensors)


class Recorder(TorchDispatchMode):
    """Turns what runs into calls. ``is_layer`` says which modules are rows of their own."""

    def __init__(self, model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> None:
        super().__init__()
        self.model = model
        self.is_layer = is_layer
        self.calls: list[TracedCall] = []
        self._scopes = [Scope("", model, False)]
        self._runs: dict[str, list[TracedCall]] = {}
        self._counted: set[int] = set()  # parameters that some row has already counted
        self._own = {id(t): t for t in (*model.parameters(), *model.buffers())}
        self._paths: dict[int, list[str]] = {}
        for path, module in model.named_modules(remove_duplicate=False):
            self._paths.setdefault(id(module), []).append(path)

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        scope = self._scopes[-1]
        work = work_of(func, args, out)
        inputs = tensors_in((args, kwargs))
        if scope.is_layer:
            scope.read.update({id(t): t for t in inputs if id(t) in self._own})
            if work is None:
                scope.unknown[str(func)] += 1
            else:
                scope.macs += work.macs
                scope.elementwise += work.elementwise
                scope.activations += work.activations
                scope.moved |= work.moves
        elif work is None or work.moves:
            self._operation(scope, func, args, inputs, tensors_in(out), work)
        return out

    def _operation(
        self, scope: Scope, func: Any, args: Any, inputs: Any, outputs: Any, work: Any
    ) -> None:
        """An operation that no layer contains becomes a row below the running module."""
        name = name_of(func)
        first = outputs[0] if outputs else None
        cost, unknown = Cost(), Counter[str]()
        if work is None:
            unknown[str(func)] += 1
        else:
            written = _size(outputs[:1] if work.elementwise or work.macs else outputs)
            access = _size(inputs) + written
            cost = Cost(0, work.macs, work.elementwise, work.activations, access)
        self._add(
            TracedCall(
                name=f"{scope.path}.{name}" if scope.path else name,
                module=None,
                operator=func,
                arguments=tree_map(lambda v: _shape(v) if isinstance(v, Tensor) else v, args),
                in_shapes=tuple(map(_shape, inputs)),
                out_shape=() if first is None else _shape(first),
                cost=cost,
                unknown=unknown,
            )
        )

    def enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        """Forward pre-hook: ``module`` begins to run."""
        outer = self._scopes[-1]
        if outer.is_layer:  # a layer's insides belong to the layer
            self._scopes.append(outer)
            return
        paths = self._paths[id(module)]
        inside = f"{outer.path}." if outer.path else ""
        path = next((p for p in paths if p.startswith(inside)), paths[0])
        self._scopes.append(Scope(path, module, self.is_layer(module), tensors_in((args, kwargs))))

    def leave(self, module: nn.Module, args: Any, kwargs: Any, out: Any) -> None:
        """Forward hook: ``module`` has run, or has raised (then ``out`` is None)."""
        scope = self._scopes.pop()
        if not scope.is_layer or self._scopes[-1] is scope or out is None:
            return
        outputs = tensors_in(out)
        params = [p for p in module.parameters() if id(p) not in self._counted]
        self._counted.update(map(id, params))
        moved = _size(scope.inputs) + _size(outputs) + _size(scope.read.values())
        self._add(
            TracedCall(
                name=scope.path or type(module).__name__,
                module=module,
                operator=None,
                arguments=(),
                in_shapes=tuple(map(_shape, scope.inputs)),
                out_shape=_shape(outputs[0]),
                cost=Cost(
                    params=_size({id(p): p for p in params}.values()),
                    macs=scope.macs,
                    elementwise=scope.elementwise,
                    activations=scope.activations,
                    memory_access=moved if scope.moved else 0,
                ),
                unknown=scope.unknown,
            )
        )

    def _add(self, call: TracedCall) -> None:
        """File a call under its name: with equal runs together, with others as ``#2``, ``#3``."""
        runs = self._runs.setdefault(call.name, [])
        for earlier in runs:
            if earlier.in_shapes == call.in_shapes and earlier.arguments == call.arguments:
                earlier.calls += 1
                earlier.cost += call.cost
                earlier.unknown += call.unknown
                return
        runs.append(call)
        if len(runs) > 1:
            call.name = f"{call.name}#{len(runs)}"
        self.calls.append(call)

    def uncounted_parameters(self) -> list[tuple[str, Tensor]]:
        """Parameters that no row holds: of containers, and of layers that did not run."""
        return [(n, p) for n, p in self.model.named_parameters() if id(p) not in self._counted]


@contextmanager
def recording(model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> Iterator[Recorder]:
    """A recorder that listens to ``model`` by forward hooks, which are removed at the end."""
    recorder = Recorder(model, is_layer)
    handles = []
    try:
        for module in model.modules():
            handles.append(module.register_forward_pre_hook(recorder.enter, with_kwargs=True))
            handles.append(
                module.register_forward_hook(recorder.leave, with_kwargs=True, always_call=True)
            )
        with torch.no_grad(), recorder:
            yield recorder
    finally:
        for handle in handles:
            handle.remove()
