"""A real module for each kind of layer in the table, and for each class that can be read.

``tests/test_architecture.py`` says which one is missing.
"""

from typing import Any

import torch
from torch import Tensor, nn

from complexity.models.blocks import ChannelShuffle
from tests.complexity.small import Calls

LINE, MAP, SOLID = (2, 6, 13), (2, 6, 11, 13), (2, 6, 7, 11, 13)
Sample = tuple[nn.Module, tuple[Tensor, ...]]


def on(*shapes: tuple[int, ...]) -> tuple[Tensor, ...]:
    return tuple(torch.zeros(shape) for shape in shapes)


KIND_SAMPLES: dict[str, Sample] = {
    "depthwise": (nn.Conv2d(6, 12, (3, 5), (2, 1), (1, 2), groups=6), on(MAP)),
    "group": (nn.Conv2d(6, 15, (3, 5), dilation=(2, 1), groups=3, bias=False), on(MAP)),
    "pointwise": (nn.Conv2d(6, 5, 1, stride=(2, 3)), on(MAP)),
    "standard": (nn.Conv2d(6, 5, (3, 5), (2, 1)), on(MAP)),
    "fc": (nn.Linear(13, 5), on(MAP)),
    "batch_norm": (nn.BatchNorm2d(6), on(MAP)),
    "max_pool": (nn.MaxPool2d((3, 2), (2, 3), (1, 0), ceil_mode=True), on(MAP)),
    "avg_pool": (nn.AvgPool2d((3, 2), (2, 3), (1, 1)), on(MAP)),
    "adaptive_max_pool": (nn.AdaptiveMaxPool2d((3, None)), on(MAP)),
    "adaptive_avg_pool": (nn.AdaptiveAvgPool2d((3, 5)), on(MAP)),
    "activation": (nn.ReLU6(), on(MAP)),
    "addition": (Calls(lambda x, y: x + y), on(MAP, MAP)),
    "elementwise": (Calls(lambda x, y: x * y), on(MAP, (6, 1, 13))),
    "matmul": (Calls(lambda x, y: x @ y), on((3, 5, 7), (3, 7, 11))),
    "copy": (Calls(lambda x: x.clone()), on(MAP)),
    "concatenation": (Calls(lambda x, y: torch.cat((x, y), 1)), on(MAP, (2, 5, 11, 13))),
    "channel_shuffle": (nn.ChannelShuffle(3), on(MAP)),
}

CLASS_SAMPLES: dict[type[nn.Module], Any] = {
    nn.Conv1d: (nn.Conv1d(6, 10, 3, 2, 1, groups=2), LINE),
    nn.Conv2d: (nn.Conv2d(6, 10, (3, 5), (1, 2), (0, 2), (2, 1), groups=2), MAP),
    nn.Conv3d: (nn.Conv3d(6, 5, (2, 3, 5), (1, 2, 3), (0, 1, 2), bias=False), SOLID),
    nn.Linear: (nn.Linear(13, 5, bias=False), LINE),
    nn.BatchNorm1d: (nn.BatchNorm1d(6), LINE),
    nn.BatchNorm2d: (nn.BatchNorm2d(6, affine=False), MAP),
    nn.BatchNorm3d: (nn.BatchNorm3d(6), SOLID),
    nn.MaxPool1d: (nn.MaxPool1d(3, 2, 1), LINE),
    nn.MaxPool2d: (nn.MaxPool2d(2, dilation=2), MAP),
    nn.MaxPool3d: (nn.MaxPool3d((2, 3, 5)), SOLID),
    nn.AvgPool1d: (nn.AvgPool1d(3, 2, 1), LINE),
    nn.AvgPool2d: (nn.AvgPool2d((3, 2), ceil_mode=True), MAP),
    nn.AvgPool3d: (nn.AvgPool3d((2, 3, 5)), SOLID),
    nn.AdaptiveAvgPool1d: (nn.AdaptiveAvgPool1d(5), LINE),
    nn.AdaptiveAvgPool2d: (nn.AdaptiveAvgPool2d((None, 5)), MAP),
    nn.AdaptiveAvgPool3d: (nn.AdaptiveAvgPool3d((2, 3, 5)), SOLID),
    nn.AdaptiveMaxPool1d: (nn.AdaptiveMaxPool1d(5), LINE),
    nn.AdaptiveMaxPool2d: (nn.AdaptiveMaxPool2d(5), MAP),
    nn.AdaptiveMaxPool3d: (nn.AdaptiveMaxPool3d((2, 3, 5)), SOLID),
    nn.ChannelShuffle: (nn.ChannelShuffle(3), MAP),
    ChannelShuffle: (ChannelShuffle(3), MAP),
    **{
        activation: (activation(), MAP)
        for activation in (
            nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU,
            nn.Mish, nn.Sigmoid, nn.Tanh, nn.Softplus, nn.Hardswish, nn.Hardsigmoid, nn.Hardtanh,
        )
    },
}  # fmt: skip
