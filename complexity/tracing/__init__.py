"""One run of a real model, and what it did, layer by layer.

Here it is decided where to run; ``running`` is a run. ``borrowing`` lends the model's tensors and
leaves it as it was (``standing_in``), and ``kernels`` takes apart what torch computes in one.
Forward hooks tell ``recorder`` which layer is running. What runs is seen by ``dispatching``,
operator by operator, or answered by ``answers`` without a kernel (``functions``, ``recording``);
of identical blocks one runs (``repeating``, ``likeness``). ``operators`` reads the cost of one
operator off its tensors (``classes`` lists those without multiply-adds), and ``calls`` are what is
left, kept by ``filing``. ``lifetimes`` follows tensors until they are freed (``results`` are the
CPU's own, ``pretending`` asks whether the model was taken in), and ``flowing`` from who wrote them
to who reads them (``writers``). ``autocasting`` notices what the meta device does not do.
"""

import os
from dataclasses import replace
from typing import Any

from torch import nn
from torch.nn.parameter import is_lazy

from complexity.errors import ModelError
from complexity.registry import has_registered_operators
from complexity.tracing.instrumentation import ENGINES
from complexity.tracing.observers.dataflow import Flowing
from complexity.tracing.observers.fake_tensor_check import SEEN_THROUGH, Called
from complexity.tracing.observers.peak_memory import SPARSE, Lifetimes, Peak
from complexity.tracing.recording.module_index import parameters_of
from complexity.tracing.recording.records import TracedCall, tensors_in
from complexity.tracing.run import (
    FAKE,
    WAYS,
    Arguments,
    Attempt,
    IsLayer,
    Trace,
    arguments_of,
)

__all__ = [
    "FAKE",
    "WAYS",
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
    run there runs on the CPU, on copies of inputs and buffers; what runs there under the CPU's
    autocast, which acts on no other device, runs as ``FAKE``. The ``fast`` engine runs no kernel
    for what it knows; ``operators`` runs all of them, and so do training and the CPU. With
    ``memory`` its tensors are followed until they are freed, in bytes of ``dtype``, as the CPU's
    own kernels make them, by a run of ``FAKE``, or of the CPU where that is in doubt. With
    ``flow`` they are followed from who wrote them to who reads. The calls of such runs are no rows.
    The model is left as it was. With ``way``, one of ``WAYS``, no other is tried. Raises
    ``ModelError`` where the model raises in all of them.
    """
    if engine not in ENGINES:
        raise ModelError(f"engine={engine!r} must be one of {', '.join(ENGINES)}")
    if backward or training or memory or flow or has_registered_operators():
        engine = "operators"
    problem: ModelError | None = None
    only_meta = any(p.is_meta for p in model.parameters())
    left: list[tuple[str, bool]] = [*(WAYS[:2] if only_meta else WAYS)]
    real = [] if only_meta else [WAYS[-1]]
    if memory:
        left = [FAKE, *(left if only_meta else real)]
    if way:
        left = [way]
    uncast: Trace | None = None
    while left:
        device, default = left.pop(0)
        watcher = Lifetimes(dtype, device == "cpu") if memory else Flowing() if flow else None
        fallback = str(problem or "") if device == "cpu" else ""
        try:
            if device == "cpu":
                must_fit(model, fallback)
            used = engine if device == "meta" else "operators"
            found = Attempt(device, default, training, backward, used, fallback, watcher)(
                model, inputs, is_layer
            )
        except ModelError as error:
            doing = "its autocast does nothing, and on fake CPU tensors"
            problem = ModelError(f"{doing} {error}") if uncast else error
            continue
        if memory and way is None and (device, default) == FAKE:
            return _without_doubt(found, model, inputs, is_layer, dtype)
        if way or device != "meta" or "cpu" not in found.autocast:
            return found
        left, uncast = [FAKE, *real], found
    if uncast:
        return uncast  # it says itself what did not act
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
        run = Attempt("cpu", False, training, backward, "operators", peak.notes[-1], watcher)
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
                Attempt(device, default, training, False, "operators", "", called)(
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
