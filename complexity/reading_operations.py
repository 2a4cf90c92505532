"""An operation between layers as a description: from its name and its arguments' shapes."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch

from complexity.tracing import TracedCall
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    BatchNorm,
    Bilinear,
    Concat,
    Conv,
    ConvTranspose,
    Copy,
    Elementwise,
    Embedding,
    EmbeddingBag,
    Fold,
    Gate,
    GroupedMatMul,
    Interpolate,
    Layer,
    Linear,
    MatMul,
    Normalization,
    Outer,
    Pad,
    PixelShuffle,
    Pool,
    Reduction,
    Unfold,
)
from formulas.quantities import Shape, elements

PADS = (
    "constant_pad_nd",
    *(f"{mode}_pad{dims}d" for mode in ("reflection", "replication") for dims in (1, 2, 3)),
)
Read = Callable[[TracedCall], Layer | None]


def made(kind: Callable[..., Layer], *settings: Any, **named: Any) -> Layer:
    """A description, built and validated once for the same settings: networks repeat layers."""
    try:
        return _remembered(kind, *settings, **named)
    except TypeError:  # a setting in a list
        return kind(*settings, **named)


@lru_cache(4096, typed=True)
def _remembered(kind: Callable[..., Layer], *settings: Any, **named: Any) -> Layer:
    return kind(*settings, **named)


Fed = Callable[[TracedCall], tuple[Shape, ...]]


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


def padded(padding: Any) -> Layer:
    """``padding`` as torch has it: before and behind the last side, then the one before."""
    pairs = zip(padding[::2], padding[1::2], strict=True)
    return made(Pad, tuple(pairs)[::-1])


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
    """None where dropout leaves nothing: no number is drawn then."""
    said = said_of_attention(call)
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
    "convolution": (_convolution, DATA),
    "linear": (_linear, DATA),
    "scaled_dot_product_attention": (_attention, attended),
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "vdot", "_int_mm"), (_product, FACTORS)),
    **dict.fromkeys(("addmm", "baddbmm", "addmv", "addbmm"), (_product_plus, LATER_FACTORS)),
    "outer": (_outer, FACTORS),
    "addr": (_product_plus, _column_and_row),
    "_grouped_mm": (_grouped_product, ALL),
    "_trilinear": (_trilinear, lambda call: call.in_shapes[::2]),
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
    if call.operation in READERS:
        read, fed = READERS[call.operation]
        layer = read(call)
        return None if layer is None else (layer, fed(call))
    if torch.Tag.pointwise in getattr(call.operator, "tags", ()) and call.in_shapes:
        return made(Elementwise, call.operation), call.in_shapes
    return None
