"""An operation between layers as a description: from its name and its arguments' shapes."""

from collections.abc import Callable
from typing import Any

import torch

from complexity.tracing import TracedCall
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    BatchNorm,
    Concat,
    Conv,
    ConvTranspose,
    Copy,
    Elementwise,
    Interpolate,
    Layer,
    Linear,
    MatMul,
    Normalization,
    Outer,
    Pool,
    Reduction,
)
from formulas.quantities import Shape, elements

DATA = slice(0, 1)


def _convolution(call: TracedCall) -> Layer:
    _, weight, bias, stride, padding, dilation, transposed, extra, groups = call.arguments
    if transposed:
        return ConvTranspose(
            weight[0],
            weight[1] * groups,
            tuple(weight[2:]),
            tuple(stride),
            tuple(padding),
            tuple(extra),
            tuple(dilation),
            groups,
            bias is not None,
            dims=len(weight) - 2,
        )
    return Conv(
        weight[1] * groups,
        weight[0],
        tuple(weight[2:]),
        tuple(stride),
        tuple(padding),
        tuple(dilation),
        groups,
        bias is not None,
        dims=len(weight) - 2,
    )


def said_of(call: TracedCall, *names: str) -> dict[str, Any]:
    """The arguments of a function by name, however they were given."""
    *positional, named = call.arguments
    return {**dict(zip(names, positional, strict=False)), **named}


def said_of_attention(call: TracedCall) -> dict[str, Any]:
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
    return said_of(call, *names)


def _linear(call: TracedCall) -> Layer | None:
    """Its weight is an input: a parameter of its owner, not of the row."""
    said = said_of(call, "input", "weight", "bias")
    weight = said["weight"]
    if len(weight) != 2 or weight.dtype.is_complex:
        return None
    return Linear(weight[1], weight[0], said.get("bias") is not None)


def _matmul(call: TracedCall) -> Layer | None:
    if any(len(shape) < 2 for shape in call.in_shapes):
        return None
    return _product(call)


def attended(call: TracedCall) -> tuple[Shape, ...]:
    """The shapes of queries, keys and values."""
    said = said_of_attention(call)
    return tuple(tuple(said[name]) for name in ("query", "key", "value"))


def _attention(call: TracedCall) -> Layer | None:
    """None with dropout, whose steps on the scores are the trace's alone to know."""
    said = said_of_attention(call)
    if said.get("dropout_p", 0.0):
        return None
    mask = said.get("attn_mask")
    return Attention(
        mask=0 if mask is None else elements(mask),
        boolean=mask is not None and mask.dtype == torch.bool,
        causal=bool(said.get("is_causal", False)),
        grouped=bool(said.get("enable_gqa", False)),
    )


def _product(call: TracedCall) -> Layer:
    return MatMul(is_complex=call.arguments[0].dtype.is_complex)


def _product_plus(call: TracedCall) -> Layer:
    is_complex = call.arguments[0].dtype.is_complex
    return MatMul(added=elements(call.in_shapes[0]), is_complex=is_complex)


def _added(call: TracedCall) -> Layer | None:
    shapes = call.in_shapes
    if len(shapes) == 2 and shapes[0] == shapes[1]:
        return Add()
    return Elementwise("add")


def _concatenation(call: TracedCall) -> Layer:
    return Concat(call.arguments[1] if len(call.arguments) > 1 else 0)


def _normalization(name: Any) -> Callable[[TracedCall], Layer]:
    """Scale and shift are inputs of the operator: parameters of their owner, not of the row."""
    return lambda call: Normalization(name, sum(map(elements, call.in_shapes[1:])))


def _batch_norm(call: TracedCall) -> Layer | None:
    shape, scale, shift, mean, *_ = call.arguments
    if (scale is None) != (shift is None):
        return None
    return BatchNorm(shape[1], scale is not None, mean is not None, dims=len(shape) - 2)


