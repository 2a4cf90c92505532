"""torch's layers as descriptions: what each class was built with, as its formula wants it.

A composite of operations that have closed forms of their own (a soft sign, an Lp pooling) is not
here: its operations are rows.
"""

from collections.abc import Callable
from typing import Any

from torch import nn

from complexity.closed_form.operators import padded
from complexity.closed_form.products import convolution, made
from complexity.models.blocks import ChannelShuffle as BlockShuffle
from formulas.layers import (
    Activation,
    AdaptivePool,
    BatchNorm,
    Bilinear,
    ChannelShuffle,
    Embedding,
    EmbeddingBag,
    Fold,
    Gate,
    Interpolate,
    Layer,
    Linear,
    Normalization,
    PixelShuffle,
    Pool,
    Recurrent,
    RMSNorm,
    Unfold,
)

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
    nn.Softmax,
    nn.Softmax2d,
    nn.LogSoftmax,
    nn.LogSigmoid,
    nn.Hardshrink,
    nn.Softshrink,
    nn.Threshold,
    nn.RReLU,
)
CONVOLUTIONS = (
    nn.Conv1d,
    nn.Conv2d,
    nn.Conv3d,
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
)
PADS = tuple(
    getattr(nn, f"{mode}Pad{dims}d")
    for mode in ("Constant", "Zero", "Reflection", "Replication", "Circular")
    for dims in (1, 2, 3)
)


def _convolution(module: Any) -> Layer:
    return convolution(
        module.transposed,
        (module.in_channels, module.out_channels),
        module.kernel_size,
        module.stride,
        0 if module.padding == "valid" else module.padding,
        module.output_padding,
        module.dilation,
        module.groups,
        module.bias is not None,
    )


def _linear(fc: Any) -> Layer:
    is_complex = fc.weight.is_complex()
    return made(Linear, fc.in_features, fc.out_features, fc.bias is not None, is_complex)


def _bilinear(module: Any) -> Layer:
    features = module.in1_features, module.in2_features, module.out_features
    return made(Bilinear, *features, module.bias is not None, module.weight.is_complex())


def _embedding(table: Any) -> Layer | None:
    """None where rows are brought to a norm when they are looked up."""
    if table.max_norm is not None:
        return None
    if isinstance(table, nn.EmbeddingBag):
        return made(
            EmbeddingBag, table.num_embeddings, table.embedding_dim, table.include_last_offset
        )
    return made(Embedding, table.num_embeddings, table.embedding_dim)


def _normalization(name: Any) -> Callable[[Any], Layer]:
    def read(norm: nn.Module) -> Layer | None:
        if getattr(norm, "track_running_stats", False):
            return None
        return made(Normalization, name, sum(p.numel() for p in norm.parameters(recurse=False)))

    return read


def _recurrent(cell: Any) -> Callable[[Any], Layer]:
    return lambda rnn: made(
        Recurrent,
        cell,
        rnn.input_size,
        rnn.hidden_size,
        rnn.num_layers,
        2 if rnn.bidirectional else 1,
        rnn.proj_size,
        rnn.bias,
        rnn.batch_first,
    )


def _cell(cell: Any) -> Callable[[Any], Layer]:
    return lambda rnn: made(
        Recurrent, cell, rnn.input_size, rnn.hidden_size, bias=rnn.bias, is_cell=True
    )


def _upsample(module: Any) -> Layer | None:
    """One number for all sides does not tell how many there are: then the operation is read."""
    size, scale = module.size, module.scale_factor
    if isinstance(size, tuple):
        return made(Interpolate, size=size, mode=module.mode)
    return made(Interpolate, scale=scale, mode=module.mode) if isinstance(scale, tuple) else None


def _batch_norm(dims: int) -> Callable[[Any], Layer]:
    return lambda norm: made(
        BatchNorm,
        norm.num_features,
        affine=norm.weight is not None,
        tracked=norm.running_mean is not None,
        dims=dims,
    )


def _max_pool(dims: int) -> Callable[[Any], Layer | None]:
    return lambda pool: (
        None
        if pool.return_indices
        else made(
            Pool,
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
    return lambda pool: made(
        Pool,
        "avg",
        pool.kernel_size,
        pool.stride,
        pool.padding,
        ceil_mode=pool.ceil_mode,
        dims=dims,
    )


def _adaptive(reduce: Any, dims: int) -> Callable[[Any], Layer | None]:
    def read(pool: Any) -> Layer | None:
        if getattr(pool, "return_indices", False):
            return None
        size = pool.output_size
        return made(
            AdaptivePool, reduce, tuple(size) if isinstance(size, tuple) else (size,) * dims
        )

    return read


READERS: dict[type[nn.Module], Callable[[Any], Layer | None]] = {
    **dict.fromkeys(CONVOLUTIONS, _convolution),
    nn.Linear: _linear,
    nn.Bilinear: _bilinear,
    nn.LSTM: _recurrent("lstm"),
    nn.GRU: _recurrent("gru"),
    nn.RNN: _recurrent("rnn"),
    nn.LSTMCell: _cell("lstm"),
    nn.GRUCell: _cell("gru"),
    nn.RNNCell: _cell("rnn"),
    nn.Embedding: _embedding,
    nn.EmbeddingBag: _embedding,
    nn.LayerNorm: _normalization("layer_norm"),
    nn.GroupNorm: _normalization("group_norm"),
    nn.InstanceNorm1d: _normalization("instance_norm"),
    nn.InstanceNorm2d: _normalization("instance_norm"),
    nn.InstanceNorm3d: _normalization("instance_norm"),
    nn.RMSNorm: lambda norm: made(RMSNorm, norm.normalized_shape, norm.weight is not None),
    nn.Upsample: _upsample,
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
    nn.ChannelShuffle: lambda shuffle: made(ChannelShuffle, shuffle.groups),
    BlockShuffle: lambda shuffle: made(ChannelShuffle, shuffle.groups),
    **dict.fromkeys(PADS, lambda pad: padded(pad.padding)),
    nn.PixelShuffle: lambda shuffle: made(PixelShuffle, shuffle.upscale_factor),
    nn.PixelUnshuffle: lambda shuffle: made(PixelShuffle, shuffle.downscale_factor, inverse=True),
    nn.Unfold: lambda cut: made(Unfold, cut.kernel_size, cut.dilation, cut.padding, cut.stride),
    nn.Fold: lambda put: made(
        Fold, put.output_size, put.kernel_size, put.dilation, put.padding, put.stride
    ),
    nn.GLU: lambda gate: made(Gate, gate.dim),
    nn.PReLU: lambda prelu: made(Activation, "prelu", prelu.num_parameters),
    **dict.fromkeys(ACTIVATIONS, lambda module: made(Activation, type(module).__name__.lower())),
}
