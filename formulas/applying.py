"""Descriptions to formulas: what a layer was built with and fed, as its formula's arguments."""

from dataclasses import replace
from typing import Any

from formulas.attention import attention
from formulas.bilinear import bilinear
from formulas.cost import Cost
from formulas.depthwise import depthwise
from formulas.embedding import embedding
from formulas.fc import fc
from formulas.group import group
from formulas.interpolation import interpolation
from formulas.layers import (
    Attention,
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    Embedding,
    Interpolate,
    Linear,
    MatMul,
    Recurrent,
)
from formulas.matmul import matmul
from formulas.normalization import batch_norm
from formulas.pointwise import pointwise
from formulas.pooling import pooling
from formulas.quantities import Shape, elements, exact_quotient
from formulas.recurrent import recurrent
from formulas.sizes import broadcast
from formulas.standard import standard
from formulas.transposed import transposed


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
    batch = elements(broadcast(left[:-2], right[:-2]))
    cost = matmul(left[-2], left[-1], right[-1], batch=batch, added=product.added)
    # a factor that is broadcast is read once, not once for each product
    read = elements(left) + elements(right) + cost.activations + product.added
    macs = 4 * cost.macs if product.is_complex else cost.macs
    return replace(cost, macs=macs, memory_access=read)


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
        mask=layer.mask,
        boolean=layer.boolean,
        causal=layer.causal,
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


def pooling_of(pool: Any, shape: Shape) -> Cost:
    return pooling(shape[-pool.dims - 1], **_maps(pool, shape))
