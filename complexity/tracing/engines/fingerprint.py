"""What a forward can see of a block, as a value: two blocks with equal values do the same."""

from __future__ import annotations

import dis
import random
import sys
from collections import OrderedDict, deque
from collections.abc import Iterator
from ctypes import string_at
from functools import lru_cache
from types import BuiltinFunctionType, CodeType, FunctionType
from typing import Any

import torch
from torch import Tensor, nn

from complexity.tracing.recording.records import PLAIN, tensors_in

STORES = tuple(name for name in vars(nn.Module()) if name != "training")
PARTS = frozenset((*STORES, "forward"))  # "forward" is looked at on its own
VALUES = (int, float, bool, str, bytes, complex, type(None), torch.dtype, torch.Size, type)
ATOMS = frozenset(VALUES)
MUTABLE = (list, dict, set, deque, Tensor, nn.Module)


class IncomparableError(Exception):
    """Something that cannot be compared."""


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
    own = vars(module).get("forward")
    if reaches_out(type(module)) or not (own is None or hasattr(own, "repeats")):
        raise IncomparableError  # what it does is not its class's forward, or not all of it
    for store in (module._parameters, module._buffers):
        for name, tensor in store.items():
            if tensor is not None:
                found += (name, sides_of(tensor))
    return tuple(found)


@lru_cache(1024)
def reaches_out(kind: type[nn.Module]) -> bool:
    """Whether methods of ``kind`` may change what is not the module's: a global, a closure, or
    something that its class keeps. torch's own do not."""
    for base in kind.__mro__[: kind.__mro__.index(nn.Module)]:
        if base.__module__.startswith("torch.nn."):
            continue
        for name, value in vars(base).items():
            if isinstance(value, MUTABLE) and not name.startswith("__"):
                return True
            if isinstance(value, FunctionType) and name != "__init__" and changes(value):
                return True
    return False


def changes(method: FunctionType) -> bool:
    """Whether a method writes a global, or speaks of something outside that can be changed."""
    for cell in method.__closure__ or ():
        if not isinstance(cell.cell_contents, (type, FunctionType)):
            return True
    codes = [method.__code__]
    for code in codes:
        codes += (each for each in code.co_consts if isinstance(each, CodeType))
        if any(isinstance(method.__globals__.get(name), MUTABLE) for name in code.co_names):
            return True
        if any(step.opname == "STORE_GLOBAL" for step in dis.get_instructions(code)):
            return True
    return False


def value_of(value: Any) -> Any:
    """A setting that equals another one only where it is the same in kind and in content."""
    kind = type(value)
    if kind in ATOMS:
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
        elif tensors_in(each):
            raise IncomparableError  # inside a list, with nobody to tell what shares memory
        else:
            found.append(value_of(each))
    if len(known) != len({id(t) for t in tensors_among(args, kwargs)}):
        raise IncomparableError
    return tuple(found)


def tensors_among(args: Any, kwargs: dict[str, Any]) -> Iterator[Tensor]:
    """Tensors among the arguments; ``fed`` refuses those inside of lists."""
    return (each for each in (*args, *kwargs.values()) if isinstance(each, Tensor))


def memory_of(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata


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
