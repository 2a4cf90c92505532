"""An operation between layers as a description: from its name and its arguments' shapes."""

from collections.abc import Callable
from typing import Any

import torch

from complexity.closed_form.products import (
    ALL,
    DATA,
    PRODUCTS,
    Fed,
    Read,
    inputs,
    made,
)
from complexity.tracing import TracedCall
from formulas.core.quantities import Shape, elements
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Copy,
    Elementwise,
    Embedding,
    EmbeddingBag,
    Fold,
    Gate,
    Interpolate,
    Layer,
    Normalization,
    Pad,
    PixelShuffle,
    Pool,
    Reduction,
    Unfold,
)

PADS = (
    "constant_pad_nd",
    *(f"{mode}_pad{dims}d" for mode in ("reflection", "replication") for dims in (1, 2, 3)),
)


def padded(padding: Any) -> Layer:
    """``padding`` as torch has it: before and behind the last side, then the one before."""
    pairs = zip(padding[::2], padding[1::2], strict=True)
    return made(Pad, tuple(pairs)[::-1])


def _bag(call: TracedCall) -> Layer | None:
    """None with weights of their own for the rows."""
    closed = len(call.arguments) > 7 and bool(call.arguments[7])
    return made(EmbeddingBag, *call.in_shapes[0], closed) if len(call.in_shapes) == 3 else None


def _adaptive(reduce: Any) -> Read:
    def read(call: TracedCall) -> Layer:
        size = call.arguments[1]
        return made(AdaptivePool, reduce, (size, size) if isinstance(size, int) else tuple(size))

    return read


def _windows(call: TracedCall) -> Layer:
    described = Fold if call.operation == "col2im" else Unfold
    return described(*map(tuple, call.arguments[1:]))


def _added(call: TracedCall) -> Layer | None:
    shapes = call.in_shapes
    if len(shapes) == 2 and shapes[0] == shapes[1]:
        return Add()
    return made(Elementwise, "add")


def _concatenation(call: TracedCall) -> Layer:
    return made(Concat, call.arguments[1] if len(call.arguments) > 1 else 0)


def _normalization(name: Any) -> Callable[[TracedCall], Layer]:
    """Scale and shift are inputs of the operator: parameters of their owner, not of the row."""
    return lambda call: made(Normalization, name, sum(map(elements, call.in_shapes[1:])))


def _batch_norm(call: TracedCall) -> Layer | None:
    shape, scale, shift, mean, *_ = call.arguments
    if (scale is None) != (shift is None):
        return None
    return made(BatchNorm, shape[1], scale is not None, mean is not None, dims=len(shape) - 2)


def _reduction(call: TracedCall) -> Layer | None:
    """``mean(x, dim, keepdim)`` and its like; without ``dim`` everything is reduced."""
    axes = call.arguments[1] if len(call.arguments) > 1 else None
    if isinstance(axes, int):
        axes = (axes,)
    keep = len(call.arguments) > 2 and bool(call.arguments[2])
    return made(Reduction, call.operation, tuple(axes or ()), keep)


def _max_pool(call: TracedCall) -> Layer:
    kernel, stride, padding, dilation, ceil_mode = _window(call, (None, 0, 1, False))
    return made(Pool, "max", kernel, stride, padding, dilation, ceil_mode, dims=len(kernel))


def _avg_pool(call: TracedCall) -> Layer:
    kernel, stride, padding, ceil_mode = _window(call, (None, 0, False))
    return made(Pool, "avg", kernel, stride, padding, ceil_mode=ceil_mode, dims=len(kernel))


def _window(call: TracedCall, defaults: tuple[Any, ...]) -> list[Any]:
    """Kernel, stride and so on, as many of them as were given; the rest by default."""
    given = [tuple(a) if isinstance(a, list) else a for a in call.arguments[1:]]
    given = given[: 1 + len(defaults)]
    settings = [*given, *defaults[len(given) - 1 :]]
    settings[1] = settings[1] or None
    return [
        s[0] if isinstance(s, tuple) and len(s) == 1 and i else s for i, s in enumerate(settings)
    ]


def _resized(call: TracedCall) -> Layer | None:
    size = call.arguments[1]
    mode = call.operation.removeprefix("upsample_").removesuffix("2d")
    return made(Interpolate, size=tuple(size), mode=mode) if size is not None else None


READERS: dict[str, tuple[Read, Fed]] = {
    **PRODUCTS,
    "embedding": (lambda call: made(Embedding, *call.in_shapes[0]), inputs(1)),
    **dict.fromkeys(("_embedding_bag", "_embedding_bag_forward_only"), (_bag, inputs(1))),
    "native_batch_norm": (_batch_norm, DATA),
    "native_layer_norm": (_normalization("layer_norm"), DATA),
    "native_group_norm": (_normalization("group_norm"), DATA),
    **dict.fromkeys(("mean", "sum", "amax", "amin"), (_reduction, DATA)),
    **dict.fromkeys(("max_pool2d_with_indices", "max_pool3d_with_indices"), (_max_pool, DATA)),
    **dict.fromkeys(("avg_pool2d", "avg_pool3d"), (_avg_pool, DATA)),
    **dict.fromkeys(
        ("adaptive_avg_pool2d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d"),
        (_adaptive("avg"), DATA),
    ),
    **dict.fromkeys(("adaptive_max_pool2d", "adaptive_max_pool3d"), (_adaptive("max"), DATA)),
    **{f"upsample_{mode}2d": (_resized, DATA) for mode in ("nearest", "bilinear", "bicubic")},
    "add": (_added, ALL),
    "_softmax": (lambda _: made(Activation, "softmax"), DATA),
    "_safe_softmax": (lambda _: made(Activation, "softmax"), DATA),
    "_log_softmax": (lambda _: made(Activation, "log_softmax"), DATA),
    "log_sigmoid_forward": (lambda _: made(Activation, "logsigmoid"), DATA),
    "_prelu_kernel": (lambda _: made(Elementwise, "prelu"), ALL),
    "bernoulli": (lambda _: made(Elementwise, "bernoulli"), ALL),
    "glu": (lambda call: made(Gate, *call.arguments[1:]), DATA),
    "cat": (_concatenation, ALL),
    "clone": (lambda _: Copy(), DATA),
    "_to_copy": (lambda _: Copy(), DATA),
    **dict.fromkeys(PADS, (lambda call: padded(call.arguments[1]), DATA)),
    "pixel_shuffle": (lambda call: made(PixelShuffle, call.arguments[1]), DATA),
    "pixel_unshuffle": (lambda call: made(PixelShuffle, call.arguments[1], inverse=True), DATA),
    **dict.fromkeys(("im2col", "col2im"), (_windows, DATA)),
}


def read_operation(call: TracedCall) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The description of an operation, and the shapes of its data (weights are not data).

    None where there is no closed form for it: then its cost is known from the trace alone.
    """
    if call.unknown or call.transformed or getattr(call.operator, "namespace", "aten") != "aten":
        return None
    if call.operation in READERS:
        read, fed = READERS[call.operation]
        layer = read(call)
        return None if layer is None else (layer, fed(call))
    if torch.Tag.pointwise in getattr(call.operator, "tags", ()) and call.in_shapes:
        return made(Elementwise, call.operation), call.in_shapes
    return None
