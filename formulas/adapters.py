"""Descriptions to formulas: what a layer was built with and fed, as its formula's arguments.

Each function takes a description and the shapes of its inputs, batch included, and gives the
cost for the whole batch. The formulas themselves, and where they come from, stand in the files
that are imported here; ``table.count`` picks the function, refuses inputs that do not fit and
makes real products of complex ones. Where an input is broadcast, it is read once.
"""

from dataclasses import replace
from typing import Any

from formulas.core.cost import Cost
from formulas.core.quantities import Shape, elements, exact_quotient
from formulas.counters.attention import attention
from formulas.counters.bilinear import bilinear
from formulas.counters.depthwise import depthwise
from formulas.counters.embedding import embedding, embedding_bag
from formulas.counters.fc import fc
from formulas.counters.group import group
from formulas.counters.interpolation import interpolation
from formulas.counters.matmul import matmul
from formulas.counters.normalization import batch_norm, rms_norm
from formulas.counters.pointwise import pointwise
from formulas.counters.pooling import pooling
from formulas.counters.recurrent import recurrent
from formulas.counters.standard import standard
from formulas.counters.transposed import transposed
from formulas.layers import (
    Attention,
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    Embedding,
    EmbeddingBag,
    GroupedMatMul,
    Interpolate,
    Linear,
    MatMul,
    Outer,
    Recurrent,
    RMSNorm,
)


def _maps(layer: Any, shape: Shape) -> dict[str, Any]:
    """The batch, and the input's and the output's spatial sides."""
    return {
        "batch": elements(shape[: -layer.dims - 1]),
        "in_size": shape[-layer.dims :],
        "out_size": layer.out_shape(shape)[-layer.dims :],
    }


def standard_of(conv: Conv, shape: Shape) -> Cost:
    channels = conv.in_channels, conv.out_channels
    return standard(*channels, conv.kernel, bias=conv.bias, **_maps(conv, shape))


def group_of(conv: Conv, shape: Shape) -> Cost:
    channels, maps = (conv.in_channels, conv.out_channels), _maps(conv, shape)
    return group(*channels, conv.kernel, groups=conv.groups, bias=conv.bias, **maps)


def pointwise_of(conv: Conv, shape: Shape) -> Cost:
    return pointwise(conv.in_channels, conv.out_channels, bias=conv.bias, **_maps(conv, shape))


def depthwise_of(conv: Conv, shape: Shape) -> Cost:
    maps = _maps(conv, shape)
    multiplier = exact_quotient(conv.out_channels, conv.in_channels)
    return depthwise(conv.in_channels, conv.kernel, multiplier=multiplier, bias=conv.bias, **maps)


def transposed_of(conv: ConvTranspose, shape: Shape) -> Cost:
    channels, maps = (conv.in_channels, conv.out_channels), _maps(conv, shape)
    return transposed(*channels, conv.kernel, groups=conv.groups, bias=conv.bias, **maps)


def fc_of(linear: Linear, shape: Shape) -> Cost:
    vectors = elements(shape[:-1])
    return fc(linear.in_features, linear.out_features, bias=linear.bias, batch=vectors)


def bilinear_of(layer: Bilinear, one: Shape, two: Shape) -> Cost:
    features = layer.in1_features, layer.in2_features, layer.out_features
    return bilinear(*features, bias=layer.bias, batch=elements(one[:-1]))


def matmul_of(product: MatMul, left: Shape, right: Shape) -> Cost:
    rows, inner, columns, batch = product.sizes(left, right)
    cost = matmul(rows, inner, columns, batch=batch, added=product.added)
    # a factor that is broadcast is read once, not once for each product
    read = elements(left) + elements(right) + product.added
    return replace(cost, memory_access=read + cost.activations)


def grouped_matmul_of(product: GroupedMatMul, left: Shape, right: Shape, ends: Shape) -> Cost:
    """As many MACs as one product: each row and column is in one group; but many results."""
    outputs = elements(product.out_shape(left, right, ends))
    read = elements(left) + elements(right) + elements(ends)
    cost = matmul(left[-2], left[-1], right[-1])
    return replace(cost, activations=outputs, memory_access=read + outputs)


def outer_of(_: Outer, one: Shape, two: Shape) -> Cost:
    return matmul(one[0], 1, two[0])


def attention_of(layer: Attention, query: Shape, key: Shape, value: Shape) -> Cost:
    def heads(shape: Shape) -> Any:
        return shape[-3] if len(shape) > 2 else 1

    return attention(
        heads(query),
        query[-2],
        key[-2],
        query[-1],
        value_width=value[-1],
        kv_heads=heads(key),
        broadcast_heads=not layer.grouped,
        mask=layer.mask,
        boolean=layer.boolean,
        causal=layer.causal,
        dropout=layer.dropout,
        batch=elements(layer.out_shape(query, key, value)[:-3]),
    )


def recurrent_of(layer: Recurrent, shape: Shape, *states: Shape) -> Cost:
    steps, batch = layer.steps_and_batch(shape)
    cost = recurrent(
        layer.cell,
        layer.input_size,
        layer.hidden_size,
        steps,
        layers=layer.layers,
        directions=layer.directions,
        proj_size=layer.proj_size,
        bias=layer.bias,
        batch=batch,
    )
    read = sum(map(elements, states))
    if layer.is_cell:  # its output is its state: one of the two is not there
        read -= batch * layer.hidden_size
    return cost + Cost(memory_access=read)


def embedding_of(table: Embedding, shape: Shape) -> Cost:
    return embedding(table.rows, table.width, indices=elements(shape))


def embedding_bag_of(table: EmbeddingBag, shape: Shape, *starts: Shape) -> Cost:
    return embedding_bag(
        table.rows,
        table.width,
        indices=elements(shape),
        bags=table.out_shape(shape, *starts)[0],
        starts=sum(map(elements, starts)),
    )


def interpolation_of(layer: Interpolate, shape: Shape) -> Cost:
    return interpolation(shape, layer.out_shape(shape))


def batch_norm_of(norm: BatchNorm, shape: Shape) -> Cost:
    return batch_norm(
        norm.channels,
        shape[-norm.dims :] if norm.dims else 1,
        affine=norm.affine,
        tracked=norm.tracked,
        batch=elements(shape[: -norm.dims - 1]),
    )


def rms_norm_of(norm: RMSNorm, shape: Shape) -> Cost:
    vectors = elements(shape[: len(shape) - len(norm.sides)])
    return rms_norm(norm.width, affine=norm.affine, batch=vectors)


def pooling_of(pool: Any, shape: Shape) -> Cost:
    return pooling(shape[-pool.dims - 1], **_maps(pool, shape))
