"""One run of a real model, and what it did, layer by layer.

``borrowing`` lends the model's tensors and leaves it as it was (``standing_in``), and ``kernels``
takes apart what torch computes in one. Forward hooks
tell ``recorder`` which layer is running. What runs is seen by ``dispatching``, operator by
operator, or answered by ``answers`` without a kernel (``functions``, ``recording``); of identical
blocks one runs (``repeating``, ``likeness``). ``operators`` reads the cost of one operator off its
tensors (``classes`` lists those without multiply-adds), and ``calls`` are what is left, kept by
``filing``. ``lifetimes`` follows tensors until they are freed (``results`` are the CPU's own,
``pretending`` asks whether the model was taken in), and ``flowing`` from who wrote them to who
reads them.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from complexity.errors import ModelError
from complexity.registry import has_registered_operators
from complexity.tracing.borrowing import borrowed, collection_paused
from complexity.tracing.calls import Scope, TracedCall, tensors_in
from complexity.tracing.flowing import Flowing, Run
from complexity.tracing.kernels import compiled_apart, plain_kernels
from complexity.tracing.lifetimes import ON_META, SPARSE, Lifetimes, Peak, faking, watching
from complexity.tracing.parts import parameters_of
from complexity.tracing.pretending import SEEN_THROUGH, Called
from complexity.tracing.recorder import BACKWARD
from complexity.tracing.recording import ENGINES, locating, recording
from formulas.cost import Cost
from formulas.quantities import Shape

__all__ = [
    "Arguments",
    "Peak",
    "Trace",
    "TracedCall",
    "arguments_of",
    "must_fit",
    "parameters_of",
    "tensors_in",
    "trace",
]

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
    says why it did not run in a way without arithmetic.
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

    @property
    def device(self) -> str:
        return self.way[0]


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


def trace(
    model: nn.Module,
    inputs: Any,
    is_layer: IsLayer,
    *,
    training: bool = False,
    backward: bool = False,
    engine: str = "fast",
    way: tuple[str, bool] | None = None,
    memory: bool = False,
    dtype: str | None = None,
    flow: bool = False,
) -> Trace:
    """Run ``model`` once on ``inputs`` and record it; ``is_layer`` picks the modules that are rows.

    The run is on the meta device, where shapes are real and nothing is computed. What cannot
    run there runs on the CPU, on copies of inputs and buffers. The ``fast`` engine runs no kernel
    for what it knows; ``operators`` runs all of them, and so do training and the CPU. With
    ``memory`` its tensors are followed until they are freed, in bytes of ``dtype``, as the CPU's
    own kernels make them, by a run of ``FAKE``, or of the CPU where that is in doubt. With
    ``flow`` they are followed from who wrote them to who reads. The calls of such runs are no rows.
    The model is left as it was. With ``way``, one of ``WAYS``, no other is tried. Raises
    ``ModelError`` where the model raises in all of them.
    """
    if engine not in ENGINES:
        raise ModelError(f"engine={engine!r} must be one of {', '.join(ENGINES)}")
    if (
        backward
        or training
        or memory
        or flow
        or has_registered_operators()
        or torch.is_autocast_enabled("cpu")
    ):
        engine = "operators"
    problem: ModelError | None = None
    only_meta = any(p.is_meta for p in model.parameters())
    ways: tuple[tuple[str, bool], ...] = WAYS[:2] if only_meta else WAYS
    if memory:
        ways = (FAKE, *ways) if only_meta else (FAKE, WAYS[-1])
    for device, default in (way,) if way else ways:
        fallback = str(problem or "") if device == "cpu" else ""
        if device == "cpu":
            engine = "operators"
            must_fit(model, fallback)
        watcher = Lifetimes(dtype, device == "cpu") if memory else Flowing() if flow else None
        run = _Run(device, default, training, backward, engine, fallback, watcher)
        try:
            found = run(model, inputs, is_layer)
        except ModelError as error:
            problem = error
        else:
            doubtful = way is None and (device, default) == FAKE
            return _without_doubt(found, model, inputs, is_layer, dtype) if doubtful else found
    assert problem is not None  # the loop has run
    raise problem


def _without_doubt(
    found: Trace, model: nn.Module, inputs: Any, is_layer: IsLayer, dtype: str | None
) -> Trace:
    """``found``; where its peak is in doubt, a run that computes, or a note if none can."""
    peak = found.peak
    assert peak is not None  # it was asked for
    if SPARSE not in peak.notes:
        if not _sees_through(model, inputs, is_layer, found.training):
            return found
        peak = replace(peak, notes=(*peak.notes, SEEN_THROUGH))
    training, backward = found.training, found.backward is not None
    try:
        if any(p.is_meta for p in model.parameters()):
            raise ModelError("there are no weights to compute with")
        must_fit(model, peak.notes[-1], peak.activations + peak.gradients)
        watcher = Lifetimes(dtype, computed=True)
        run = _Run("cpu", False, training, backward, "operators", peak.notes[-1], watcher)
        return run(model, inputs, is_layer)
    except ModelError:
        return replace(found, peak=peak)


def _sees_through(model: nn.Module, inputs: Any, is_layer: IsLayer, training: bool) -> bool:
    """Whether ``model`` calls other functions of torch in a run of ``FAKE`` than on meta."""
    seen = []
    for ways in ((FAKE,), WAYS[:2]):
        for device, default in ways:
            called = Called()
            try:
                _Run(device, default, training, False, "operators", "", called)(
                    model, inputs, is_layer
                )
            except ModelError:
                continue
            seen.append(called.names)
            break
    return len(seen) == 2 and seen[0] != seen[1]


def must_fit(model: nn.Module, problem: str, held: int = 0) -> None:
    """Refuse a CPU run on copies that would take more than half of the machine's memory.

    ``held`` are the bytes that the run is known to make.
    """
    tensors = {id(t): t for t in (*model.parameters(), *model.buffers()) if not is_lazy(t)}
    needed = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if 2 * needed + held > there:
        size = f"{needed / 2**30:.1f} GiB of weights do not fit twice in {there / 2**30:.1f} GiB"
        raise ModelError(f"{problem}; it cannot run on the CPU either: {size}")


@dataclass(frozen=True)
class _Run:
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
            compiled_apart() if plainly else plain_kernels(),
            torch.inference_mode(False),
            borrowed(
                model, "cpu" if fake else self.device, arguments_of(inputs),
                training=self.training, grad=self.backward, fake=fake,
            ) as (args, kwargs),
            torch.device(self.device) if self.default else nullcontext(),
            torch.set_grad_enabled(self.backward),
            fake or nullcontext(),
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
                flow = self.watcher.runs()
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
            )


def _differentiate(out: Any) -> None:
    """The gradients of every differentiable output with respect to the parameters."""
    outputs = [tensor for tensor in tensors_in(out) if tensor.requires_grad]
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
