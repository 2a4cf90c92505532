"""The calls of a run in their order, each under the name of what ran."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from complexity.tracing.recording.records import Sums, TracedCall, shape_of
from formulas.core.cost import Cost


class Filed:
    """``calls``, and their ``names`` before runs that differ were numbered."""

    def __init__(self) -> None:
        self.calls: list[TracedCall] = []
        self.names: list[str] = []
        self._runs: dict[str, list[TracedCall]] = {}

    def add(
        self,
        name: str,
        operation: str,
        operator: Any,
        arguments: tuple[Any, ...],
        inputs: tuple[Tensor, ...],
        outputs: tuple[Tensor, ...],
        cost: Cost,
        sums: Sums,
        unknown: dict[str, int],
        registered: bool,
        module: nn.Module | None = None,
    ) -> None:
        """Keep a call under its name: with runs that are alike, with others as ``#2``, ``#3``."""
        call = TracedCall(
            name=name,
            module=module,
            operation=operation,
            operator=operator,
            arguments=arguments,
            in_shapes=tuple(map(shape_of, inputs)),
            out_shape=shape_of(outputs[0]) if outputs else (),
            cost=cost,
            dtypes=tuple(tensor.dtype for tensor in inputs),
            transformed=torch._C._functorch.peek_interpreter_stack() is not None,
            unknown=unknown,
            registered=registered,
            sums=sums,
        )
        runs = self._runs.get(name, ())
        for earlier in runs:
            if earlier.is_like(call):
                earlier.take_in(call)
                return
        if runs:
            call.name = f"{name}#{len(runs) + 1}"
        self.append(name, call)

    def append(self, name: str, call: TracedCall) -> None:
        """Keep a call that is like no other under its name."""
        self._runs.setdefault(name, []).append(call)
        self.names.append(name)
        self.calls.append(call)
