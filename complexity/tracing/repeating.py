"""Identical blocks, run once: the others of a kind take over what the first one did.

Two blocks are identical where everything that a forward can see of them is: their classes, their
settings, the shapes of their tensors, and what they are fed. What cannot be compared (an object,
a hook, a tensor that is shared) is never taken to be equal: such a block runs. So does every block
once a random number has been drawn.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from ctypes import string_at
from dataclasses import dataclass
from functools import update_wrapper
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as hooks_of_all

from complexity.tracing.calls import PLAIN, TracedCall
from complexity.tracing.recorder import Recorder

STORES = tuple(name for name in vars(nn.Module()) if name != "training")
PARTS = frozenset((*STORES, "forward"))  # not a setting: "forward" is ours, see ``repeating``
VALUES = (int, float, bool, str, bytes, complex, type(None), torch.dtype, torch.Size, type)
ATOMS = frozenset(VALUES)
# Fewer blocks, or smaller ones, run as fast as they are compared: modules of a block, and blocks.
SMALLEST, FEWEST = 12, 4


class IncomparableError(Exception):
    """Something that cannot be compared."""


@contextmanager
def repeating(recorder: Recorder) -> Iterator[None]:
    """While this lasts, blocks that have an equal run once; every ``forward`` is put back."""
    with ExitStack() as stack:
        kinds = list(equals_in(recorder))
        before = randomness() if kinds else None
        for blocks in kinds:
            done: dict[Any, Done] = {}
            for block in blocks:
                vars(block)["forward"] = Block(block, recorder, done, before)
                stack.callback(vars(block).pop, "forward", None)
        yield


def equals_in(recorder: Recorder) -> Iterator[list[nn.Module]]:
    """Blocks with the same settings, in a model in which no module has two places."""
    if hooks_of_all._global_forward_hooks or hooks_of_all._global_forward_pre_hooks:
        return
    parts = recorder.parts
    kinds = Counter(map(type, parts.modules))
    alike: dict[Any, list[nn.Module]] = {}
    for block in parts.modules:
        if (
            kinds[type(block)] >= FEWEST
            and len(block._modules) > 1
            and "forward" not in vars(block)
        ):
            inside = parts.modules[parts.spans[id(block)]]
            if len(inside) >= SMALLEST:
                glance = [type(block), len(inside)]
                for each in inside:
                    for tensor in each._parameters.values():
                        glance.append(None if tensor is None else tensor.shape)
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
        yield from (same for same in equal.values() if len(same) >= FEWEST)


def tensors_of(module: nn.Module) -> list[Tensor]:
    """The module's own parameters and buffers."""
    stores = (module._parameters, module._buffers)
    return [tensor for store in stores for tensor in store.values() if tensor is not None]


@dataclass
class Done:
    """What the first block of a kind did: its calls from ``start`` to ``end``, and its result."""

    block: Block
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    out: Any
    start: int
    end: int
    coverage: Counter[str]
    settings: Any = None
    result: Any = None  # both are known when it is first asked for
    good: bool | None = None


class Block:
    """The ``forward`` of a block that has an equal."""

    def __init__(
        self, block: nn.Module, recorder: Recorder, done: dict[Any, Done], drawn: Any
    ) -> None:
        self.block = block
        self.run = block.forward
        self.recorder = recorder
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
            try:
                key = (*surroundings(), *fed(args, kwargs))
            except IncomparableError:
                return self.run(*args, **kwargs)
            done = self.done.get(key)
            if done is not None and self.may_repeat(done, key):
                return self.repeat(done, args, kwargs)
        start, coverage = len(recorder.calls), recorder.coverage.copy()
        out = self.run(*args, **kwargs)
        if done is None:
            coverage = Counter({n: c - coverage[n] for n, c in recorder.coverage.items()})
            self.done[key] = Done(self, args, kwargs, out, start, len(recorder.calls), coverage)
        return out

    def may_repeat(self, done: Done, key: Any) -> bool:
        """Whether the first block did nothing but what was recorded, and this one is as it was."""
        try:
            if done.good is None:
                done.good = False
                first, inside = done.block, f"{done.block.path}."
                calls = slice(done.start, done.end)
                done.good = (
                    self.recorder.is_once(first.block)
                    and (*surroundings(), *fed(done.args, done.kwargs)) == key
                    and randomness() == self.drawn
                    and not any(call.registered for call in self.recorder.calls[calls])
                    and all(name.startswith(inside) for name in self.recorder.names[calls])
                )
                done.settings = settings_of(first.modules)
                done.result = described(done.out, done.args, done.kwargs)
            return done.good and settings_of(self.modules) == done.settings
        except IncomparableError:
            return False

    def repeat(self, done: Done, args: Any, kwargs: Any) -> Any:
        """File what an equal block did as this one's, and give what it would give."""
        twins = dict(zip(map(id, done.block.modules), self.modules, strict=True))
        cut, recorder, calls = len(done.block.path), self.recorder, slice(done.start, done.end)
        for name, call in zip(recorder.names[calls], recorder.calls[calls], strict=True):
            repeated = object.__new__(TracedCall)  # many times faster than copy()
            vars(repeated).update(vars(call), name=self.path + call.name[cut:])
            repeated.unknown = dict(call.unknown)
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


