"""Counting by running: where every input and weight is 1, the sum of the outputs is a count.

A convolution of ones adds up one 1 for each multiply-add; the same convolution with weights 0
and biases 1 adds up one 1 for each bias that is added. Sums are exact in float64 below 2**53.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional

from formulas.core.cost import Cost
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
from tests.oracles import more_families as more
from tests.oracles import running_families as families
from tests.oracles.modules import conv_module, module_of, numel
from tests.oracles.recurrent import run_recurrent
from tests.oracles.tensors import Shape, filled, ones, total

FAMILIES = {
    Activation: more.run_activation,
    EmbeddingBag: more.run_bag,
    Fold: more.run_fold,
    Gate: more.run_gate,
    GroupedMatMul: more.run_grouped,
    RMSNorm: more.run_rms_norm,
    **dict.fromkeys((Copy, Pad, PixelShuffle, Unfold), more.run_copy),
    Outer: families.run_outer,
    Attention: families.run_attention,
    Bilinear: families.run_bilinear,
    ConvTranspose: families.run_transposed,
    Embedding: families.run_embedding,
    Interpolate: families.run_interpolation,
    MatMul: families.run_matmul,
    Normalization: families.run_normalization,
    Reduction: families.run_reduction,
}


def padded(layer: Conv, x: Tensor) -> Tensor:
    """``x`` with its padding written out as ones: padding counts as data."""
    if layer.padding == "same":
        reaches = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel, strict=True)]
        sides = [(reach // 2, reach - reach // 2) for reach in reaches]
    else:
        sides = [(side, side) for side in layer.padding]
    return functional.pad(x, [side for pair in reversed(sides) for side in pair], value=1)


@torch.no_grad()
def run_weighted(module: nn.Module, x: Tensor, data: Tensor) -> Cost:
    """A layer of weights: ``x`` is its input, ``data`` what the kernel slides over."""
    out = filled(module, weight=1, bias=0)(data)
    biases = filled(module, weight=0, bias=1)(data)
    return Cost(
        params=numel(module),
        macs=total(out),
        elementwise=total(biases),
        activations=out.numel(),
        memory_access=x.numel() + out.numel() + numel(module),
    )


@torch.no_grad()
def run_batch_norm(layer: BatchNorm, x: Tensor) -> Cost:
    """With scales 0 and shifts 1 the outputs add up to the number of elements shifted."""
    shifted = filled(module_of(replace(layer, affine=True)), weight=0, bias=1)(x)
    real = module_of(layer)
    statistics = [real.running_mean, real.running_var] if layer.tracked else []
    read = x.numel() + numel(real) + sum(map(torch.numel, statistics))
    return Cost(
        params=numel(real), elementwise=total(shifted), memory_access=read + shifted.numel()
    )


def run_pool(layer: Pool | AdaptivePool, x: Tensor) -> Cost:
    """One step for each output element, however large its window."""
    out = module_of(layer)(x)
    return Cost(elementwise=out.numel(), memory_access=x.numel() + out.numel())


def run_addition(*inputs: Tensor) -> Cost:
    """What each addition adds is 1; the first summand is there before the first addition."""
    out = sum(inputs[1:], inputs[0])
    moved = sum(x.numel() for x in inputs) + out.numel()
    return Cost(elementwise=total(out - inputs[0]), memory_access=moved)


def run_shuffle(groups: int, x: Tensor) -> Cost:
    """Every element has its own number; if all of them stay where they are, nothing is moved."""
    numbered = torch.arange(x.numel(), dtype=torch.float64).reshape(x.shape)
    shuffled = functional.channel_shuffle(numbered, groups)
    if torch.equal(numbered, shuffled):
        return Cost()
    return Cost(memory_access=numbered.numel() + shuffled.numel())


def measured(layer: Layer, *shapes: Shape) -> Cost:
    """The cost of ``layer`` on inputs of these shapes, found by running it on ones."""
    inputs = [ones(shape) for shape in shapes]
    x = inputs[0]
    match layer:
        case Conv():
            return run_weighted(conv_module(layer, padding=0), x, padded(layer, x))
        case Linear():
            real = run_weighted(module_of(layer), x, x)
            return replace(real, macs=4 * real.macs) if layer.is_complex else real
        case BatchNorm():
            return run_batch_norm(layer, x)
        case Pool() | AdaptivePool():
            return run_pool(layer, x)
        case Add():
            return run_addition(*inputs)
        case Elementwise():
            out = torch.stack(torch.broadcast_tensors(*inputs)).prod(dim=0)
            read = sum(map(torch.numel, inputs))
            return Cost(elementwise=total(out), memory_access=read + out.numel())
        case Recurrent():
            return run_recurrent(layer, *shapes)
        case Concat():
            out = torch.cat(inputs, dim=layer.dim)
            return Cost(memory_access=sum(map(torch.numel, inputs)) + out.numel())
        case ChannelShuffle():
            return run_shuffle(layer.groups, x)
    if type(layer) in FAMILIES:
        return FAMILIES[type(layer)](layer, *inputs)
    raise TypeError(f"{layer!r} cannot be run")
