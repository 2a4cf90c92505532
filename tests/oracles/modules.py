"""The real torch module that a description describes."""

import torch
from torch import nn

from formulas.layers import AdaptivePool, BatchNorm, Conv, Layer, Linear, Pool

CONVS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
POOLS = {
    "max": {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d},
    "avg": {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d},
}
ADAPTIVE_POOLS = {
    "max": {1: nn.AdaptiveMaxPool1d, 2: nn.AdaptiveMaxPool2d, 3: nn.AdaptiveMaxPool3d},
    "avg": {1: nn.AdaptiveAvgPool1d, 2: nn.AdaptiveAvgPool2d, 3: nn.AdaptiveAvgPool3d},
}


def conv_module(layer: Conv, **changes: object) -> nn.Module:
    settings = {
        "kernel_size": layer.kernel,
        "stride": layer.stride,
        "padding": layer.padding,
        "dilation": layer.dilation,
        "groups": layer.groups,
        "bias": layer.bias,
    }
    return CONVS[layer.dims](layer.in_channels, layer.out_channels, **settings | changes)


def pool_module(layer: Pool) -> nn.Module:
    settings = {
        "kernel_size": layer.kernel,
        "stride": layer.stride,
        "padding": layer.padding,
        "ceil_mode": layer.ceil_mode,
    }
    if layer.reduce == "max":
        settings["dilation"] = layer.dilation
    else:
        settings["count_include_pad"] = False
    return POOLS[layer.reduce][layer.dims](**settings)


def module_of(layer: Layer) -> nn.Module:
    """A module with the weights that ``layer`` says; made where torch makes them by default."""
    match layer:
        case Conv():
            return conv_module(layer)
        case Linear():
            return nn.Linear(layer.in_features, layer.out_features, bias=layer.bias)
        case BatchNorm():
            return NORMS[layer.dims](
                layer.channels, affine=layer.affine, track_running_stats=layer.tracked
            )
        case Pool():
            return pool_module(layer)
        case AdaptivePool():
            return ADAPTIVE_POOLS[layer.reduce][layer.dims](layer.out_size)
    raise TypeError(f"no module for {layer!r}")


def real_out_shape(layer: Layer, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that torch itself gives to the output, without computing it."""
    with torch.device("meta"):
        return tuple(module_of(layer).eval()(torch.empty(shape)).shape)


def numel(module: nn.Module) -> int:
    """The elements of a module's learnable tensors."""
    return sum(parameter.numel() for parameter in module.parameters())
