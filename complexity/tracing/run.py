"""One run of a borrowed model: where it is, what watches it, and what it left."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_iter

from complexity.errors import ModelError
from complexity.tracing.instrumentation import locating, recording
from complexity.tracing.isolation.isolate import borrowed, collection_paused
from complexity.tracing.observers.dataflow import Flowing, Run
from complexity.tracing.observers.fake_tensor_check import Called
from complexity.tracing.observers.peak_memory import (
    ON_META,
    Lifetimes,
    Peak,
    failing_quietly,
    faking,
    watching,
)
from complexity.tracing.recording.recorder import BACKWARD
from complexity.tracing.recording.records import Scope, TracedCall, tensors_in
from complexity.tracing.torch_state.autocast import noticing
from complexity.tracing.torch_state.unfused_kernels import compiled_apart, plain_kernels
from formulas.core.cost import Cost
from formulas.core.quantities import Shape

IsLayer = Callable[[nn.Module], bool]
# Where a run is tried, and whether tensors made in forward are made there too.
WAYS = (("meta", False), ("meta", True), ("cpu", False))
FAKE = ("fake", False)  # tensors that say they are on the CPU, and have no storage


@dataclass(frozen=True)
class Trace:
    """The calls in the order of execution, and the parameters that none of them used.

    ``coverage`` counts executed operators: counted, free, unknown. ``backward`` is the cost of
    the gradients, ``peak`` the memory, and ``flow`` the runs in order, each with the numbers of the
    earlier ones that it reads from, the bytes of each, and the bytes that it writes for others,
    where they were asked for. ``way``, one of ``WAYS`` or ``FAKE``, is how it ran, and ``fallback``
    says why it did not run in a way without arithmetic. ``buffers`` has the ``packed`` weights of
    quantised layers too. ``autocast`` are the devices for which it was on.
    """

    calls: tuple[TracedCall, ...]
    parameters: tuple[tuple[str, Shape], ...]
    buffers: int
    way: tuple[str, bool]
    coverage: Mapping[str, int]
    training: bool = False
    backward: Cost | None = None
    backward_unknown: Mapping[str, int] | None = None
    fallback: str = ""
    peak: Peak | None = None
    flow: tuple[Run, ...] | None = None
    packed: int = 0
    autocast: frozenset[str] = frozenset()

    @property
    def device(self) -> str:
        return "fake CPU tensors" if self.way == FAKE else self.way[0]

    @property
    def unapplied(self) -> list[str]:
        """The devices whose autocast was on and did nothing, for it ran elsewhere."""
        return sorted(self.autocast - ({"cpu"} if self.way[0] != "meta" else set()))


class Arguments:
    """Everything that ``forward`` is called with: ``Arguments(x, mask=m)``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs


def arguments_of(inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What ``forward`` is called with: one value, a tuple of them, keywords, or ``Arguments``."""
    if isinstance(inputs, Arguments):
        return inputs.args, inputs.kwargs
    if isinstance(inputs, Mapping):
        return (), dict(inputs)
    if type(inputs) is tuple:
        return inputs, {}
    return (inputs,), {}


@dataclass(frozen=True)
class Attempt:
    """One run on ``device``; with ``default``, tensors made in forward are made there too."""

    device: str
    default: bool
    training: bool
    backward: bool
    engine: str
    fallback: str
    watcher: Lifetimes | Flowing | Called | None

    def __call__(self, model: nn.Module, inputs: Any, is_layer: IsLayer) -> Trace:
        plainly = isinstance(self.watcher, (Lifetimes, Called))
        fake = faking() if (self.device, self.default) == FAKE else None
        with (
            collection_paused(),
            noticing() as autocast,
            compiled_apart() if plainly else plain_kernels(),
            torch.inference_mode(False),
            borrowed(
                model, "cpu" if fake else self.device, arguments_of(inputs),
                training=self.training, grad=self.backward, fake=fake,
            ) as (args, kwargs),
            torch.device(self.device) if self.default else nullcontext(),
            torch.set_grad_enabled(self.backward),
            fake or nullcontext(),
            failing_quietly() if fake else nullcontext(),
            watching(self.watcher),
            locating(model, is_layer) if plainly else recording(model, is_layer, self.engine)
            as recorder,
        ):  # fmt: skip
            if self.watcher is not None:
                self.watcher.attach(recorder)
            try:
                out = model(*args, **kwargs)
                if self.backward:
                    recorder.backward = Scope(BACKWARD, True)
                    _differentiate(out)
            except (Exception, SystemExit) as error:
                raise _problem(model, error, recorder.failed_in(error)) from error
            gradients = recorder.backward
            left = recorder.uncounted_parameters()
            peak = flow = None
            if isinstance(self.watcher, Lifetimes):
                given = tensors_in((args, kwargs))
                peak = self.watcher.peak(given, recorder.parts.tensors.values())
                if self.device == "meta":
                    peak = replace(peak, notes=(*peak.notes, ON_META))
            elif isinstance(self.watcher, Flowing):
                flow = self.watcher.runs(out)
            return Trace(
                calls=tuple(recorder.calls),
                parameters=tuple((name, tuple(p.shape)) for name, p in left),
                buffers=recorder.parts.buffered,
                way=(self.device, self.default),
                coverage=dict(recorder.coverage),
                training=self.training,
                backward=None if gradients is None else gradients.cost(gradients.traffic(())),
                backward_unknown=None if gradients is None else gradients.unknown,
                fallback=self.fallback,
                peak=peak,
                flow=flow,
                packed=recorder.parts.packed,
                autocast=frozenset(autocast),
            )


def _differentiate(out: Any) -> None:
    """The gradients of every differentiable output with respect to the parameters."""
    outputs = [leaf for leaf in tree_iter(out) if isinstance(leaf, Tensor) and leaf.requires_grad]
    if not outputs:
        raise ValueError("no output depends on a parameter that requires a gradient")
    torch.autograd.backward(outputs, [torch.ones_like(each) for each in outputs])


def _problem(model: nn.Module, error: BaseException, path: str | None) -> ModelError:
    """What the model raised, in one sentence, with the layer in which it broke."""
    said = " ".join(str(error).split())[:300]
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    where = ""
    if path:
        layer = type(model.get_submodule(path)).__name__
        where = f" in {path} ({layer})"
    return ModelError(f"{type(model).__name__} raised{where} {words}")
