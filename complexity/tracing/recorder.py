"""Forward hooks say which layer is running; a dispatch mode sees every operator inside it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.registry import as_cost, registered_module, registered_operator
from complexity.tracing.calls import (
    Scope,
    TracedCall,
    shape_of,
    shapes_for_tensors,
    size_of,
    tensors_in,
)
from complexity.tracing.classes import LOOKUPS
from complexity.tracing.operators import Work, name_of, real_macs, work_of
from formulas.cost import Cost

# Functions that are one operation to a reader, whatever operators run inside.
NAMED: dict[Any, str] = {
    torch.nn.functional.scaled_dot_product_attention: "scaled_dot_product_attention",
    torch.outer: "outer",
    torch.ger: "outer",
    Tensor.outer: "outer",
    Tensor.ger: "outer",
}
BACKWARD = "backward"


class Functions(TorchFunctionMode):
    """Makes one row of a named function, whichever kernels it falls apart into."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func in NAMED:
            return self.recorder.function(func, args, kwargs or {})
        return func(*args, **(kwargs or {}))


class Recorder(TorchDispatchMode):
    """Turns what runs into calls. ``is_layer`` says which modules are rows of their own."""

    def __init__(self, model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> None:
        super().__init__()
        self.model = model
        self.is_layer = is_layer
        self.calls: list[TracedCall] = []
        self.coverage: Counter[str] = Counter()
        self.backward: Scope | None = None
        self.failed_in: str | None = None
        self._scopes = [Scope("", False)]
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
        if id(out) in self._own and not out.is_floating_point():
            return out  # a counter of the model's own, such as a batch norm's steps
        scope = self.backward or self._scopes[-1]
        formula = registered_operator(func)
        if formula is None:
            work = work_of(func, args, out)
        else:
            counted = as_cost(formula(out, *args, **(kwargs or {})))
            work = Work(counted.macs, counted.elementwise, counted.activations)
        if work is None:
            self.coverage["unknown"] += 1
        else:
            self.coverage["counted" if work.macs or work.elementwise else "free"] += 1
        if scope.is_row:
            inputs = tensors_in((args, kwargs))
            if name_of(func) in LOOKUPS:
                taken = work.elementwise if work is not None else 0  # by a bag, more than is left
                scope.looked_up += taken or size_of(tensors_in(out)[:1])
            else:
                scope.read.update({id(t): t for t in inputs if id(t) in self._own})
            if work is None:
                scope.unknown[operator_name(func)] += 1
            else:
                scope.add(work)
        elif work is None or work.moves:
            inputs = tensors_in((args, kwargs))
            self._operation(scope, func, args, inputs, tensors_in(out), work, formula is not None)
        return out

    def _operation(
        self,
        scope: Scope,
        func: Any,
        args: Any,
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        work: Work | None,
        registered: bool,
    ) -> None:
        """An operator that no row contains becomes a row below the running module."""
        name = name_of(func)
        cost, unknown = Cost(), Counter[str]()
        if work is None:
            unknown[operator_name(func)] += 1
        else:
            written = size_of(outputs[:1] if work.elementwise or work.macs else outputs)
            taken = work.elementwise or written  # of a table, by a lookup
            read = taken if name in LOOKUPS else size_of(inputs[:1])
            access = read + size_of(inputs[1:]) + written
            cost = Cost(0, work.macs, work.elementwise, work.activations, access)
        self._add(
            TracedCall(
                name=_below(scope.path, name),
                module=None,
                operation=name,
                operator=func,
                arguments=shapes_for_tensors(args),
                in_shapes=tuple(map(shape_of, inputs)),
                out_shape=shape_of(outputs[0]) if outputs else (),
                cost=cost,
                unknown=unknown,
                registered=registered,
            )
        )

    def function(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A named function: what runs inside it is one row."""
        outer = self._scopes[-1]
        if outer.is_row or self.backward:
            return func(*args, **kwargs)
        inputs = tensors_in((args, kwargs))
        scope = Scope(_below(outer.path, NAMED[func]), True, inputs)
        self._scopes.append(scope)
        try:
            out = func(*args, **kwargs)
        finally:
            self._scopes.pop()
        outputs = tensors_in(out)
        if NAMED[func] == "outer":  # torch multiplies; here each product is a MAC
            scope.macs, scope.elementwise = real_macs(outputs[0], scope.elementwise), 0
            scope.activations = outputs[0].numel()
        self._add(
            TracedCall(
                name=scope.path,
                module=None,
                operation=NAMED[func],
                operator=func,
                arguments=shapes_for_tensors((*args, kwargs)),
                in_shapes=tuple(map(shape_of, inputs)),
                out_shape=shape_of(outputs[0]),
                cost=scope.cost(outputs),
                unknown=scope.unknown,
            )
        )
        return out

    def enter(self, module: nn.Module, args: Any, kwargs: Any) -> None:
        """Forward pre-hook: ``module`` begins to run."""
        outer = self._scopes[-1]
        if outer.is_row or self.backward:  # a layer's insides belong to the layer
            self._scopes.append(outer)
            return
        paths = self._paths[id(module)]
        path = next((p for p in paths if p.startswith(_below(outer.path, ""))), paths[0])
        is_row = self.is_layer(module) or registered_module(module) is not None
        self._scopes.append(Scope(path, is_row, tensors_in((args, kwargs))))

    def leave(self, module: nn.Module, args: Any, kwargs: Any, out: Any) -> None:
        """Forward hook: ``module`` has run, or has raised (then ``out`` is None)."""
        scope = self._scopes.pop()
        if sys.exc_info()[0] is not None and self.failed_in is None:
            self.failed_in = scope.path
        if not scope.is_row or self._scopes[-1] is scope or out is None or self.backward:
            return
        outputs = tensors_in(out)
        params = {id(p): p for p in module.parameters() if id(p) not in self._counted}
        self._counted.update(params)
        cost = scope.cost(outputs, size_of(params.values()))
        formula = registered_module(module)
        if formula is not None:
            said = as_cost(formula(module, out, *args, **kwargs))
            cost = replace(said, params=cost.params, memory_access=cost.memory_access)
            scope.unknown.clear()
        self._add(
            TracedCall(
                name=scope.path or type(module).__name__,
                module=module,
                operation=type(module).__name__,
                operator=None,
                arguments=(),
                in_shapes=tuple(map(shape_of, scope.inputs)),
                out_shape=shape_of(outputs[0]) if outputs else (),
                cost=cost,
                unknown=scope.unknown,
                registered=formula is not None,
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


def operator_name(func: Any) -> str:
    """``aten.add`` for ``aten.add_.Tensor``."""
    return f"{func.namespace}.{name_of(func)}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@contextmanager
def named_inside_functions(recorder: Recorder) -> Iterator[None]:
    """Attention is a row of its own inside ``multi_head_attention_forward`` too.

    torch takes a function mode off while such a function runs, so what it calls is seen only
    by taking its place in ``torch.nn.functional``; it is put back afterwards.
    """
    functional, name = torch.nn.functional, "scaled_dot_product_attention"
    attention = getattr(functional, name)

    @wraps(attention)
    def seen(*args: Any, **kwargs: Any) -> Any:
        return recorder.function(attention, args, kwargs)

    setattr(functional, name, seen)
    try:
        yield
    finally:
        setattr(functional, name, attention)


@contextmanager
def recording(model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> Iterator[Recorder]:
    """A recorder that listens to ``model`` by forward hooks, which are removed at the end."""
    recorder = Recorder(model, is_layer)
    with ExitStack() as stack:
        for module in model.modules():
            if isinstance(module, torch.jit.ScriptModule):
                continue  # takes no hooks: its operators are rows of the module around it
            before = module.register_forward_pre_hook(recorder.enter, with_kwargs=True)
            stack.callback(before.remove)
            after = module.register_forward_hook(recorder.leave, with_kwargs=True, always_call=True)
            stack.callback(after.remove)
        stack.enter_context(named_inside_functions(recorder))
        stack.enter_context(Functions(recorder))
        stack.enter_context(recorder)
        yield recorder
