"""What multiplies, between layers, as a description; and what all readings of operations share."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from complexity.tracing import TracedCall
from formulas.core.quantities import Shape, elements
from formulas.layers import (
    Attention,
    Bilinear,
    Conv,
    ConvTranspose,
    GroupedMatMul,
    Layer,
    Linear,
    MatMul,
    Outer,
)

Read = Callable[[TracedCall], Layer | None]
Fed = Callable[[TracedCall], tuple[Shape, ...]]


def made(kind: Callable[..., Layer], *settings: Any, **named: Any) -> Layer:
    """A description, built and validated once for the same settings: networks repeat layers."""
    try:
        return _remembered(kind, *settings, **named)
    except TypeError:  # a setting in a list
        return kind(*settings, **named)


@lru_cache(4096, typed=True)
def _remembered(kind: Callable[..., Layer], *settings: Any, **named: Any) -> Layer:
    return kind(*settings, **named)


def inputs(start: int, stop: int | None = None) -> Fed:
    """Which of the input tensors are data; the others are weights."""
    return lambda call: call.in_shapes[start:stop]


DATA, FACTORS, LATER_FACTORS, ALL = inputs(0, 1), inputs(0, 2), inputs(1, 3), inputs(0)


def convolution(
    transposed: bool,
    channels: tuple[int, int],
    kernel: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    dilation: Any,
    groups: int,
    bias: bool,
) -> Layer:
    """The description of a convolution, from its settings as torch names them."""
    if transposed:
        return made(
            ConvTranspose,
            *channels,
            kernel,
            stride,
            padding,
            output_padding,
            dilation,
            groups,
            bias,
            len(kernel),
        )
    return made(Conv, *channels, kernel, stride, padding, dilation, groups, bias, len(kernel))


def _convolution(call: TracedCall) -> Layer:
    _, weight, bias, stride, padding, dilation, transposed, extra, groups = call.arguments
    channels = (weight[0], weight[1] * groups) if transposed else (weight[1] * groups, weight[0])
    settings = map(tuple, (weight[2:], stride, padding, extra, dilation))
    return convolution(transposed, channels, *settings, groups, bias is not None)


def said_of_attention(call: TracedCall) -> dict[str, Any]:
    """The arguments of attention by name, however they were given."""
    *positional, named = call.arguments
    names = ("query", "key", "value", "attn_mask", "dropout_p", "is_causal", "scale", "enable_gqa")
    return {**dict(zip(names, positional, strict=False)), **named}


def _linear(call: TracedCall) -> Layer | None:
    """Its weight is an input: a parameter of its owner, not of the row."""
    weight = call.in_shapes[1]
    if len(weight) != 2:
        return None
    return made(Linear, weight[1], weight[0], len(call.in_shapes) == 3, _is_complex(call))


def attended(call: TracedCall) -> tuple[Shape, ...]:
    """The shapes of queries, keys and values."""
    said = said_of_attention(call)
    return tuple(tuple(said[name]) for name in ("query", "key", "value"))


def _attention(call: TracedCall) -> Layer | None:
    """None where dropout leaves nothing, because no number is drawn then, and where queries or
    batches are broadcast: scaling them takes fewer steps than the formula has."""
    said = said_of_attention(call)
    query, key, value = attended(call)
    if len({shape[:-3] for shape in (query, key, value)}) > 1:
        return None
    if key[-3:-2] != value[-3:-2] or (key[-3:-2] != query[-3:-2] and query[-3:-2] == (1,)):
        return None
    dropout = said.get("dropout_p", 0.0)
    if dropout == 1:
        return None
    mask = said.get("attn_mask")
    return made(
        Attention,
        mask=0 if mask is None else elements(mask),
        boolean=mask is not None and mask.dtype == torch.bool,
        causal=bool(said.get("is_causal", False)),
        grouped=bool(said.get("enable_gqa", False)),
        dropout=bool(dropout),
    )


def _is_complex(call: TracedCall) -> bool:
    return any(dtype.is_complex for dtype in call.dtypes)


def _product(call: TracedCall) -> Layer:
    return made(MatMul, is_complex=_is_complex(call))


def _product_plus(call: TracedCall) -> Layer:
    summed = call.operation == "addbmm"
    return made(MatMul, elements(call.in_shapes[0]), _is_complex(call), summed)


def _outer(call: TracedCall) -> Layer:
    return made(Outer, is_complex=_is_complex(call))


def _einsum(call: TracedCall) -> Layer | None:
    """An outer product of two vectors; no other sum of products has a closed form."""
    vectors = all(len(shape) == 1 for shape in call.in_shapes)
    return _outer(call) if vectors else None


def _column_and_row(call: TracedCall) -> tuple[Shape, ...]:
    """The vectors of an outer product as matrices."""
    _, (rows,), (columns,) = call.in_shapes
    return (rows, 1), (1, columns)


def _grouped_product(call: TracedCall) -> Layer:
    """Two stacks are in groups already."""
    return MatMul() if len(call.in_shapes) == 2 else GroupedMatMul()


def _trilinear(call: TracedCall) -> Layer | None:
    """The one use that torch makes of it: a bilinear layer's."""
    if tuple(map(tuple, call.arguments[3:7])) != ((1, 3), (0,), (1, 2), (2, 3)):
        return None
    outputs, *features = call.in_shapes[1]
    return made(Bilinear, *features, outputs, is_complex=_is_complex(call))


PRODUCTS: dict[str, tuple[Read, Fed]] = {
    "convolution": (_convolution, DATA),
    "linear": (_linear, DATA),
    "scaled_dot_product_attention": (_attention, attended),
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot", "_int_mm"), (_product, FACTORS)),
    **dict.fromkeys(("addmm", "baddbmm", "addmv", "addbmm"), (_product_plus, LATER_FACTORS)),
    "outer": (_outer, FACTORS),
    "einsum": (_einsum, FACTORS),
    "addr": (_product_plus, _column_and_row),
    "_grouped_mm": (_grouped_product, ALL),
    "_trilinear": (_trilinear, lambda call: call.in_shapes[::2]),
}
