"""Counting by running, for the families beside convolutions and poolings."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from formulas.core.cost import Cost
from formulas.layers import (
    Attention,
    Bilinear,
    ConvTranspose,
    Embedding,
    Interpolate,
    MatMul,
    Normalization,
    Outer,
    Reduction,
)
from tests.oracles.modules import module_of, norm_module, numel
from tests.oracles.tensors import filled, ones, total


@torch.no_grad()
def run_transposed(layer: ConvTranspose, x: Tensor) -> Cost:
    """Uncropped, the outputs of ones add up to one for each product; cropped, to one a bias."""
    spread = filled(module_of(replace(layer, padding=0, output_padding=0)), weight=1, bias=0)(x)
    real = module_of(layer)
    biases = filled(real, weight=0, bias=1)(x)
    return Cost(
        params=numel(real),
        macs=total(spread),
        elementwise=total(biases),
        activations=biases.numel(),
        memory_access=x.numel() + biases.numel() + numel(real),
    )


@torch.no_grad()
def run_bilinear(layer: Bilinear, one: Tensor, two: Tensor) -> Cost:
    module = module_of(layer)
    out = filled(module, weight=1, bias=0)(one, two)
    biases = filled(module, weight=0, bias=1)(one, two)
    return Cost(
        params=numel(module),
        macs=(4 if layer.is_complex else 1) * total(out),
        elementwise=total(biases),
        activations=out.numel(),
        memory_access=one.numel() + two.numel() + out.numel() + numel(module),
    )


def run_matmul(layer: MatMul, left: Tensor, right: Tensor) -> Cost:
    """Ones times ones; and where something is added, one bias a column, onto a product of 0.

    A complex matrix is a real one of twice as many rows and columns.
    """
    out = products = left @ right
    if layer.is_complex:
        wide = left[None] if left.dim() == 1 else left
        tall = right[:, None] if right.dim() == 1 else right
        wide = wide.repeat_interleave(2, -1).repeat_interleave(2, -2)
        products = wide @ torch.cat([tall, tall], -2)
    if layer.summed:  # as addbmm does
        matrix = (left.dim() > 1) + (right.dim() > 1)
        out = out.sum(tuple(range(out.dim() - matrix))) if out.dim() > matrix else out
    added = ones((layer.added,)) if layer.added else torch.zeros(1, dtype=torch.float64)
    read = left.numel() + right.numel() + layer.added
    return Cost(
        macs=total(products),
        elementwise=total(0 * out + added),
        activations=out.numel(),
        memory_access=read + out.numel(),
    )


def run_outer(layer: Outer, one: Tensor, two: Tensor) -> Cost:
    out = torch.outer(one, two)
    return Cost(
        macs=(4 if layer.is_complex else 1) * total(out),
        activations=out.numel(),
        memory_access=one.numel() + two.numel() + out.numel(),
    )


def run_attention(layer: Attention, query: Tensor, key: Tensor, value: Tensor) -> Cost:
    """The definition, step by step: keys and values are repeated for the queries they serve."""
    keys, values = key, value
    if query.dim() > 2:
        served = query.shape[-3] // key.shape[-3]
        keys, values = (each.repeat_interleave(served, -3) for each in (key, value))
    scores = query @ keys.mT
    out = torch.ones_like(scores) @ values
    steps = [query, keys, scores]  # both are scaled, then the softmax
    if layer.causal:
        steps.append(torch.ones(scores.shape[-2:]).tril())  # made ...
    if layer.boolean:
        steps.append(torch.ones(layer.mask))
    if layer.causal or layer.mask:
        steps.append(scores)  # ... and added
    if layer.dropout:
        drawn = torch.bernoulli(0.5 * torch.ones_like(scores))
        steps += [drawn, drawn / 0.5, scores * drawn]
    moved = sum(each.numel() for each in (query, key, value, out))
    return Cost(
        macs=total(scores) + total(out),
        elementwise=sum(each.numel() for each in steps),
        activations=scores.numel() + out.numel(),
        memory_access=moved + layer.mask,
    )


def run_embedding(layer: Embedding, x: Tensor) -> Cost:
    """The gradient of the sum has a 1 for each element of a row, each time that it is read."""
    table = filled(module_of(layer), weight=1, bias=0)
    out = table(torch.zeros_like(x, dtype=torch.int64))
    out.sum().backward()
    return Cost(
        params=numel(table), memory_access=x.numel() + total(table.weight.grad) + total(out)
    )


@torch.no_grad()
def run_normalization(layer: Normalization, x: Tensor) -> Cost:
    """With scales 0 and shifts 1 the outputs add up to the number of elements shifted."""
    shifted = filled(norm_module(layer, x.shape, affine=True), weight=0, bias=1)(x)
    real = norm_module(layer, x.shape, affine=layer.params > 0)
    return Cost(
        params=numel(real),
        elementwise=total(shifted),
        memory_access=x.numel() + shifted.numel() + numel(real),
    )


def run_interpolation(layer: Interpolate, x: Tensor) -> Cost:
    """The nearest one of ones is a one."""
    out = functional.interpolate(x, size=layer.size, scale_factor=layer.scale)
    return Cost(elementwise=total(out), memory_access=x.numel() + out.numel())


REDUCTIONS = {"sum": torch.sum, "mean": torch.mean, "amax": torch.amax}


def reduced(layer: Reduction, x: Tensor) -> Tensor:
    axes = layer.axes or tuple(range(x.dim()))
    return REDUCTIONS[layer.name](x, axes, keepdim=layer.keep)


def run_reduction(layer: Reduction, x: Tensor) -> Cost:
    """A maximum of ones is a one for each output."""
    out = reduced(replace(layer, name="amax"), x)
    return Cost(elementwise=total(out), memory_access=x.numel() + out.numel())


def mha_module(sizes: dict[str, int], *, bias: bool) -> nn.MultiheadAttention:
    return nn.MultiheadAttention(
        sizes["embed_dim"],
        sizes["heads"],
        bias=bias,
        kdim=sizes.get("kdim"),
        vdim=sizes.get("vdim"),
        batch_first=True,
    )


def scatter_ones(layer: ConvTranspose, shape: tuple[int, ...]) -> Tensor:
    """How many products land on each output of one filter and image: scattered in a loop."""
    out = torch.zeros(layer.out_shape(shape)[2:], dtype=torch.int64)
    channels = shape[1] // layer.groups
    taps = torch.cartesian_prod(*map(torch.arange, layer.kernel)).reshape(-1, layer.dims)
    places = torch.cartesian_prod(*map(torch.arange, shape[2:])).reshape(-1, layer.dims)
    for place in places.tolist():
        for tap in taps.tolist():
            sides = zip(place, layer.stride, layer.dilation, tap, strict=True)
            out[tuple(p * s + d * t for p, s, d, t in sides)] += channels
    return out
