"""One run of a real model, and what it did, layer by layer.

``operators`` reads the cost of one executed operator off its tensors (``classes`` lists those
without multiply-adds), ``recorder`` attributes it to the running layer and leaves ``calls``,
``borrowing`` leaves the model as it was.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from complexity.errors import ModelError
from complexity.tracing.borrowing import borrowed, plain_kernels
from complexity.tracing.calls import Scope, TracedCall, tensors_in
from complexity.tracing.recorder import BACKWARD, recording
from complexity.tracing.shadows import shadows
from formulas.cost import Cost
from formulas.quantities import Shape

__all__ = ["Trace", "TracedCall", "arguments_of", "tensors_in", "trace"]

IsLayer = Callable[[nn.Module], bool]

# Where a model is run, and whether tensors made in its forward are made there too, until it runs.
WAYS = (("meta", False), ("meta", True), ("cpu", False))


@dataclass(frozen=True)
class Trace:
    """The calls in the order of execution, and the parameters that none of them used.

    ``coverage`` counts executed operators: counted, free, unknown. ``backward`` is the cost of
    the gradients, where they were asked for. ``fallback`` says why it did not run on meta.
    """

    calls: tuple[TracedCall, ...]
    parameters: tuple[tuple[str, Shape], ...]
    buffers: int
    device: str
    coverage: Mapping[str, int]
    training: bool = False
    backward: Cost | None = None
    backward_unknown: Mapping[str, int] | None = None
    fallback: str = ""


def arguments_of(inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What ``forward`` is called with: one value, a tuple of them, or keywords in a dict."""
    if isinstance(inputs, dict):
        return (), inputs
    if isinstance(inputs, (tuple, list)):
        return tuple(inputs), {}
    return (inputs,), {}


def trace(
    model: nn.Module,
    inputs: Any,
    is_layer: IsLayer,
    *,
    training: bool = False,
    backward: bool = False,
) -> Trace:
    """Run ``model`` once on ``inputs`` and record it; ``is_layer`` picks the modules that are rows.

    The run is on the meta device, where shapes are real and nothing is computed. What cannot
    run there runs on the CPU, on copies of inputs and buffers. The model is left as it was.
    Raises ``ModelError`` where the model raises on both.
    """
    problem: ModelError | None = None
    only_meta = any(p.is_meta for p in model.parameters())
    for device, default in WAYS[:2] if only_meta else WAYS:
        fallback = str(problem) if device == "cpu" else ""
        try:
            return _run(model, inputs, is_layer, device, default, training, backward, fallback)
        except ModelError as error:
            problem = error
    assert problem is not None  # the loop has run
    raise problem


def _run(
    model: nn.Module,
    inputs: Any,
    is_layer: IsLayer,
    device: str,
    default: bool,
    training: bool,
    backward: bool,
    fallback: str,
) -> Trace:
    """One run on ``device``; with ``default``, tensors made in forward are made there too."""
    args, kwargs = shadows(arguments_of(inputs), device, grad=backward)
    with (
        plain_kernels(),
        borrowed(model, device, training=training, grad=backward),
        torch.device(device) if default else nullcontext(),
        torch.inference_mode(False),
        torch.set_grad_enabled(backward),
        recording(model, is_layer) as recorder,
    ):
        try:
            out = model(*args, **kwargs)
            if backward:
                recorder.backward = Scope(BACKWARD, True)
                _differentiate(out)
        except (Exception, SystemExit) as error:
            raise _problem(model, error, recorder.failed_in) from error
        gradients = recorder.backward
        return Trace(
            calls=tuple(recorder.calls),
            parameters=tuple((n, tuple(p.shape)) for n, p in recorder.uncounted_parameters()),
            buffers=sum(buffer.numel() for buffer in model.buffers()),
            device=device,
            coverage=dict(recorder.coverage),
            training=training,
            backward=None if gradients is None else gradients.cost(()),
            backward_unknown=None if gradients is None else gradients.unknown,
            fallback=fallback,
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
