"""The one table: which kind a description is, and which formula counts it.

A 1x1 convolution may have groups, and a depthwise one always has. The first kind that fits is
taken: depthwise, group, pointwise, standard. Params and MACs do not depend on the choice.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from formulas import adapters as applying
from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.memory_traffic import Moved, Traffic
from formulas.core.quantities import Shape, elements, every
from formulas.counters.attention import ATTENTION
from formulas.counters.bilinear import BILINEAR
from formulas.counters.data_movement import (
    CHANNEL_SHUFFLE,
    CONCATENATION,
    COPY,
    channel_shuffle,
    concatenation,
    copy,
)
from formulas.counters.depthwise import DEPTHWISE
from formulas.counters.elementwise import (
    ACTIVATION,
    ADDITION,
    ELEMENTWISE,
    GATE,
    PRELU,
    REDUCTION,
    activation,
    addition,
    elementwise,
    reduction,
)
from formulas.counters.embedding import EMBEDDING, EMBEDDING_BAG
from formulas.counters.fc import FC
from formulas.counters.fold import FOLD, fold
from formulas.counters.group import GROUP
from formulas.counters.interpolation import INTERPOLATION
from formulas.counters.matmul import MATMUL
from formulas.counters.normalization import BATCH_NORM, NORMALIZATION, RMS_NORM, normalization
from formulas.counters.pointwise import POINTWISE
from formulas.counters.pooling import POOLING
from formulas.counters.recurrent import RECURRENT
from formulas.counters.standard import STANDARD
from formulas.counters.transposed import TRANSPOSED
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    BatchNorm,
    Bilinear,
    ChannelShuffle,
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
    Recurrent,
    Reduction,
    RMSNorm,
    Unfold,
)
from formulas.layers.base import real_products

Fits = Callable[[Any], bool]


@dataclass(frozen=True)
class Kind:
    """One row: ``fits`` says whether a description is of this kind, ``cost`` counts it."""

    fits: Fits
    cost: Callable[..., Cost]
    expression: Expression


def _a(*descriptions: type) -> Fits:
    return lambda layer: isinstance(layer, descriptions)


def _conv_where(condition: Callable[[Conv], bool]) -> Fits:
    return lambda layer: isinstance(layer, Conv) and condition(layer)


def _named(description: type, field: str, value: str) -> Fits:
    return lambda layer: isinstance(layer, description) and getattr(layer, field) == value


def _grouped(conv: Conv) -> bool:
    return not every(conv.groups == 1)


def _normalization(norm: Normalization, shape: Shape) -> Cost:
    return normalization(shape, norm.params)


KINDS: dict[str, Kind] = {
    "depthwise": Kind(
        _conv_where(lambda conv: _grouped(conv) and every(conv.groups == conv.in_channels)),
        applying.depthwise_of,
        DEPTHWISE,
    ),
    "group": Kind(_conv_where(_grouped), applying.group_of, GROUP),
    "pointwise": Kind(
        _conv_where(lambda conv: all(every(side == 1) for side in conv.kernel)),
        applying.pointwise_of,
        POINTWISE,
    ),
    "standard": Kind(_a(Conv), applying.standard_of, STANDARD),
    "transposed": Kind(_a(ConvTranspose), applying.transposed_of, TRANSPOSED),
    "fc": Kind(_a(Linear), applying.fc_of, FC),
    "bilinear": Kind(_a(Bilinear), applying.bilinear_of, BILINEAR),
    "matmul": Kind(_a(MatMul), applying.matmul_of, MATMUL),
    "grouped_matmul": Kind(_a(GroupedMatMul), applying.grouped_matmul_of, MATMUL),
    "outer": Kind(_a(Outer), applying.outer_of, MATMUL),
    "attention": Kind(_a(Attention), applying.attention_of, ATTENTION),
    **{
        cell: Kind(_named(Recurrent, "cell", cell), applying.recurrent_of, RECURRENT)
        for cell in ("lstm", "gru", "rnn")
    },
    "embedding": Kind(_a(Embedding), applying.embedding_of, EMBEDDING),
    "embedding_bag": Kind(_a(EmbeddingBag), applying.embedding_bag_of, EMBEDDING_BAG),
    "batch_norm": Kind(_a(BatchNorm), applying.batch_norm_of, BATCH_NORM),
    **{
        name: Kind(_named(Normalization, "name", name), _normalization, NORMALIZATION)
        for name in ("layer_norm", "group_norm", "instance_norm")
    },
    "rms_norm": Kind(_a(RMSNorm), applying.rms_norm_of, RMS_NORM),
    "max_pool": Kind(_named(Pool, "reduce", "max"), applying.pooling_of, POOLING),
    "avg_pool": Kind(_named(Pool, "reduce", "avg"), applying.pooling_of, POOLING),
    "adaptive_max_pool": Kind(_named(AdaptivePool, "reduce", "max"), applying.pooling_of, POOLING),
    "adaptive_avg_pool": Kind(_named(AdaptivePool, "reduce", "avg"), applying.pooling_of, POOLING),
    "interpolation": Kind(_a(Interpolate), applying.interpolation_of, INTERPOLATION),
    "prelu": Kind(
        _named(Activation, "name", "prelu"),
        lambda layer, shape: activation(shape, layer.params),
        PRELU,
    ),
    "gate": Kind(_a(Gate), lambda gate, shape: reduction(shape, gate.out_shape(shape)), GATE),
    "activation": Kind(_a(Activation), lambda _, shape: activation(shape), ACTIVATION),
    "addition": Kind(_a(Add), lambda _, shape, *others: addition(shape, 1 + len(others)), ADDITION),
    "elementwise": Kind(_a(Elementwise), lambda _, *shapes: elementwise(*shapes), ELEMENTWISE),
    "reduction": Kind(
        _a(Reduction),
        lambda layer, shape: reduction(shape, layer.out_shape(shape)),
        REDUCTION,
    ),
    "fold": Kind(_a(Fold), lambda layer, shape: fold(shape, layer.out_shape(shape)), FOLD),
    "copy": Kind(
        _a(Copy, Pad, PixelShuffle, Unfold),
        lambda layer, shape: copy(shape, layer.out_shape(shape)),
        COPY,
    ),
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
    cost = KINDS[kind_of(layer)].cost(layer, *in_shapes)
    return replace(cost, macs=real_products(cost.macs, getattr(layer, "is_complex", False)))


# Layers whose weights are what they read beside their inputs.
WEIGHTED = (
    Conv, ConvTranspose, Linear, Bilinear, BatchNorm, Normalization, RMSNorm, Embedding,
    EmbeddingBag, Activation,
)  # fmt: skip


def traffic(layer: Layer, *in_shapes: Shape) -> Traffic:
    """``memory_access`` of ``layer``, its inputs, outputs and weights apart.

    >>> traffic(Conv(3, 32, kernel=3, stride=2, padding=1), (1, 3, 224, 224))
    Traffic(inputs=150528, outputs=401408, weights=864)
    """
    cost = count(layer, *in_shapes)
    access = cost.memory_access
    if isinstance(access, int) and access == 0:
        return Traffic()  # nothing moves, as in a shuffle of one group
    given, out = sum(map(elements, in_shapes)), elements(layer.out_shape(*in_shapes))
    if isinstance(layer, Recurrent):  # it writes its last states too
        return Traffic(given, access - given - cost.params, cost.params)
    if isinstance(layer, WEIGHTED):
        return Traffic(given, out, access - given - out)
    return Traffic(access - out, out)  # a mask is read beside the inputs


def moved(layer: Layer, *in_shapes: Shape, dtype: str = "float32") -> Moved:
    """The same by data type: what is looked up is found by integers.

    >>> moved(Embedding(100, 64), (1, 10))["int64"]
    Traffic(inputs=10, outputs=0, weights=0)
    """
    all_of_it = traffic(layer, *in_shapes)
    if isinstance(all_of_it.total, int) and all_of_it.total == 0:
        return {}
    if not isinstance(layer, (Embedding, EmbeddingBag)):
        return {dtype: all_of_it}
    indices = Traffic(inputs=all_of_it.inputs)
    return {"int64": indices, dtype: replace(all_of_it, inputs=0)}
