"""A real module for each kind of layer in the table, and for each class that can be read.

``tests/test_architecture.py`` says which one is missing.
"""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from complexity.models.blocks import ChannelShuffle
from tests.complexity.small import Calls

LINE, MAP, SOLID = (2, 6, 13), (2, 6, 11, 13), (2, 6, 7, 11, 13)
STEPS, VECTORS = (11, 2, 5), (3, 5)  # sequences as torch has them: steps first
Sample = tuple[nn.Module, tuple[Tensor, ...]]


def on(*shapes: tuple[int, ...]) -> tuple[Tensor, ...]:
    return tuple(torch.zeros(shape) for shape in shapes)


def indices(*shape: int) -> tuple[Tensor, ...]:
    return (torch.zeros(shape, dtype=torch.long),)


KIND_SAMPLES: dict[str, Sample] = {
    "depthwise": (nn.Conv2d(6, 12, (3, 5), (2, 1), (1, 2), groups=6), on(MAP)),
    "group": (nn.Conv2d(6, 15, (3, 5), dilation=(2, 1), groups=3, bias=False), on(MAP)),
    "pointwise": (nn.Conv2d(6, 5, 1, stride=(2, 3)), on(MAP)),
    "standard": (nn.Conv2d(6, 5, (3, 5), (2, 1)), on(MAP)),
    "transposed": (
        nn.ConvTranspose2d(6, 10, (3, 5), (2, 1), (1, 2), (1, 0), groups=2, dilation=(1, 2)),
        on(MAP),
    ),
    "fc": (nn.Linear(13, 5), on(MAP)),
    "bilinear": (nn.Bilinear(5, 7, 3), on((2, 11, 5), (2, 11, 7))),
    "batch_norm": (nn.BatchNorm2d(6), on(MAP)),
    "max_pool": (nn.MaxPool2d((3, 2), (2, 3), (1, 0), ceil_mode=True), on(MAP)),
    "avg_pool": (nn.AvgPool2d((3, 2), (2, 3), (1, 1)), on(MAP)),
    "adaptive_max_pool": (nn.AdaptiveMaxPool2d((3, None)), on(MAP)),
    "adaptive_avg_pool": (nn.AdaptiveAvgPool2d((3, 5)), on(MAP)),
    "activation": (nn.ReLU6(), on(MAP)),
    "addition": (Calls(lambda x, y: x + y), on(MAP, MAP)),
    "elementwise": (Calls(lambda x, y: x * y), on(MAP, (6, 1, 13))),
    "matmul": (Calls(lambda x, y: x @ y), on((3, 5, 7), (3, 7, 11))),
    "grouped_matmul": (
        Calls(lambda x, y, ends: torch._grouped_mm(x, y, offs=ends)),
        (
            torch.zeros(13, 16, dtype=torch.bfloat16),
            torch.zeros(3, 16, 8, dtype=torch.bfloat16),
            torch.tensor([2, 7, 13], dtype=torch.int32),
        ),
    ),
    "outer": (Calls(torch.outer), on((5,), (7,))),
    "attention": (
        Calls(F.scaled_dot_product_attention),
        on((2, 3, 5, 13), (2, 3, 7, 13), (2, 3, 7, 11)),
    ),
    "lstm": (nn.LSTM(5, 7, 2, proj_size=3, bidirectional=True), on(STEPS)),
    "gru": (nn.GRU(5, 7, 2), on(STEPS)),
    "rnn": (nn.RNN(5, 7, bidirectional=True, bias=False), on(STEPS)),
    "embedding": (nn.Embedding(13, 5), indices(2, 7)),
    "embedding_bag": (nn.EmbeddingBag(13, 5), indices(2, 7)),
    "rms_norm": (nn.RMSNorm(13), on(MAP)),
    "prelu": (nn.PReLU(6), on(MAP)),
    "gate": (nn.GLU(1), on(MAP)),
    "fold": (nn.Fold((5, 7), (3, 2), stride=(2, 1)), on((2, 18, 12))),
    "layer_norm": (nn.LayerNorm(13), on(MAP)),
    "group_norm": (nn.GroupNorm(3, 6), on(MAP)),
    "instance_norm": (nn.InstanceNorm2d(6, affine=True), on(MAP)),
    "interpolation": (nn.Upsample((17, 5), mode="bilinear"), on(MAP)),
    "reduction": (Calls(lambda x: x.mean((1, 3))), on(MAP)),
    "copy": (Calls(lambda x: x.clone()), on(MAP)),
    "concatenation": (Calls(lambda x, y: torch.cat((x, y), 1)), on(MAP, (2, 5, 11, 13))),
    "channel_shuffle": (nn.ChannelShuffle(3), on(MAP)),
}

