"""The one table: which kind a description is, and which formula counts it.

A 1x1 convolution may have groups, and a depthwise one always has. The first kind that fits is
taken: depthwise, group, pointwise, standard. Params and MACs do not depend on the choice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from formulas.cost import Cost
from formulas.depthwise import DEPTHWISE, depthwise
from formulas.elementwise import (
    ACTIVATION,
    ADDITION,
    ELEMENTWISE,
    activation,
    addition,
    elementwise,
)
from formulas.expressions import Expression
from formulas.fc import FC, fc
from formulas.group import GROUP, group
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Copy,
    Elementwise,
    Layer,
    Linear,
    MatMul,
    Pool,
)
from formulas.matmul import MATMUL, matmul
from formulas.movement import (
    CHANNEL_SHUFFLE,
    CONCATENATION,
    COPY,
    channel_shuffle,
    concatenation,
    copy,
)
from formulas.normalization import BATCH_NORM, batch_norm
from formulas.pointwise import POINTWISE, pointwise
from formulas.pooling import POOLING, pooling
from formulas.quantities import Shape, elements, every, exact_quotient
from formulas.sizes import broadcast
from formulas.standard import STANDARD, standard


@dataclass(frozen=True)
class Kind:
    """One row: ``fits`` says whether a description is of this kind, ``cost`` counts it."""

    fits: Callable[[Any], bool]
    cost: Callable[..., Cost]
    expression: Expression


def _map(layer: Any, shape: Shape) -> dict[str, Any]:
    """What every convolution's formula wants to know of the maps."""
    return {
        "batch": elements(shape[: -layer.dims - 1]),
        "in_size": shape[-layer.dims :],
        "out_size": layer.out_shape(shape)[-layer.dims :],
    }


def _conv(layer: Conv, shape: Shape) -> dict[str, Any]:
    return {"kernel": layer.kernel, "bias": layer.bias, **_map(layer, shape)}


def _pointwise(layer: Conv, shape: Shape) -> Cost:
    return pointwise(layer.in_channels, layer.out_channels, bias=layer.bias, **_map(layer, shape))


def _depthwise(layer: Conv, shape: Shape) -> Cost:
    multiplier = exact_quotient(layer.out_channels, layer.in_channels)
    return depthwise(layer.in_channels, multiplier=multiplier, **_conv(layer, shape))


def _is_depthwise(layer: Conv) -> bool:
    return every(layer.groups == layer.in_channels) and not every(layer.groups == 1)


def _conv_where(condition: Callable[[Conv], bool]) -> Callable[[Any], bool]:
    return lambda layer: isinstance(layer, Conv) and condition(layer)


def _pool_that(reduce: str, of: type) -> Callable[[Any], bool]:
    return lambda layer: isinstance(layer, of) and layer.reduce == reduce  # type: ignore[attr-defined]


def _a(description: type) -> Callable[[Any], bool]:
    return lambda layer: isinstance(layer, description)


def _pool(layer: Any, shape: Shape) -> Cost:
    return pooling(shape[-layer.dims - 1], **_map(layer, shape))


def _matmul(product: MatMul, left: Shape, right: Shape) -> Cost:
    batch = elements(broadcast(left[:-2], right[:-2]))
    return matmul(left[-2], left[-1], right[-1], batch=batch, added=product.added)


KINDS: dict[str, Kind] = {
    "depthwise": Kind(_conv_where(_is_depthwise), _depthwise, DEPTHWISE),
    "group": Kind(
        _conv_where(lambda conv: not every(conv.groups == 1)),
        lambda conv, shape: group(
            conv.in_channels, conv.out_channels, groups=conv.groups, **_conv(conv, shape)
        ),
        GROUP,
    ),
    "pointwise": Kind(
        _conv_where(lambda conv: all(every(side == 1) for side in conv.kernel)),
        _pointwise,
        POINTWISE,
    ),
    "standard": Kind(
        _a(Conv),
        lambda conv, shape: standard(conv.in_channels, conv.out_channels, **_conv(conv, shape)),
        STANDARD,
    ),
    "fc": Kind(
        _a(Linear),
        lambda linear, shape: fc(
            linear.in_features, linear.out_features, bias=linear.bias, batch=elements(shape[:-1])
        ),
        FC,
    ),
    "batch_norm": Kind(
        _a(BatchNorm),
        lambda norm, shape: batch_norm(
            norm.channels,
            shape[-norm.dims :],
            affine=norm.affine,
            tracked=norm.tracked,
            batch=elements(shape[: -norm.dims - 1]),
        ),
        BATCH_NORM,
    ),
    "max_pool": Kind(_pool_that("max", Pool), _pool, POOLING),
    "avg_pool": Kind(_pool_that("avg", Pool), _pool, POOLING),
    "adaptive_max_pool": Kind(_pool_that("max", AdaptivePool), _pool, POOLING),
    "adaptive_avg_pool": Kind(_pool_that("avg", AdaptivePool), _pool, POOLING),
    "activation": Kind(_a(Activation), lambda _, shape: activation(shape), ACTIVATION),
    "addition": Kind(_a(Add), lambda _, shape, *others: addition(shape, 1 + len(others)), ADDITION),
    "elementwise": Kind(_a(Elementwise), lambda _, *shapes: elementwise(*shapes), ELEMENTWISE),
    "matmul": Kind(_a(MatMul), _matmul, MATMUL),
    "copy": Kind(_a(Copy), lambda _, shape: copy(shape), COPY),
    "concatenation": Kind(
        _a(Concat),
        lambda concat, *shapes: concatenation(concat.out_shape(*shapes)),
        CONCATENATION,
    ),
    "channel_shuffle": Kind(
        _a(ChannelShuffle),
        lambda shuffle, shape: channel_shuffle(shape, shuffle.groups),
        CHANNEL_SHUFFLE,
    ),
}


def kind_of(layer: Layer) -> str:
    """The name of the first kind in the table that fits.

    >>> kind_of(Conv(32, 64, kernel=1)), kind_of(Conv(32, 32, kernel=3, groups=32))
    ('pointwise', 'depthwise')
    """
    for name, kind in KINDS.items():
        if kind.fits(layer):
            return name
    raise TypeError(f"{layer!r} is not a layer description")


def count(layer: Layer, *in_shapes: Shape) -> Cost:
    """The cost of ``layer`` on inputs of these shapes, batch included.

    >>> count(Conv(3, 32, kernel=3, stride=2, padding=1), (1, 3, 224, 224)).macs
    10838016
    """
    layer.out_shape(*in_shapes)  # refuses inputs that the layer cannot take
    return KINDS[kind_of(layer)].cost(layer, *in_shapes)
