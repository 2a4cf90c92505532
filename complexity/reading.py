"""A torch module, or an operation, as a layer description: by what it is, never by its name.

A subclass counts as its base as long as it runs the base's ``forward``; with a ``forward`` of its
own it is no known layer, and the operations inside it are counted one by one.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from complexity.models.blocks import ChannelShuffle as BlockShuffle
from complexity.tracing import TracedCall
from complexity.tracing.operators import name_of
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
from formulas.quantities import Shape, elements

FREE = (nn.Identity, nn.Flatten, nn.Unflatten, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
ACTIVATIONS = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.ELU,
    nn.SELU,
    nn.CELU,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Sigmoid,
    nn.Tanh,
    nn.Softplus,
    nn.Hardswish,
    nn.Hardsigmoid,
    nn.Hardtanh,
)


def _conv(module: Any) -> Layer:
    same = module.padding == "same"
    padding = 0 if module.padding == "valid" else module.padding
    return Conv(
        module.in_channels,
        module.out_channels,
        module.kernel_size,
        module.stride,
        "same" if same else padding,
        module.dilation,
        module.groups,
        module.bias is not None,
        dims=len(module.kernel_size),
    )


def _batch_norm(dims: int) -> Callable[[Any], Layer]:
    return lambda norm: BatchNorm(
        norm.num_features,
        affine=norm.weight is not None,
        tracked=norm.running_mean is not None,
        dims=dims,
    )


def _max_pool(dims: int) -> Callable[[Any], Layer | None]:
    return lambda pool: (
        None
        if pool.return_indices
        else Pool(
            "max",
            pool.kernel_size,
            pool.stride,
            pool.padding,
            pool.dilation,
            pool.ceil_mode,
            dims=dims,
        )
    )


def _avg_pool(dims: int) -> Callable[[Any], Layer]:
    return lambda pool: Pool(
        "avg", pool.kernel_size, pool.stride, pool.padding, ceil_mode=pool.ceil_mode, dims=dims
    )


def _adaptive(reduce: Any, dims: int) -> Callable[[Any], Layer | None]:
    def read(pool: Any) -> Layer | None:
        if getattr(pool, "return_indices", False):
            return None
        size = pool.output_size
        return AdaptivePool(reduce, tuple(size) if isinstance(size, tuple) else (size,) * dims)

    return read


READERS: dict[type[nn.Module], Callable[[Any], Layer | None]] = {
    nn.Conv1d: _conv,
    nn.Conv2d: _conv,
    nn.Conv3d: _conv,
    nn.Linear: lambda fc: Linear(fc.in_features, fc.out_features, fc.bias is not None),
    nn.BatchNorm1d: _batch_norm(1),
    nn.BatchNorm2d: _batch_norm(2),
    nn.BatchNorm3d: _batch_norm(3),
    nn.MaxPool1d: _max_pool(1),
    nn.MaxPool2d: _max_pool(2),
    nn.MaxPool3d: _max_pool(3),
    nn.AvgPool1d: _avg_pool(1),
    nn.AvgPool2d: _avg_pool(2),
    nn.AvgPool3d: _avg_pool(3),
    nn.AdaptiveAvgPool1d: _adaptive("avg", 1),
    nn.AdaptiveAvgPool2d: _adaptive("avg", 2),
    nn.AdaptiveAvgPool3d: _adaptive("avg", 3),
    nn.AdaptiveMaxPool1d: _adaptive("max", 1),
    nn.AdaptiveMaxPool2d: _adaptive("max", 2),
    nn.AdaptiveMaxPool3d: _adaptive("max", 3),
    nn.ChannelShuffle: lambda shuffle: ChannelShuffle(shuffle.groups),
    BlockShuffle: lambda shuffle: ChannelShuffle(shuffle.groups),
    **dict.fromkeys(ACTIVATIONS, lambda module: Activation(type(module).__name__.lower())),
}


def runs_forward_of(module: nn.Module, base: type[nn.Module]) -> bool:
    """Whether ``module`` is a ``base`` that runs the base's own ``forward``."""
    own = "forward" in vars(module)
    return isinstance(module, base) and not own and type(module).forward is base.forward


def is_layer(module: nn.Module) -> bool:
    """Whether a module is one row: a known layer, or known to cost nothing."""
    return is_free(module) or read_module(module) is not None


def is_free(module: nn.Module) -> bool:
    """Whether a module is known to compute nothing at inference."""
    return any(runs_forward_of(module, base) for base in FREE)


def read_module(module: nn.Module) -> Layer | None:
    """The description of a known layer; None for a container or a layer without a formula."""
    for base, reader in READERS.items():
        if runs_forward_of(module, base):
            return reader(module)
    return None


def read_operation(call: TracedCall) -> Layer | None:
    """The description of an operation between layers, from its name and arguments.

    None where there is no closed form for it: then its cost is known from the trace alone.
    """
    name, args, shapes = name_of(call.operator), call.arguments, call.in_shapes
    if name == "add" and len(shapes) == 2 and shapes[0] == shapes[1]:
        return Add()
    if name == "cat":
        return Concat(args[1] if len(args) > 1 else 0)
    if name in ("mm", "bmm"):
        return MatMul()
    if name in ("addmm", "baddbmm"):
        return MatMul(added=elements(shapes[0]))
    if name in ("clone", "_to_copy"):
        return Copy()
    if name == "convolution":
        return _convolution(*args)
    if torch.Tag.pointwise in call.operator.tags:
        return Elementwise(name)
    return None


def _convolution(
    _: Shape,
    weight: Shape,
    bias: Shape | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    transposed: bool,
    __: Any,
    groups: int,
) -> Layer | None:
    if transposed:
        return None
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


def data_shapes(call: TracedCall) -> tuple[Shape, ...]:
    """The shapes that the description is applied to: those of the data, not of the weights."""
    if call.module is not None or name_of(call.operator) == "convolution":
        return call.in_shapes[:1]
    if name_of(call.operator) in ("addmm", "baddbmm"):
        return call.in_shapes[1:]
    return call.in_shapes


def describe(call: TracedCall) -> Layer | None:
    """The description of what ran; None where there is no closed form, known from the trace."""
    return read_operation(call) if call.module is None else read_module(call.module)
