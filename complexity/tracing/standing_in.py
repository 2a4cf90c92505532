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

from complexity.tracing.calls import PLAIN

if TYPE_CHECKING:
    from torch._subclasses.fake_tensor import FakeTensorMode

NOTHING: dict[str, Any] = {}
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
        self._lent: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self._undo: list[Callable[[], Any]] = []
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
        if kind is tuple or (hasattr(kind, "_fields") and isinstance(value, tuple)):
            parts = [self.of(each) for each in value]
            if all(new is old for new, old in zip(parts, value, strict=True)):
                return value
            return kind(parts) if kind is tuple else kind(*parts)
        if isinstance(value, (torch.Generator, random.Random)) or is_numpys(value):
            return self._keep(value, self._drawing(value))
        if isinstance(value, (list, dict)):  # of a class of its own: what it holds is put back
            self._keep_filled(value)
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
                    attributes[name] = stand_in

    def remember(self, attributes: dict[str, Any]) -> dict[str, Any]:
        """What a dict holds now, and will hold again."""
        original = attributes.copy() if attributes else NOTHING
        self._lent.append((attributes, original))
        return original

    def give_back(self) -> None:
        """Every dict as it was, the last lent first."""
        for store, original in reversed(self._lent):
            if store or original:
                restore(store, original)
        for undo in reversed(self._undo):
            undo()

    def _drawing(self, value: Any) -> Any:
        """A generator of random numbers goes on from where it was; an array is copied."""
        if isinstance(value, torch.Generator):
            self._undo.append(partial(value.set_state, value.get_state()))
        elif isinstance(value, random.Random):
            self._undo.append(partial(value.setstate, value.getstate()))
        elif hasattr(value, "bit_generator"):
            drawn = value.bit_generator
            self._undo.append(partial(setattr, drawn, "state", drawn.state))
        elif hasattr(value, "set_state"):
            self._undo.append(partial(value.set_state, value.get_state()))
        else:
            return value.copy()
        return value

    def _keep_filled(self, value: Any) -> None:
        self._keep(value, value)
        if isinstance(value, dict):
            self.lend(value)
        else:
            self._undo.append(partial(value.__setitem__, slice(None), list(value)))
            value[:] = [self.of(each) for each in value]

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
        return fake.from_tensor(tensor.detach()) if fake else tensor.detach().to("meta")
    return tensor.detach().clone()


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


def restore(store: dict[str, Any], original: dict[str, Any]) -> None:
    """Make ``store`` hold what it held, and in the same order."""
    if (
        len(store) == len(original)
        and all(map(is_, store.values(), original.values()))
        and all(map(is_, store, original))
    ):
        return
    store.clear()
    store.update(original)
