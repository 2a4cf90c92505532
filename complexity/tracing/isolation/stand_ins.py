"""What takes a value's place during a run, so that nothing is written into the user's own."""

from __future__ import annotations

import random
import sys
from collections import Counter, OrderedDict, UserDict, defaultdict, deque
from collections.abc import Callable, Container
from contextlib import nullcontext
from functools import partial
from operator import is_
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from complexity.errors import ModelError
from complexity.tracing.isolation.containers import (
    CONTAINERS,
    contents,
    restore,
    values_in,
    write,
)
from complexity.tracing.recording.records import PLAIN

if TYPE_CHECKING:
    from torch._subclasses.fake_tensor import FakeTensorMode

# Attributes of every module that hold its parts; they are swapped one by one, not as a nest.
STORES = frozenset(vars(nn.Module()))
# Values that hold nothing: most attributes are of these, and are passed over quickly.
ATOMS = frozenset(
    (int, float, bool, str, bytes, complex, type(None), type, FunctionType, MethodType, ModuleType,
     torch.dtype, torch.device, torch.Size)
)  # fmt: skip
HOLDERS = (
    SimpleNamespace,
    UserDict,
)  # of the standard library, whose other objects stay as they are


class StandIns:
    """One stand-in for each tensor, container and object, on ``device``.

    Tensors are replaced by meta tensors without storage or by copies, lists, dicts and their like
    by copies. Other objects stay, but their attributes are replaced until ``give_back``. Without
    ``grad``, tensors that are on meta already stay: nothing can be written there. With ``fake``
    tensors only say that they are on ``device``, and have no storage either.
    """

    def __init__(self, device: str, grad: bool, fake: FakeTensorMode | None = None) -> None:
        self.device = device
        self.grad = grad
        self.fake = fake
        self._undo: list[tuple[Callable[..., Any], Any, Any]] = []  # function, its two arguments
        self._made: dict[int, tuple[Any, Any]] = {}  # with the original, so that its id stays its

    def of(self, value: Any) -> Any:
        """What stands in for ``value``; the value itself where it holds nothing."""
        kind = type(value)
        if kind in ATOMS:
            return value
        if id(value) in self._made:
            return self._made[id(value)][1]
        if isinstance(value, Tensor):
            return self._keep(value, self._tensor(value))
        if kind in (list, deque, set):
            return self._filled(value, kind())
        if kind in (dict, OrderedDict, defaultdict, Counter):
            copied = self._keep(value, value.copy())
            copied.update({key: self.of(each) for key, each in value.items()})
            return copied
        if isinstance(value, PackedSequence):  # how long its sequences are is known on CPU alone
            parts = (self.of(value.data), value.batch_sizes, *map(self.of, value[2:]))
            return PackedSequence(*parts)
        if isinstance(value, (tuple, frozenset)):
            return self._rebuilt(value)
        if isinstance(value, (torch.Generator, random.Random)) or is_numpys(value):
            return self._keep(value, self._drawing(value))
        if isinstance(value, CONTAINERS):  # of a class of its own: its contents are put back
            self._keep(value, value)
            original = contents(value)
            self._undo.append((restore, value, original))
            write(value, original, [self.of(each) for each in values_in(original)])
        if is_open(value):
            self._keep(value, value)
            self.lend(vars(value))
        return value

    def lend(self, attributes: dict[str, Any], without: Container[str] = ()) -> None:
        """Replace the values of a dict that stays where it is, but for some names."""
        original = self.remember(attributes)
        for name, value in original.items():
            if type(value) not in ATOMS and name not in without:
                stand_in = self.of(value)
                if stand_in is not value:
                    dict.__setitem__(attributes, name, stand_in)

    def lend_module(self, module: nn.Module) -> None:
        """Replace the attributes of ``module``, and remember the dict that holds them."""
        attributes = vars(module)
        self._undo.append((restore_attributes, module, attributes))
        self.lend(attributes, without=STORES)

    def remember(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """The contents of a dict now, which ``give_back`` restores."""
        original = contents(attributes)
        self._undo.append((restore, attributes, original))
        return original

    def give_back(self) -> None:
        """Restore everything, in reverse order.

        A step that fails does not keep the others from running: the first error is raised at the
        end.

        Raises
        ------
        ModelError
            If something refused to be restored.
        """
        failed: BaseException | None = None
        while self._undo:
            undo, *arguments = self._undo.pop()
            try:
                undo(*arguments)
            except BaseException as error:
                failed = failed or error
        if isinstance(failed, Exception):
            said = f"{type(failed).__name__}: {failed}"
            raise ModelError(f"a value of the model could not be put back: {said}") from failed
        if failed is not None:
            raise failed

    def _drawing(self, value: Any) -> Any:
        """A generator of random numbers goes on from where it was; an array is copied."""
        if isinstance(value, torch.Generator):
            self._undo.append((torch.Generator.set_state, value, value.get_state()))
        elif isinstance(value, random.Random):
            self._undo.append((random.Random.setstate, value, value.getstate()))
        elif hasattr(value, "bit_generator"):
            drawn = value.bit_generator
            self._undo.append((partial(setattr, drawn), "state", drawn.state))
        elif hasattr(value, "set_state"):
            self._undo.append((type(value).set_state, value, value.get_state()))
        else:
            return value.copy()
        return value

    def _rebuilt(self, value: Any) -> Any:
        """A tuple or frozen set of the same class, or ``value`` itself if nothing in it changes."""
        kind, old = type(value), list(value)
        parts = [self.of(each) for each in old]
        if all(map(is_, parts, old)):
            return value
        if kind in (tuple, frozenset) or hasattr(kind, "n_sequence_fields"):  # torch.return_types
            return kind(parts)
        base = tuple if isinstance(value, tuple) else frozenset
        rebuilt = base.__new__(kind, parts)  # a class may demand other arguments, or check them
        if getattr(value, "__dict__", None):
            vars(rebuilt).update(vars(value))
        return rebuilt

    def _keep(self, value: Any, stand_in: Any) -> Any:
        self._made[id(value)] = (value, stand_in)
        return stand_in

    def _filled(self, value: Any, empty: Any) -> Any:
        copied = self._keep(value, empty)
        add = copied.add if isinstance(copied, set) else copied.append
        for each in value:
            add(self.of(each))
        return copied

    def _tensor(self, tensor: Tensor) -> Tensor:
        if tensor.is_meta and not (self.grad or self.fake or tensor.is_inference()):
            return tensor
        shadow = shadow_of(tensor, self.device, self.fake)
        if isinstance(tensor, nn.Parameter):
            return nn.Parameter(shadow, tensor.requires_grad)
        return shadow.requires_grad_(self.grad and tensor.requires_grad and tensor.is_leaf)


def shadow_of(tensor: Tensor, device: str, fake: FakeTensorMode | None = None) -> Tensor:
    """Without storage on meta or where ``fake``, a copy elsewhere; with no history either way."""
    plain = type(tensor) in PLAIN and tensor.layout is torch.strided
    if fake or device == "meta" or tensor.is_meta:
        if plain and not tensor.is_quantized and not tensor.is_nested:
            like = {"dtype": tensor.dtype, "device": device if fake else "meta"}
            with fake or nullcontext():
                return torch.empty_strided(tensor.shape, tensor.stride(), **like)
        try:
            return fake.from_tensor(tensor.detach()) if fake else tensor.detach().to("meta")
        except (AssertionError, RuntimeError, TypeError) as error:
            where = "fake" if fake else "on the meta device"
            raise ModelError(f"{kind_of(tensor)} cannot be {where}") from error
    return tensor.detach().clone()


def kind_of(tensor: Tensor) -> str:
    """``"a quantised tensor"``: a tensor by what keeps it from being a plain one."""
    if tensor.is_nested:
        return f"a nested tensor of layout {str(tensor.layout).removeprefix('torch.')}"
    if tensor.is_quantized:
        return "a quantised tensor"
    if tensor.layout is not torch.strided:
        return f"a tensor of layout {str(tensor.layout).removeprefix('torch.')}"
    return f"a tensor of class {type(tensor).__name__}"


def is_numpys(value: Any) -> bool:
    """Whether it is an array or a generator of NumPy's, which need not be installed."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return False
    return isinstance(value, (numpy.ndarray, numpy.random.Generator, numpy.random.RandomState))


def is_open(value: Any) -> bool:
    """Whether it is an object of the user's or a library's, with attributes to be written."""
    if isinstance(value, (nn.Module, type)) or not isinstance(
        getattr(value, "__dict__", None), dict
    ):
        return False
    home = type(value).__module__.partition(".")[0]
    return home not in sys.stdlib_module_names or isinstance(value, HOLDERS)


def restore_attributes(module: nn.Module, attributes: dict[str, Any]) -> None:
    """Give ``module`` the dict of its attributes back, which forward may have replaced."""
    if vars(module) is not attributes:
        object.__setattr__(module, "__dict__", attributes)
