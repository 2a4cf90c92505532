"""A torch module as a layer description: by what it is, never by its name.

A subclass counts as its base as long as it runs the base's ``forward``; with a ``forward`` of its
own it is no known layer, and the operations inside it are counted one by one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import nn

from complexity.models.blocks import ChannelShuffle as BlockShuffle
from complexity.reading_operations import read_operation
from complexity.tracing import TracedCall
from formulas.layers import (
    Activation,
    AdaptivePool,
    BatchNorm,
    Bilinear,
    ChannelShuffle,
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
from formulas.quantities import Shape

FREE = (nn.Identity, nn.Flatten, nn.Unflatten)
DROPOUTS = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
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
    nn.LogSoftmax,
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


def _transposed(module: Any) -> Layer:
    return ConvTranspose(
        module.in_channels,
        module.out_channels,
        module.kernel_size,
        module.stride,
        module.padding,
        module.output_padding,
        module.dilation,
        module.groups,
        module.bias is not None,
        dims=len(module.kernel_size),
    )


def _bilinear(module: Any) -> Layer:
    features = module.in1_features, module.in2_features, module.out_features
    return Bilinear(*features, module.bias is not None)


def _normalization(name: Any) -> Callable[[Any], Layer]:
    def read(norm: nn.Module) -> Layer | None:
        if getattr(norm, "track_running_stats", False):
            return None
        return Normalization(name, sum(p.numel() for p in norm.parameters(recurse=False)))

    return read


def _recurrent(cell: Any) -> Callable[[Any], Layer]:
    return lambda rnn: Recurrent(
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
    return lambda rnn: Recurrent(cell, rnn.input_size, rnn.hidden_size, bias=rnn.bias, is_cell=True)


def _upsample(module: Any) -> Layer | None:
    """One number for all sides does not tell how many there are: then the operation is read."""
    size, scale = module.size, module.scale_factor
    if isinstance(size, tuple):
        return Interpolate(size=size, mode=module.mode)
    return Interpolate(scale=scale, mode=module.mode) if isinstance(scale, tuple) else None


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
    nn.ConvTranspose1d: _transposed,
    nn.ConvTranspose2d: _transposed,
    nn.ConvTranspose3d: _transposed,
    nn.Bilinear: _bilinear,
    nn.LSTM: _recurrent("lstm"),
    nn.GRU: _recurrent("gru"),
    nn.RNN: _recurrent("rnn"),
    nn.LSTMCell: _cell("lstm"),
    nn.GRUCell: _cell("gru"),
    nn.RNNCell: _cell("rnn"),
    nn.Embedding: lambda table: Embedding(table.num_embeddings, table.embedding_dim),
    nn.LayerNorm: _normalization("layer_norm"),
    nn.GroupNorm: _normalization("group_norm"),
    nn.InstanceNorm1d: _normalization("instance_norm"),
    nn.InstanceNorm2d: _normalization("instance_norm"),
    nn.InstanceNorm3d: _normalization("instance_norm"),
    nn.Upsample: _upsample,
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
    return is_free(module, module.training) or read_module(module) is not None


def is_free(module: nn.Module, training: bool) -> bool:
    """Whether a module is known to compute nothing, in training or at inference."""
    free = FREE if training else FREE + DROPOUTS
    return any(runs_forward_of(module, base) for base in free)


def is_complex(module: nn.Module) -> bool:
    """Whether a product of its weight is several real ones: how many, the trace knows."""
    weight = module._parameters.get("weight")
    return weight is not None and weight.is_complex()


def computes_weight(module: nn.Module) -> bool:
    """Whether the weight is no parameter of the module's own, but computed for each run.

    So it is where it is parametrised or pruned; computing it is work that no layer's formula
    covers. The attribute is not touched: that alone would run it.
    """
    if "weight" in module._parameters:
        return False
    return hasattr(type(module), "weight") or "weight" in vars(module)


def read_module(module: nn.Module) -> Layer | None:
    """The description of a known layer; None for a container or a layer without a formula."""
    if computes_weight(module) or is_complex(module):
        return None
    for base, reader in READERS.items():
        if runs_forward_of(module, base):
            return reader(module) if owns_its_tensors(module) else None
    return None


def owns_its_tensors(module: nn.Module) -> bool:
    """Whether weight and bias are parameters, and there are no others than torch's own.

    A weight kept as a buffer is not learnable, and a parameter that was added is nobody's.
    """
    buffers = {"weight", "bias"} & {n for n, b in module._buffers.items() if b is not None}
    plain = ("weight", "bias", "in_proj", "running")
    added = [n for n, p in module._parameters.items() if p is not None and not n.startswith(plain)]
    return not buffers and not added


def describe(call: TracedCall) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The description of what ran and the shapes it was applied to.

    None where there is no closed form: then the cost is known from the trace alone.
    """
    if call.module is None:
        return read_operation(call)
    layer = read_module(call.module)
    if layer is None:
        return None
    if isinstance(layer, (Bilinear, Recurrent)):
        return layer, call.in_shapes
    shape = call.in_shapes[0]
    if isinstance(layer, BatchNorm) and len(shape) == 2:
        layer = replace(layer, dims=0)  # vectors, where BatchNorm1d also takes sequences
    return layer, (shape,)