CLASS_SAMPLES: dict[type[nn.Module], Sample] = {
    nn.Conv1d: (nn.Conv1d(6, 10, 3, 2, 1, groups=2), on(LINE)),
    nn.Conv2d: (nn.Conv2d(6, 10, (3, 5), (1, 2), (0, 2), (2, 1), groups=2), on(MAP)),
    nn.Conv3d: (nn.Conv3d(6, 5, (2, 3, 5), (1, 2, 3), (0, 1, 2), bias=False), on(SOLID)),
    nn.ConvTranspose1d: (nn.ConvTranspose1d(6, 10, 3, 2, 1, 1, groups=2, bias=False), on(LINE)),
    nn.ConvTranspose2d: (nn.ConvTranspose2d(6, 5, (3, 5), (1, 2), dilation=(2, 1)), on(MAP)),
    nn.ConvTranspose3d: (nn.ConvTranspose3d(6, 9, (2, 3, 5), 2, groups=3), on(SOLID)),
    nn.Bilinear: (nn.Bilinear(5, 7, 3, bias=False), on((3, 5), (3, 7))),
    nn.LSTM: (nn.LSTM(5, 7, 3, batch_first=True), on(STEPS)),
    nn.GRU: (nn.GRU(5, 7, bidirectional=True, bias=False), on(STEPS)),
    nn.RNN: (nn.RNN(5, 7, 2, nonlinearity="relu"), on(STEPS)),
    nn.LSTMCell: (nn.LSTMCell(5, 7), on(VECTORS)),
    nn.GRUCell: (nn.GRUCell(5, 7, bias=False), on(VECTORS)),
    nn.RNNCell: (nn.RNNCell(5, 7), on(VECTORS)),
    nn.Embedding: (nn.Embedding(13, 5, padding_idx=0), indices(3)),
    nn.EmbeddingBag: (nn.EmbeddingBag(13, 5, mode="max"), indices(2, 7)),
    nn.RMSNorm: (nn.RMSNorm((11, 13), elementwise_affine=False), on(MAP)),
    nn.LayerNorm: (nn.LayerNorm((11, 13), bias=False), on(MAP)),
    nn.GroupNorm: (nn.GroupNorm(2, 6, affine=False), on(LINE)),
    nn.InstanceNorm1d: (nn.InstanceNorm1d(6), on(LINE)),
    nn.InstanceNorm2d: (nn.InstanceNorm2d(6, affine=True), on(MAP)),
    nn.InstanceNorm3d: (nn.InstanceNorm3d(6), on(SOLID)),
    nn.Upsample: (nn.Upsample(scale_factor=(2.5, 3), mode="nearest"), on(MAP)),
    nn.Softmax: (nn.Softmax(dim=1), on(MAP)),
    nn.LogSoftmax: (nn.LogSoftmax(dim=-1), on(LINE)),
    nn.Linear: (nn.Linear(13, 5, bias=False), on(LINE)),
    nn.BatchNorm1d: (nn.BatchNorm1d(6), on(LINE)),
    nn.BatchNorm2d: (nn.BatchNorm2d(6, affine=False), on(MAP)),
    nn.BatchNorm3d: (nn.BatchNorm3d(6), on(SOLID)),
    nn.MaxPool1d: (nn.MaxPool1d(3, 2, 1), on(LINE)),
    nn.MaxPool2d: (nn.MaxPool2d(2, dilation=2), on(MAP)),
    nn.MaxPool3d: (nn.MaxPool3d((2, 3, 5)), on(SOLID)),
    nn.AvgPool1d: (nn.AvgPool1d(3, 2, 1), on(LINE)),
    nn.AvgPool2d: (nn.AvgPool2d((3, 2), ceil_mode=True), on(MAP)),
    nn.AvgPool3d: (nn.AvgPool3d((2, 3, 5)), on(SOLID)),
    nn.AdaptiveAvgPool1d: (nn.AdaptiveAvgPool1d(5), on(LINE)),
    nn.AdaptiveAvgPool2d: (nn.AdaptiveAvgPool2d((None, 5)), on(MAP)),
    nn.AdaptiveAvgPool3d: (nn.AdaptiveAvgPool3d((2, 3, 5)), on(SOLID)),
    nn.AdaptiveMaxPool1d: (nn.AdaptiveMaxPool1d(5), on(LINE)),
    nn.AdaptiveMaxPool2d: (nn.AdaptiveMaxPool2d(5), on(MAP)),
    nn.AdaptiveMaxPool3d: (nn.AdaptiveMaxPool3d((2, 3, 5)), on(SOLID)),
    nn.ChannelShuffle: (nn.ChannelShuffle(3), on(MAP)),
    ChannelShuffle: (ChannelShuffle(3), on(MAP)),
    nn.PixelShuffle: (nn.PixelShuffle(2), on((2, 12, 5, 7))),
    nn.PixelUnshuffle: (nn.PixelUnshuffle(2), on((2, 3, 6, 10))),
    nn.Unfold: (nn.Unfold((3, 2), (1, 2), (1, 0), (2, 1)), on(MAP)),
    nn.Fold: (nn.Fold((5, 7), (3, 2), padding=(1, 0)), on((2, 18, 30))),
    nn.GLU: (nn.GLU(), on((2, 3, 10))),
    nn.PReLU: (nn.PReLU(), on(MAP)),
    nn.Threshold: (nn.Threshold(0.1, 2.0), on(MAP)),
    nn.Softmax2d: (nn.Softmax2d(), on(MAP)),
    **{
        pad: (pad(tuple(range(1, 2 * len(shape) - 3)), *value), on(shape))
        for mode, value in (("Constant", (0.5,)), ("Zero", ()), ("Replication", ()))
        for dims, shape in enumerate((LINE, MAP, SOLID), 1)
        for pad in [getattr(nn, f"{mode}Pad{dims}d")]
    },
    **{
        pad: (pad((1, 2) * (len(shape) - 2)), on(shape))
        for mode in ("Reflection", "Circular")
        for dims, shape in enumerate((LINE, MAP, SOLID), 1)
        for pad in [getattr(nn, f"{mode}Pad{dims}d")]
    },
    **{
        activation: (activation(), on(MAP))
        for activation in (
            nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU,
            nn.Mish, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh,
            nn.LogSigmoid, nn.Hardshrink, nn.Softshrink, nn.RReLU,
        )
    },
}  # fmt: skip
