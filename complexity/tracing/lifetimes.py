"""How much memory the tensors of a run take, from when they are made until they are freed."""

from __future__ import annotations

import importlib
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.calls import name_of_dtype, stored, tensors_in
from complexity.tracing.operators import name_of
from complexity.tracing.recorder import Recorder
from formulas.traffic import sizes_as

FUSED = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default
FUSED_TYPES = (torch.float32, torch.float64, torch.bfloat16, torch.float16)
NORMS = ("native_batch_norm", "_native_batch_norm_legit")


@dataclass(frozen=True)
class Peak:
    """What a run holds at the moment when it holds most, in bytes; ``at`` is where that is.

    ``inputs`` and ``weights`` (buffers included) are there all the time. ``activations`` are
    whatever the run made and somebody still holds, ``gradients`` those of parameters;
    ``trainable`` are the bytes of all parameters that learn.
    """

    inputs: int
    weights: int
    activations: int
    gradients: int
    at: str
    trainable: int


class Lifetimes(TorchDispatchMode):
    """Sees which storages operators make, and when nobody holds them any more.

    Views, and results in place, share a storage, which counts once. What was there before the run
    does not count. With ``dtype`` floating numbers weigh as if they had this type.
    """

    def __init__(self, dtype: str | None = None) -> None:
        super().__init__()
        self.dtype = dtype
        self.bytes_of = sizes_as(dtype)
        self.where: Callable[[Any], str] = name_of
        self.held = 0
        self.gradients = 0
        self.most = (0, 0, "")  # held, gradients, and where
        self._sizes: dict[int, int] = {}  # of what the run made and holds, by its address
        self._watched: dict[int, weakref.ref[Any]] = {}

    def attach(self, recorder: Recorder) -> None:
        """``recorder`` says where things run, and its parameters when a gradient is complete."""
        self.where = recorder.row_of
        for parameter in recorder.parts.parameters.values():
            if parameter.requires_grad:
                parameter.register_post_accumulate_grad_hook(self.keep_gradient)

    def size(self, tensor: Tensor, stored: int) -> int:
        """Bytes of ``stored`` ones, as if in the type that was asked for."""
        if self.dtype is None or not tensor.is_floating_point():
            return stored
        return stored // tensor.element_size() * self.bytes_of[name_of_dtype(tensor.dtype)]

    def sizes(self, tensors: Iterable[Tensor]) -> int:
        """Bytes of different tensors."""
        found = {id(each): each for each in tensors}
        return sum(self.size(t, t.numel() * t.element_size()) for t in found.values())

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        self._meet(tensors_in((args, kwargs)), made=False)
        out = func(*args, **kwargs)
        outputs = tensors_in(out)
        if name_of(func) in NORMS and out[0].is_meta and not args[5]:
            outputs = outputs[:1]  # at inference the CPU makes no statistics
        self._meet(outputs, made=True)
        if self.held + self.gradients > sum(self.most[:2]):
            self.most = (self.held, self.gradients, self.where(func))
        return out

    def _meet(self, tensors: Iterable[Tensor], made: bool) -> None:
        """Count what is new among the results of an operator; new inputs were there before."""
        for tensor, storage in stored(tensors):
            place = storage._cdata
            if place not in self._watched:
                self._watched[place] = weakref.ref(storage, partial(self._freed, place))
                if made:
                    self._sizes[place] = 0
            if made and place in self._sizes:  # new, or perhaps resized
                size = self.size(tensor, storage.nbytes())
                self.held += size - self._sizes[place]
                self._sizes[place] = size

    def _freed(self, place: int, _: Any) -> None:
        self.held -= self._sizes.pop(place, 0)
        del self._watched[place]

    def keep_gradient(self, parameter: Tensor) -> None:
        """Its gradient is complete, and stays: from now on it is no activation."""
        assert parameter.grad is not None
        place = parameter.grad.untyped_storage()._cdata
        size = self._sizes.pop(place, 0)
        self.held -= size
        self.gradients += size

    def peak(self, inputs: Iterable[Tensor], weights: Iterable[Tensor]) -> Peak:
        """The peak of what has run, beside the tensors that were there."""
        weights = list(weights)
        learning = (each for each in weights if each.requires_grad)
        return Peak(
            self.sizes(inputs), self.sizes(weights), *self.most, trainable=self.sizes(learning)
        )


class CpuKernels(TorchFunctionMode):
    """On meta, attention as the CPU runs it where it can: the scores are never held as a whole.

    A meta tensor always gets the plain one. torch's conditions: ``use_flash_attention_cpp``. One
    difference stays: on meta torch composes the gradient of Mish before anybody sees it, so that
    a training step with it seems to hold more than the CPU's kernel does.
    """

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func is F.scaled_dot_product_attention:
            out = fused_attention(*args, **(kwargs or {}))
            if out is not NotImplemented:
                return out
        return func(*args, **(kwargs or {}))


def fused_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """The CPU's fused attention; ``NotImplemented`` where torch would not take it."""
    given = (query, key, value)
    if dropout_p or not all(t.is_meta and t.dim() == 4 for t in given):
        return NotImplemented
    if query.dtype not in FUSED_TYPES or any(t.stride(-1) != 1 for t in given):
        return NotImplemented
    (batch, heads, _, width), kept = query.shape, key.shape
    if kept[:3] != value.shape[:3] or {kept[3], value.shape[3]} != {width} or kept[0] != batch:
        return NotImplemented
    if kept[1] != heads and not (enable_gqa and heads % kept[1] == 0):
        return NotImplemented
    if 0 in (*query.shape, *key.shape):
        return NotImplemented
    if attn_mask is not None:
        if is_causal or attn_mask.requires_grad or attn_mask.dim() not in (2, 4):
            return NotImplemented
        if attn_mask.dtype is torch.bool:  # made one that is added
            attn_mask = torch.zeros_like(attn_mask, dtype=query.dtype)
    return FUSED(*given, 0.0, is_causal, attn_mask=attn_mask, scale=scale)[0]


@contextmanager
def watching(watcher: TorchDispatchMode | None) -> Iterator[None]:
    """Whatever runs is seen by ``watcher``, below other modes; nothing without one."""
    if watcher is None:
        yield
        return
    # The first call of any dispatch mode loads this, and in doing so makes a cycle of frames, with
    # every tensor that the model holds at that moment.
    importlib.import_module("torch._dynamo")
    with watcher, CpuKernels():
        yield