def settings_of(modules: list[nn.Module]) -> tuple[Any, ...]:
    """Everything that ``forward`` may ask of a block and its parts, as values."""
    return tuple(map(own_settings, modules))


def own_settings(module: nn.Module) -> tuple[Any, ...]:
    """What ``forward`` may ask of one module, but for the modules inside it."""
    if len(module._forward_hooks) != 1 or len(module._forward_pre_hooks) != 1:
        raise IncomparableError  # another hook than ours
    found: list[Any] = [type(module), *module._modules]
    for name, value in vars(module).items():
        if name not in PARTS:
            found += (name, value if type(value) in ATOMS else value_of(value), type(value))
    if not isinstance(vars(module).get("forward"), (Block, type(None))):
        raise IncomparableError
    for store in (module._parameters, module._buffers):
        for name, tensor in store.items():
            if tensor is not None:
                found += (name, sides_of(tensor))
    return tuple(found)


def value_of(value: Any) -> Any:
    """A setting that equals another one only where it is the same in kind and in content."""
    kind = type(value)
    if kind in VALUES:
        return kind, value
    if kind in (tuple, list):
        return kind, tuple(map(value_of, value))
    if kind in (dict, OrderedDict):
        return kind, tuple((value_of(key), value_of(each)) for key, each in value.items())
    if kind is BuiltinFunctionType or (kind is FunctionType and value.__closure__ is None):
        return kind, id(value)
    if kind is Tensor:
        return sides_of(value)
    raise IncomparableError


def sides_of(tensor: Tensor) -> tuple[Any, ...]:
    """What shapes tell of a plain tensor on meta."""
    if type(tensor) not in PLAIN or not tensor.is_meta or vars(tensor):
        raise IncomparableError
    return type(tensor), tensor.dtype, tensor.shape, tensor.stride(), tensor.storage_offset()


def fed(args: Any, kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments as values; tensors that share memory are told from those that do not."""
    known: dict[int, int] = {}
    found: list[Any] = [len(args), *kwargs]
    for each in (*args, *kwargs.values()):
        if isinstance(each, Tensor):
            memory = known.setdefault(memory_of(each), len(known))
            found.append((sides_of(each), memory))
        else:
            found.append(value_of(each))
    if len(known) != len({id(t) for t in tensors_among(args, kwargs)}):
        raise IncomparableError
    return tuple(found)


def tensors_among(args: Any, kwargs: dict[str, Any]) -> Iterator[Tensor]:
    """Tensors among the arguments; inside of lists there are none, ``fed`` has seen to that."""
    return (each for each in (*args, *kwargs.values()) if isinstance(each, Tensor))


def memory_of(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


def described(out: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    """A result: which argument it is, or the shape of a new tensor; or a tuple of those."""
    given = list(tensors_among(args, kwargs))
    taken = {memory_of(tensor) for tensor in given}

    def one(value: Any) -> Any:
        if type(value) is tuple:
            return tuple(map(one, value))
        if type(value) in VALUES:
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


def surroundings() -> tuple[Any, ...]:
    """Modes of torch's that change what a forward does."""
    return (
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_autocast_enabled("cpu"),
        torch._C._len_torch_function_stack(),
        torch._C._len_torch_dispatch_stack(),
        torch._C._functorch.peek_interpreter_stack() is None,
    )


def randomness() -> tuple[Any, ...]:
    """Where random numbers are: a block that draws any is not repeated."""
    state = torch.default_generator.get_state()
    drawn = string_at(state.data_ptr(), state.numel())
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return random.getstate(), drawn
    kind, keys, position, *rest = numpy.random.get_state()
    return random.getstate(), drawn, kind, keys.tobytes(), position, *rest
