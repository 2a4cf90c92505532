"""Identical blocks, run once: the others of a kind take over what the first one did.

Two blocks are identical where everything that a forward can see of them is: their classes, their
settings, the shapes of their tensors, and what they are fed. What cannot be compared (an object,
a hook, a tensor that is shared) is never taken to be equal: such a block runs. So does every block
once a random number has been drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import update_wrapper
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks_of_all

from complexity.tracing.engines.fingerprint import (
    ATOMS,
    IncomparableError,
    fed,
    memory_of,
    randomness,
    settings_of,
    sides_of,
    surroundings,
    tensors_among,
)
from complexity.tracing.recording.recorder import Recorder
from complexity.tracing.recording.records import TracedCall

# Fewer blocks, or smaller ones, run as fast as they are compared: modules of a block, and blocks.
SMALLEST, FEWEST = 12, 4


@contextmanager
def repeating(recorder: Recorder) -> Iterator[None]:
    """While this lasts, blocks that have an equal run once; every ``forward`` is put back."""
    with ExitStack() as stack:
        kinds = dict(equals_in(recorder))
        before = randomness() if kinds else None
        for settings, blocks in kinds.items():
            done: dict[Any, Done] = {}
            for block in blocks:
                vars(block)["forward"] = Block(block, recorder, settings, done, before)
                stack.callback(vars(block).pop, "forward", None)
        yield


def equals_in(recorder: Recorder) -> Iterator[tuple[Any, list[nn.Module]]]:
    """Blocks by their settings, in a model in which no module has two places."""
    if hooks_of_all._global_forward_hooks or hooks_of_all._global_forward_pre_hooks:
        return
    parts = recorder.parts
    kinds = Counter(map(type, parts.modules))
    alike: dict[tuple[Any, ...], list[nn.Module]] = {}
    for block in parts.modules:
        span = parts.spans[id(block)]
        if kinds[type(block)] < FEWEST or span.stop - span.start < SMALLEST:
            continue
        glance: list[Any] = [type(block), span.stop - span.start]
        for each in parts.modules[span]:
            glance += (tensor.shape for tensor in each._parameters.values() if tensor is not None)
        alike.setdefault(tuple(glance), []).append(block)
    groups = [group for group in alike.values() if len(group) >= FEWEST]
    if not groups or any(len(paths) > 1 for paths in parts.paths.values()):
        return
    owners = Counter(id(tensor) for module in parts.modules for tensor in tensors_of(module))
    for group in groups:
        equal: dict[Any, list[nn.Module]] = {}
        for block in group:
            inside = parts.modules[parts.spans[id(block)]]
            if all(owners[id(tensor)] == 1 for each in inside for tensor in tensors_of(each)):
                with suppress(IncomparableError):
                    equal.setdefault(settings_of(inside), []).append(block)
        yield from (each for each in equal.items() if len(each[1]) >= FEWEST)


def tensors_of(module: nn.Module) -> list[Tensor]:
    """The module's own parameters and buffers."""
    stores = (module._parameters, module._buffers)
    return [tensor for store in stores for tensor in store.values() if tensor is not None]


@dataclass
class Done:
    """What the first block of a kind did: its calls, by their place, and its result."""

    block: Block
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: Any
    calls: slice
    coverage: Counter[str]
    runs: list[int]
    good: bool | None = None  # asked, and made ready, when an equal block comes
    ready: list[tuple[str, TracedCall]] = field(default_factory=list)
    result: Any = None