def _reduction(call: TracedCall) -> Layer | None:
    """``mean(x, dim, keepdim)`` and its like; without ``dim`` everything is reduced."""
    axes = call.arguments[1] if len(call.arguments) > 1 else None
    if isinstance(axes, int):
        axes = (axes,)
    keep = len(call.arguments) > 2 and bool(call.arguments[2])
    return Reduction(call.operation, tuple(axes or ()), keep)


def _max_pool(call: TracedCall) -> Layer:
    kernel, stride, padding, dilation, ceil_mode = _window(call, (None, 0, 1, False))
    return Pool("max", kernel, stride, padding, dilation, ceil_mode, dims=len(kernel))


def _avg_pool(call: TracedCall) -> Layer:
    kernel, stride, padding, ceil_mode = _window(call, (None, 0, False))
    return Pool("avg", kernel, stride, padding, ceil_mode=ceil_mode, dims=len(kernel))


def _window(call: TracedCall, defaults: tuple[Any, ...]) -> list[Any]:
    """Kernel, stride and so on, as many of them as were given; the rest by default."""
    given = [tuple(a) if isinstance(a, list) else a for a in call.arguments[1:]]
    given = given[: 1 + len(defaults)]
    settings = [*given, *defaults[len(given) - 1 :]]
    settings[1] = settings[1] or None
    return [
        s[0] if isinstance(s, tuple) and len(s) == 1 and i else s for i, s in enumerate(settings)
    ]


def _adaptive_avg_pool(call: TracedCall) -> Layer:
    *positional, named = call.arguments
    size = positional[1] if len(positional) > 1 else named["output_size"]
    return AdaptivePool("avg", (size, size) if isinstance(size, int) else tuple(size))


def _resized(call: TracedCall) -> Layer | None:
    size = call.arguments[1]
    mode = call.operation.removeprefix("upsample_").removesuffix("2d")
    return Interpolate(size=tuple(size), mode=mode) if size is not None else None


READERS: dict[str, tuple[Callable[[TracedCall], Layer | None], slice]] = {
    "convolution": (_convolution, DATA),
    "scaled_dot_product_attention": (_attention, slice(0, 3)),
    "linear": (_linear, DATA),
    "matmul": (_matmul, slice(0, 2)),
    "mm": (_product, slice(0, 2)),
    "bmm": (_product, slice(0, 2)),
    "addmm": (_product_plus, slice(1, 3)),
    "baddbmm": (_product_plus, slice(1, 3)),
    "_int_mm": (_product, slice(0, 2)),
    "outer": (lambda _: Outer(), slice(0, 2)),
    "native_batch_norm": (_batch_norm, DATA),
    **dict.fromkeys(("mean", "sum", "amax", "amin"), (_reduction, DATA)),
    "max_pool2d_with_indices": (_max_pool, DATA),
    "avg_pool2d": (_avg_pool, DATA),
    "adaptive_avg_pool2d": (_adaptive_avg_pool, DATA),
    "add": (_added, slice(None)),
    "cat": (_concatenation, slice(None)),
    "clone": (lambda _: Copy(), DATA),
    "_to_copy": (lambda _: Copy(), DATA),
    "_softmax": (lambda _: Activation("softmax"), DATA),
    "_safe_softmax": (lambda _: Activation("softmax"), DATA),
    "_log_softmax": (lambda _: Activation("log_softmax"), DATA),
    "native_layer_norm": (_normalization("layer_norm"), DATA),
    "native_group_norm": (_normalization("group_norm"), DATA),
    "upsample_nearest2d": (_resized, DATA),
    "upsample_bilinear2d": (_resized, DATA),
    "upsample_bicubic2d": (_resized, DATA),
}


def read_operation(call: TracedCall) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The description of an operation, and the shapes of its data (weights are not data).

    None where there is no closed form for it: then its cost is known from the trace alone.
    """
    reader = READERS.get(call.operation)
    if reader is not None:
        layer = reader[0](call)
        if call.operation == "scaled_dot_product_attention":
            return None if layer is None else (layer, attended(call))
        return None if layer is None else (layer, call.in_shapes[reader[1]])
    if torch.Tag.pointwise in getattr(call.operator, "tags", ()) and call.in_shapes:
        return Elementwise(call.operation), call.in_shapes
    return None
