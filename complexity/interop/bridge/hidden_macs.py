"""What runs inside of a ``torch.autograd.Function``, into which torch.jit cannot look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.autograd import Function
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.interop.bridge.call_trace import kept
from complexity.interop.bridge.counter_rules import Steps
from complexity.tracing.ops.cost_rules import work_of

HIDDEN = "{}: a function that it cannot look into"


class Within(TorchDispatchMode):
    """Adds up the MACs of what runs while a function is ``running``, by the outermost one."""

    def __init__(self, running: list[str]) -> None:
        super().__init__()
        self.running = running
        self.macs = Counter[str]()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        work = work_of(func, args, out) if self.running else None
        if work:
            self.macs[self.running[0]] += work.macs
        return out


@contextmanager
def applied() -> Iterator[list[str]]:
    """The names of the functions that are running, the outermost first."""
    running: list[str] = []
    apply = vars(Function)["apply"]

    def noted(cls: Any, *args: Any, **kwargs: Any) -> Any:
        running.append(cls.__name__)
        try:
            return apply.__get__(None, cls)(*args, **kwargs)
        finally:
            running.pop()

    with kept([(Function, "apply")]):
        Function.apply = classmethod(noted)  # type: ignore[method-assign,assignment]
        yield running


def hidden_steps(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Steps:
    """What a counter of a torch.jit graph leaves out of a borrowed model for its functions."""
    with applied() as running, Within(running) as within:
        model(*args, **kwargs)
    return [(HIDDEN.format(name), -macs) for name, macs in within.macs.items()]
