"""What runs, turned into calls: forward hooks say which layer it was that ran."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from torch import Tensor, nn
from torch._C import DisableTorchFunction

from complexity.registry import as_cost, registered_module, registered_operator
from complexity.tracing.ops.cost_rules import Work, as_product, name_of, operator_name, work_of
from complexity.tracing.ops.op_categories import LOOKUPS
from complexity.tracing.recording.call_log import Filed
from complexity.tracing.recording.module_index import Parts, parameters_of
from complexity.tracing.recording.records import (
    Scope,
    Sums,
    TracedCall,
    add_one,
    below,
    moved_by,
    packed_in,
    shapes_for_tensors,
    size_of,
    tensors_in,
    total_of,
    without_nested,
)
from formulas.core.cost import Cost

BACKWARD = "backward"
FAILED = "_failed_in"  # an attribute of exceptions: in which run, and in which layer
TAKING = frozenset(LOOKUPS)


class Recorder:
    """Files what ran under the layer that ran it. ``is_layer`` says which modules are rows.

    Hooks call ``enter`` and ``leave``; whoever sees the work (``dispatching``, ``answering``)
    reports operators to ``ran`` and ``did``, and functions that are one row to ``function``.
    """

    def __init__(self, model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> None:
        self.model = model
        self.is_layer = is_layer
        self.filed = Filed()
        self.coverage: Counter[str] = Counter()
        self.backward: Scope | None = None
        self._scopes = [Scope("", False)]
        self._handled: list[BaseException | None] = []  # what was being handled at each entry
        self._mark = object()  # on what was raised in this run
        self.entered: Counter[int] = Counter()  # how often each module began to run
        self._counted: set[int] = set()  # parameters that some row has already counted
        self.paused = 0  # how many analyses run inside of forward
        self._multiplies: list[Any] = []  # operators that run, whose ``mul`` is a product
        self.parts = Parts(model)

    @contextmanager
    def products(self, func: Any) -> Iterator[None]:
        """While this lasts, ``mul`` of two tensors counts as the product ``func`` of them."""
        self._multiplies.append(func)
        try:
            yield
        finally:
            self._multiplies.pop()

    @property
    def calls(self) -> list[TracedCall]:
        return self.filed.calls

    def __deepcopy__(self, _: Any) -> Recorder:
        """A layer that is copied in forward takes its hooks along, and they report here."""
        return self

    def ran(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> None:
        """An operator ran; what it cost is read off its tensors, or registered."""
        if id(out) in self.parts.tensors and name_of(func) == "add" and out.dim() == 0:
            return  # a counter of the model's own, such as a batch norm's steps
        if self._multiplies and name_of(func) == "mul" and len(tensors_in(args)) == 2:
            func, (args, out) = self._multiplies[-1], as_product(*args, out)
        formula = registered_operator(func)
        if formula is None:
            if any(isinstance(each, Tensor) and each.is_nested for each in args):
                args, out = without_nested(args), without_nested(out)
            work = work_of(func, args, out)
        else:
            said = as_cost(formula(out, *args, **kwargs))
            work = Work(said.macs, said.elementwise, said.activations)
        given = {name: value for name, value in kwargs.items() if name != "out"}
        inputs = tensors_in((args, given))
        self.did(func, args, inputs, tensors_in(out), work, formula is not None)

    def did(
        self,
        func: Any,
        args: tuple[Any, ...],
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        work: Work | None,
        registered: bool = False,
    ) -> None:
        """``func`` did ``work`` (None: nobody knows) on ``inputs``: for a layer, or on its own."""
        scope = self.running
        if work is None:
            self.coverage["unknown"] += 1
        else:
            self.coverage["counted" if work.macs or work.elementwise else "free"] += 1
        if scope.is_row:
            scope.registered |= registered
            if name_of(func) in TAKING:
                taken = work.elementwise if work is not None else 0  # by a bag, more than is left
                table = inputs[0] if inputs else outputs[0]
                scope.looked_up.append((table, taken or size_of(outputs[:1])))
            else:
                self._read(scope, inputs)
            scope.packed += packed_in(args)
            if work is None:
                add_one(scope.unknown, operator_name(func))
            else:
                scope.add(work)
        elif work is None or work.moves:
            self._operation(scope, func, args, inputs, outputs, work, registered)

    def answered(
        self, func: Any, args: tuple[Any, ...], inputs: tuple[Tensor, ...], out: Tensor
    ) -> Tensor:
        """``func`` would have run and given ``out``."""
        self.did(func, args, inputs, (out,), work_of(func, args, out))
        return out

    def _read(self, scope: Scope, inputs: Iterable[Tensor]) -> None:
        """Of what a row reads, the model's own tensors are its weights."""
        for tensor in inputs:
            if id(tensor) in self.parts.tensors:
                scope.read[id(tensor)] = tensor

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
        cost, sums, unknown = Cost(), Sums(), dict[str, int]()
        if work is None:
            add_one(unknown, operator_name(func))
        else:
            written = outputs[:1] if work.elementwise or work.macs else outputs
            reads, taken = inputs, list[tuple[Tensor, int]]()
            if reads and name in TAKING:  # of a table, what is taken is read
                reads, taken = inputs[1:], [(inputs[0], work.elementwise or size_of(written))]
            packed = packed_in(args)
            sums = moved_by(reads, taken, written, self.parts.tensors, packed)
            cost = Cost(0, work.macs, work.elementwise, work.activations, total_of(sums))
        shapes = shapes_for_tensors(args)
        self.filed.add(
            below(scope.path, name), name, func, shapes, inputs, outputs, cost, sums, unknown,
            registered,
        )  # fmt: skip

    def function(
        self,
        name: str,
        func: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        run: Callable[[], Any],
    ) -> Any:
        """A function that is one row, named ``name``: what happens while ``run`` runs."""
        outer = self._scopes[-1]
        if outer.is_row or self.backward:
            return run()
        inputs = tensors_in((*args, *kwargs.values()) if kwargs else args)
        scope = Scope(below(outer.path, name), True, inputs)
        self._scopes.append(scope)
        try:
            out = run()
        finally:
            self._scopes.pop()
        outputs = tensors_in(out)
        shapes = shapes_for_tensors((*args, kwargs))
        scope.read.clear()  # whatever it reads is given to it
        sums = scope.traffic(outputs, self.parts.tensors)
        self.filed.add(
            scope.path, name, func, shapes, inputs, outputs, scope.cost(sums), sums,
            scope.unknown, scope.registered,
        )  # fmt: skip
        return out

    def enter(self, module: nn.Module, args: Any) -> None:
        """Forward pre-hook: ``module`` begins to run."""
        if self.paused:
            return
        self._handled.append(sys.exc_info()[1])
        self.entered[id(module)] += 1
        outer = self._scopes[-1]
        paths = self.parts.paths.get(id(module))  # none where it was made in forward
        if paths is None or outer.is_row or self.backward:  # a layer's insides belong to it
            self._scopes.append(outer)
            return
        path = paths[0]
        if len(paths) > 1:
            path = next((p for p in paths if p.startswith(below(outer.path, ""))), path)
        with DisableTorchFunction():  # to look at a tensor is no operation of the model's
            is_row = self.is_layer(module) or registered_module(module) is not None
        self._scopes.append(Scope(path, is_row))

    def leave(self, module: nn.Module, args: Any, kwargs: Any, out: Any = None) -> None:
        """Forward hook: ``module`` has run, or has raised (then torch gives no output)."""
        if self.paused:
            return
        scope = self._scopes.pop()
        error = sys.exc_info()[1]
        if error is not self._handled.pop() and error is not None:
            if self.failed_in(error) is None:  # to keep it would keep its frames, and their tensors
                vars(error)[FAILED] = (self._mark, scope.path)
            return
        if scope.is_row and self._scopes[-1] is not scope and not self.backward:
            with DisableTorchFunction():
                self._layer(scope, module, args, kwargs, out)

    def _layer(self, scope: Scope, module: nn.Module, args: Any, kwargs: Any, out: Any) -> None:
        """A layer has run: its scope becomes a row."""
        params = [p for p in parameters_of(module) if id(p) not in self._counted]
        self._counted.update(map(id, params))
        scope.inputs = tensors_in((args, kwargs) if kwargs else args)
        outputs = tensors_in(out)
        sums = scope.traffic(outputs, self.parts.tensors)
        cost = scope.cost(sums, size_of(params))
        formula = registered_module(module)
        if formula is not None:
            said = as_cost(formula(module, out, *args, **kwargs))
            cost = replace(said, params=cost.params, memory_access=cost.memory_access)
            scope.unknown.clear()
        kind = type(module).__name__
        registered = scope.registered or formula is not None
        self.filed.add(
            scope.path or kind, kind, None, (), scope.inputs, outputs, cost, sums,
            scope.unknown, registered, module,
        )  # fmt: skip

    @property
    def running(self) -> Scope:
        """What runs now: a row, or a module between rows."""
        return self.backward or self._scopes[-1]

    def row_of(self, func: Any) -> str:
        """The row that ``func`` belongs to, or will be."""
        scope = self.running
        if scope.is_row:
            return scope.path or type(self.model).__name__
        return below(scope.path, name_of(func))

    def failed_in(self, error: BaseException) -> str | None:
        """The path of the innermost layer that ``error`` came out of."""
        mark, path = vars(error).get(FAILED, (None, None))
        return path if mark is self._mark else None

    def is_first(self, block: nn.Module, path: str, parts: frozenset[int]) -> bool:
        """Whether ``block`` runs now, as no row, for the first time, and so do all of its parts."""
        scope = self._scopes[-1]
        plain = scope.path == path and not scope.is_row and not self.backward
        return plain and self.entered[id(block)] == 1 and parts.isdisjoint(self.entered)

    def runs_of(self, modules: list[nn.Module]) -> list[int]:
        """How often each of them has begun to run."""
        return [self.entered[id(module)] for module in modules]

    def take_over(self, name: str, call: TracedCall) -> None:
        """File the call of a block that did not run, for it is equal to one that did."""
        if call.module is not None:
            self._counted.update(map(id, parameters_of(call.module)))
        self.filed.append(name, call)

    def uncounted_parameters(self) -> list[tuple[str, Tensor]]:
        """Parameters that no row holds: of containers, and of layers that did not run."""
        if self.parts.parameters.keys() <= self._counted:
            return []  # the usual case, without the walk
        return [(n, p) for n, p in self.model.named_parameters() if id(p) not in self._counted]
