"""One run of a real model, and what it did, layer by layer.

``operators`` reads the cost of one executed operator off its tensors, ``recorder`` attributes it
to the running layer, ``borrowing`` leaves the model as it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_map

from complexity.errors import ModelError
from complexity.tracing.borrowing import borrowed
from complexity.tracing.recorder import TracedCall, recording
from formulas.quantities import Shape

__all__ = ["Trace", "TracedCall", "arguments_of", "trace"]


@dataclass(frozen=True)
class Trace:
    """The calls in the order of execution, and the parameters that none of them used."""

    calls: tuple[TracedCall, ...]
    parameters: tuple[tuple[str, Shape], ...]
    buffers: int
    device: str


def arguments_of(inputs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What ``forward`` is called with: one value, a tuple of them, or keywords in a dict."""
    if isinstance(inputs, dict):
        return (), inputs
    if isinstance(inputs, (tuple, list)):
        return tuple(inputs), {}
    return (inputs,), {}


def trace(model: nn.Module, inputs: Any, is_layer: Callable[[nn.Module], bool]) -> Trace:
    """Run ``model`` once on ``inputs`` and record it; ``is_layer`` picks the modules that are rows.

    The run is on the meta device, where shapes are real and nothing is computed. What cannot
    run there runs on the CPU, on copies of inputs and buffers. The model is left as it was.
    Raises ``ModelError`` where the model raises on both.
    """
    try:
        return _run(model, inputs, is_layer, "meta")
    except Exception as on_meta:
        if any(p.is_meta for p in model.parameters()):
            raise ModelError(f"{type(model).__name__} raised {_words(on_meta)}") from on_meta
    try:
        return _run(model, inputs, is_layer, "cpu")
    except Exception as error:
        raise ModelError(f"{type(model).__name__} raised {_words(error)}") from error


def _words(error: Exception) -> str:
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0]}" if first else type(error).__name__


def _run(
    model: nn.Module, inputs: Any, is_layer: Callable[[nn.Module], bool], device: str
) -> Trace:
    def fed(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return value.detach().to("meta") if device == "meta" else value.detach().clone()

    args, kwargs = tree_map(fed, arguments_of(inputs))
    with borrowed(model, device), recording(model, is_layer) as recorder:
        model(*args, **kwargs)
        return Trace(
            calls=tuple(recorder.calls),
            parameters=tuple((n, tuple(p.shape)) for n, p in recorder.uncounted_parameters()),
            buffers=sum(buffer.numel() for buffer in model.buffers()),
            device=device,
        )