class Block:
    """The ``forward`` of a block that has an equal."""

    repeats = True

    def __init__(
        self, block: nn.Module, recorder: Recorder, settings: Any, done: dict[Any, Done], drawn: Any
    ) -> None:
        self.block = block
        self.run = block.forward
        self.recorder = recorder
        self.settings = settings
        self.done = done
        self.drawn = drawn
        self.path = recorder.parts.paths[id(block)][0]
        self.modules = recorder.parts.modules[recorder.parts.spans[id(block)]]
        self.parts = frozenset(map(id, self.modules[1:]))
        update_wrapper(self, self.run)  # whoever asks for its arguments is told

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """A copy of the block has a forward of its own."""
        return MethodType(type(self.block).forward, memo[id(self.block)])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        recorder = self.recorder
        if not recorder.is_first(self.block, self.path, self.parts):
            return self.run(*args, **kwargs)
        with torch._C.DisableTorchFunction():  # to look at a tensor is no operation of the model's
            key = seen(args, kwargs)
            done = self.done.get(key)
            if done is not None and self.may_repeat(done, key):
                return self.repeat(done, args, kwargs)
        start, coverage = len(recorder.calls), recorder.coverage.copy()
        out = self.run(*args, **kwargs)
        if done is None and key is not None:
            calls = slice(start, len(recorder.calls))
            coverage = recorder.coverage - coverage
            runs = recorder.runs_of(self.modules)
            self.done[key] = Done(self, args, kwargs, out, calls, coverage, runs)
        return out

    def may_repeat(self, done: Done, key: Any) -> bool:
        """Whether the first block did nothing but what was recorded, and this one is as it was."""
        if done.good is None:
            with suppress(IncomparableError):
                done.good = False
                done.good = self.is_all(done, key)
        with suppress(IncomparableError):
            return bool(done.good) and settings_of(self.modules) == self.settings
        return False

    def is_all(self, done: Done, key: Any) -> bool:
        """Whether ``done`` tells all that the first block did; then it is made ready."""
        first, recorder = done.block, self.recorder
        inside = f"{first.path}."
        names, calls = recorder.filed.names[done.calls], recorder.calls[done.calls]
        done.result = described(done.out, done.args, done.kwargs)
        done.ready = [(name, as_now(call)) for name, call in zip(names, calls, strict=True)]
        return (
            recorder.runs_of(first.modules) == done.runs
            and settings_of(first.modules) == self.settings
            and seen(done.args, done.kwargs) == key
            and randomness() == self.drawn
            and not any(call.registered for call in calls)
            and all(name.startswith(inside) for name in names)
        )

    def repeat(self, done: Done, args: Any, kwargs: Any) -> Any:
        """File what an equal block did as this one's, and give what it would give."""
        twins = dict(zip(map(id, done.block.modules), self.modules, strict=True))
        cut, recorder = len(done.block.path), self.recorder
        for name, call in done.ready:
            repeated = as_now(call)
            repeated.name = self.path + call.name[cut:]
            if call.module is not None:
                repeated.module = twins[id(call.module)]
            recorder.take_over(self.path + name[cut:], repeated)
        recorder.coverage.update(done.coverage)
        recorder.entered.update(self.parts)
        unseen = torch._C._DisableTorchDispatch()
        try:
            return remade(done.result, tuple(tensors_among(args, kwargs)))
        finally:
            del unseen


def seen(args: Any, kwargs: dict[str, Any]) -> Any:
    """What a block is fed, and in which surroundings; None where it cannot be compared."""
    with suppress(IncomparableError):
        return *surroundings(), *fed(args, kwargs)
    return None


def as_now(call: TracedCall) -> TracedCall:
    """A copy, which later runs of the layer do not change; many times faster than ``copy``."""
    other = object.__new__(TracedCall)
    vars(other).update(vars(call), unknown=dict(call.unknown))
    return other


def described(out: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """A result: which argument it is, or the shape of a new tensor; or a tuple of those."""
    given = list(tensors_among(args, kwargs))
    taken = {memory_of(tensor) for tensor in given}

    def one(value: Any) -> Any:
        if type(value) is tuple:
            return tuple(map(one, value))
        if type(value) in ATOMS:
            return [value]
        for place, tensor in enumerate(given):
            if value is tensor:
                return place
        if type(value) is not Tensor or memory_of(value) in taken:
            raise IncomparableError  # a view of what was given, or of another result
        taken.add(memory_of(value))
        sides_of(value)
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")

    return one(out)


def remade(result: Any, given: tuple[Tensor, ...]) -> Any:
    """A result like ``result``, of other arguments."""
    if type(result) is tuple:
        return tuple(remade(each, given) for each in result)
    if type(result) is list:
        return result[0]
    if type(result) is int:
        return given[result]
    like = {"dtype": result.dtype, "device": "meta"}
    return torch.empty_strided(result.shape, result.stride(), **like)
