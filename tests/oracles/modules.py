"""The real torch module that a description describes."""

from math import prod

import torch
from torch import nn

from formulas.layers import (
    AdaptivePool,
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    Embedding,
    Interpolate,
    Layer,
    Linear,
    Normalization,
    Pool,
    Recurrent,
)

CONVS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
RECURRENT = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
CELLS = {"lstm": nn.LSTMCell, "gru": nn.GRUCell, "rnn": nn.RNNCell}
INSTANCE_NORMS = {1: nn.InstanceNorm1d, 2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}
NORMS = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
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


def transposed_module(layer: ConvTranspose) -> nn.Module:
    settings = ("stride", "padding", "output_padding", "dilation", "groups", "bias")
    return TRANSPOSED[layer.dims](
        layer.in_channels,
        layer.out_channels,
        layer.kernel,
        **{name: getattr(layer, name) for name in settings},
    )


def recurrent_module(layer: Recurrent) -> nn.Module:
    if layer.is_cell:
        return CELLS[layer.cell](layer.input_size, layer.hidden_size, bias=layer.bias)
    projected = {"proj_size": layer.proj_size} if layer.proj_size else {}
    return RECURRENT[layer.cell](
        layer.input_size,
        layer.hidden_size,
        layer.layers,
        bias=layer.bias,
        batch_first=layer.batch_first,
        bidirectional=layer.directions == 2,
        **projected,
    )


def norm_module(layer: Normalization, shape: tuple[int, ...], *, affine: bool) -> nn.Module:
    """A layer norm is one over as many last sides as its params say; without, over the last."""
    match layer.name:
        case "layer_norm":
            tails = (shape[-last:] for last in range(1, len(shape) + 1))
            over = next((t for t in tails if 2 * prod(t) == layer.params), shape[-1:])
            return nn.LayerNorm(over, elementwise_affine=affine)
        case "group_norm":
            return nn.GroupNorm(1, shape[1], affine=affine)
    return INSTANCE_NORMS[len(shape) - 2](shape[1], affine=affine)


def module_of(layer: Layer) -> nn.Module:
    """A module with the weights that ``layer`` says; made where torch makes them by default."""
    match layer:
        case Conv():
            return conv_module(layer)
        case ConvTranspose():
            return transposed_module(layer)
        case Bilinear():
            features = layer.in1_features, layer.in2_features, layer.out_features
            return nn.Bilinear(*features, bias=layer.bias)
        case Embedding():
            return nn.Embedding(layer.rows, layer.width)
        case Recurrent():
            return recurrent_module(layer)
        case Interpolate():
            return nn.Upsample(layer.size, layer.scale)
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


def real_out_shape(layer: Layer, *shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that torch itself gives to the (first) output, without computing it."""
    dtype = torch.int64 if isinstance(layer, Embedding) else None
    with torch.device("meta"):
        inputs = [torch.empty(shape, dtype=dtype) for shape in shapes]
        out = module_of(layer).eval()(*inputs)
    return tuple((out[0] if isinstance(out, tuple) else out).shape)


def numel(module: nn.Module) -> int:
    """The elements of a module's learnable tensors."""
    return sum(parameter.numel() for parameter in module.parameters())
