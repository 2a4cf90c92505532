"""What a counter that listens to a model sees: modules that are called, functions by name."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.ops.cost_rules import work_of
from complexity.tracing.recording.records import shapes_for_tensors


@dataclass(frozen=True)
class Visit:
    """One call of a module: what it was given by position and what it gave, shapes for tensors."""

    module: nn.Module
    inputs: tuple[Any, ...]
    output: Any


@dataclass(frozen=True)
class Spoken:
    """One call of a function by its name; ``inside`` are the modules that were running."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    inside: tuple[nn.Module, ...]


@dataclass(frozen=True)
class Executed:
    """One run of an operator on shapes; ``macs`` are those that it really has, by our rules."""

    name: str
    args: tuple[Any, ...]
    output: Any
    macs: int


@dataclass
class Seen:
    """All that was seen, in order; ``given`` is what the model itself got by position."""

    given: tuple[Any, ...] = ()
    visits: list[Visit] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    executed: list[Executed] = field(default_factory=list)

    @property
    def macs(self) -> int:
        """The MACs of all operators that were seen."""
        return sum(call.macs for call in self.executed)

    def of(self, module: nn.Module) -> list[Visit]:
        return [visit for visit in self.visits if visit.module is module]


def visited(
    model: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    functions: Sequence[tuple[Any, str]] = (),
    operators: bool = False,
) -> Seen:
    """Run a borrowed model as it is, and write down its calls.

    ``functions`` are attributes, such as ``(torch, "matmul")``, whose calls by that name are
    written down too; what calls past the name is not, and this is how such a counter sees it. With
    ``operators`` so is every operator that torch executes; hooks are then on the model's children
    alone, as such a counter has them, since torch fuses no encoder layer that has a hook.
    """
    seen, running = Seen(shapes_for_tensors(args)), []

    def enter(module: nn.Module, _: Any) -> None:
        running.append(module)

    def leave(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        running.pop()
        seen.visits.append(Visit(module, shapes_for_tensors(inputs), shapes_for_tensors(output)))

    def speak(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        shapes = shapes_for_tensors(args), shapes_for_tensors(kwargs)
        seen.spoken.append(Spoken(name, *shapes, tuple(running)))

    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")  # the model's own, and torch's of its kernels
        for module in model.children() if operators else model.modules():
            stack.callback(module.register_forward_pre_hook(enter).remove)
            stack.callback(module.register_forward_hook(leave).remove)
        stack.enter_context(overheard(functions, speak))
        if operators:
            stack.enter_context(Watching(seen.executed))
        model(*args, **kwargs)
    return seen


class Watching(TorchDispatchMode):
    """Writes down every operator that comes."""

    def __init__(self, executed: list[Executed]) -> None:
        super().__init__()
        self.executed = executed

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        work = work_of(func, args, out)
        shapes = shapes_for_tensors(args), shapes_for_tensors(out)
        name = func._overloadpacket.__name__
        self.executed.append(Executed(name, *shapes, work.macs if work else 0))
        return out


@contextmanager
def overheard(
    functions: Sequence[tuple[Any, str]],
    speak: Callable[[str, tuple[Any, ...], dict[str, Any]], None],
) -> Iterator[None]:
    """Calls of attributes are told to ``speak`` before they run; the attributes are put back."""

    def telling(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function, updated=())
        def told(*args: Any, **kwargs: Any) -> Any:
            speak(name, args, kwargs)
            return function(*args, **kwargs)

        return told

    with kept(functions):
        for owner, name in functions:
            setattr(owner, name, telling(name, getattr(owner, name)))
        yield


@contextmanager
def kept(functions: Sequence[tuple[Any, str]]) -> Iterator[None]:
    """Attributes that may be replaced are put back; what a class inherits, it inherits again."""
    found = [(owner, name, vars(owner).get(name)) for owner, name in functions]
    try:
        yield
    finally:
        for owner, name, own in found:
            if own is not None:
                setattr(owner, name, own)
            elif name in vars(owner):
                delattr(owner, name)
