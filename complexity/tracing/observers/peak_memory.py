"""How much memory the tensors of a run take, from when they are made until they are freed."""

from __future__ import annotations

import importlib
import logging
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.observers.cpu_kernels import COMPUTED, UNCOMPUTED
from complexity.tracing.ops.cost_rules import name_of
from complexity.tracing.recording.recorder import Recorder
from complexity.tracing.recording.records import PARTS, name_of_dtype, stored, tensors_in
from formulas.core.memory_traffic import sizes_as

RECURRENT = "mkldnn_rnn_layer"
WORKSPACE = (
    "Peak: at least this, for with gradients the CPU's kernel of a recurrent layer keeps a "
    "workspace, whose size torch does not tell before it runs."
)
# What the CPU runs as one kernel, though it makes tensors by the way.
WHOLE = {
    name: f"Peak: at least this, for {what} is one kernel of the CPU's, and what that makes and "
    "frees inside nobody sees."
    for name, what in (
        ("_transformer_encoder_layer_fwd", "an encoder layer"),
        ("_native_multi_head_attention", "multi-head attention"),
    )
}
# A sparse result is as long as its numbers say; that of these is as long as what they are given.
KEEPING = frozenset(("_sparse_coo_tensor_with_dims_and_tensors", "clone", "detach"))
SPARSE = (
    "Peak: perhaps more, for how much a sparse tensor holds is known from its numbers alone, and "
    "this run has none."
)
ON_META = (
    "Peak: of a run on the meta device, where torch composes what the CPU has a kernel for: that "
    "may hold more or less."
)

if TYPE_CHECKING:
    from torch._subclasses.fake_tensor import FakeTensorMode


@dataclass(frozen=True)
class Peak:
    """What a run holds at the moment when it holds most, in bytes; ``at`` is where that is.

    ``inputs`` and ``weights`` (buffers included) are there all the time. ``activations`` are
    whatever the run made and somebody still holds, ``gradients`` those of parameters;
    ``trainable`` are the bytes of all parameters that learn. ``notes`` say where it is not what the
    CPU would hold.
    """

    inputs: int
    weights: int
    activations: int
    gradients: int
    at: str
    trainable: int
    notes: tuple[str, ...] = ()


class Lifetimes(TorchDispatchMode):
    """Sees which storages operators make, and when nobody holds them any more.

    Views, and results in place, share a storage, which counts once. What was there before the run
    does not count. With ``dtype`` floating numbers weigh as if they had this type. ``computed``
    says that there are numbers.
    """

    def __init__(self, dtype: str | None = None, computed: bool = False) -> None:
        super().__init__()
        self.dtype = dtype
        self.computed = computed
        self.kernels = COMPUTED if computed else UNCOMPUTED
        self.bytes_of = sizes_as(dtype)
        self.where: Callable[[Any], str] = name_of
        self.held = 0
        self.gradients = 0
        self.most = (0, 0, "")  # held, gradients, and where
        self.notes: dict[str, str] = {}
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
        """Bytes of different tensors: of a view, those that it spans."""
        found = {storage._cdata: self.size(t, storage.nbytes()) for t, storage in stored(tensors)}
        return sum(found.values())

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is torch.ops.prim.device.default:  # what a fake tensor is asked all the time
            return func(*args, **kwargs)
        self._meet(tensors_in((args, kwargs)), made=False)
        out = self.kernels.get(func, func)(*args, **kwargs)
        name = name_of(func)
        if name in WHOLE or (name == RECURRENT and args[-1] and not out[-1].numel()):  # in training
            self.notes[name] = WHOLE.get(name, WORKSPACE)
        made = tensors_in(wanted(func, args, kwargs, out))
        if name not in KEEPING:
            self._doubt(made)
        self._meet(made, made=True)
        if self.held + self.gradients > sum(self.most[:2]):
            self.most = (self.held, self.gradients, self.where(func))
        return out

    def _doubt(self, tensors: Iterable[Tensor]) -> None:
        """Without numbers, a sparse tensor has lost its length."""
        if not self.computed and any(each.layout in PARTS for each in tensors):
            self.notes[SPARSE] = SPARSE

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
        for _, storage in stored((parameter.grad,)):
            size = self._sizes.pop(storage._cdata, 0)
            self.held -= size
            self.gradients += size

    def peak(self, inputs: Iterable[Tensor], weights: Iterable[Tensor]) -> Peak:
        """The peak of what has run, beside the tensors that were there."""
        inputs, weights = list(inputs), list(weights)
        self._doubt((*inputs, *weights))
        learning = (each for each in weights if each.requires_grad)
        return Peak(
            self.sizes(inputs), self.sizes(weights), *self.most,
            trainable=self.sizes(learning), notes=tuple(self.notes.values()),
        )  # fmt: skip


def wanted(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> Any:
    """Of gradients, those that were asked for: without arithmetic, torch gives the others too."""
    place = mask_of(func)
    if place is None:
        return out
    mask = args[place] if place < len(args) else kwargs["output_mask"]
    return [each for each, asked in zip(out, mask, strict=True) if asked]


@cache
def mask_of(func: Any) -> int | None:
    """The place among an operator's arguments of the one that picks gradients; None without one."""
    schema = getattr(func, "_schema", None)
    names = [each.name for each in schema.arguments] if schema else []
    return names.index("output_mask") if "output_mask" in names else None


@contextmanager
def failing_quietly() -> Iterator[None]:
    """torch writes down what fails with fake tensors, before it is tried in another way."""
    logger = logging.getLogger("torch._subclasses.fake_tensor")
    disabled, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = disabled


def faking() -> FakeTensorMode:
    """A mode in which tensors say that they are on the CPU, but have no storage, as on meta.

    torch picks the kernels of the CPU for them, and asks of each what it would give: of fused
    attention, of recurrent and encoder layers, of the gradients. On meta it composes what meta has
    no kernel for, of other temporaries.
    """
    from torch._subclasses.fake_tensor import FakeTensorMode  # slow to load

    apart: dict[Any, bool] = {}

    class Faking(FakeTensorMode):
        """torch remembers what a kernel gives, but not which of its results are one tensor.

        So it may do so of kernels alone whose first results here were tensors of their own.
        """

        def dispatch(self, func: Any, *given: Any) -> Any:
            self.cache_enabled = apart.get(func, False)
            out = super().dispatch(func, *given)
            if func not in apart:
                made = tensors_in(out)
                plain = all(each.layout is torch.strided for each in made)
                found = {each.untyped_storage()._cdata for each in made} if plain else ()
                apart[func] = len(found) == len(made)
            return out

    return Faking(allow_non_fake_inputs=True)


@contextmanager
def watching(watcher: AbstractContextManager[Any] | None) -> Iterator[None]:
    """Whatever runs is seen by ``watcher``, below other modes; nothing without one."""
    if watcher is None:
        yield
        return
    # The first call of any dispatch mode loads this, and in doing so makes a cycle of frames, with
    # every tensor that the model holds at that moment.
    importlib.import_module("torch._dynamo")
    with watcher:
        yield
