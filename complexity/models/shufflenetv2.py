"""ShuffleNetV2 as a module; ``formulas.networks.shufflenetv2`` is its closed form."""

import torch
from torch import Tensor, nn

from complexity.models.blocks import ChannelShuffle, ConvUnit, depthwise_unit

CHANNELS = {
    0.5: (48, 96, 192, 1024),
    1: (116, 232, 464, 1024),
    1.5: (176, 352, 704, 1024),
    2: (244, 488, 976, 2048),
}


class ShuffleUnit(nn.Module):
    """At stride 1 half of the channels pass by; at stride 2 both branches work on all."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, document: bool) -> None:
        super().__init__()
        half = outputs // 2
        working = half if stride == 1 else inputs
        wide = working if document else half
        self.residual = nn.Sequential(
            ConvUnit(working, wide, 1, act=nn.ReLU, bias=document),
            depthwise_unit(wide, stride, bias=document),
            ConvUnit(wide, half, 1, act=nn.ReLU, bias=document),
        )
        self.shortcut = None
        if stride != 1:
            self.shortcut = nn.Sequential(
                depthwise_unit(inputs, stride, bias=document),
                ConvUnit(inputs, half, 1, act=nn.ReLU, bias=document),
            )
        self.channel_shuffle = ChannelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        if self.shortcut is None:
            passing, working = x.chunk(2, dim=1)
        else:
            passing, working = None, x
        residual = self.residual(working)
        if self.shortcut is not None:
            passing = self.shortcut(x)
        return self.channel_shuffle(torch.cat([passing, residual], dim=1))


class ShuffleNetV2(nn.Module):
    """Three stages of 4, 8 and 4 units between two convolutions."""

    def __init__(self, ratio: float, classes: int, *, document: bool) -> None:
        super().__init__()
        first, second, third, head = CHANNELS[ratio]

        def stage(inputs: int, outputs: int, units: int) -> nn.Sequential:
            rest = (ShuffleUnit(outputs, outputs, 1, document=document) for _ in range(units - 1))
            return nn.Sequential(ShuffleUnit(inputs, outputs, 2, document=document), *rest)

        if document:
            self.pre = ConvUnit(3, 24, 3, padding=1, bias=True)
            self.maxpool = None
        else:
            self.pre = ConvUnit(3, 24, 3, stride=2, padding=1, act=nn.ReLU)
            self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage2 = stage(24, first, 4)
        self.stage3 = stage(first, second, 8)
        self.stage4 = stage(second, third, 4)
        self.conv5 = ConvUnit(third, head, 1, act=nn.ReLU, bias=document)
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(head, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pre(x)
        if self.maxpool is not None:
            x = self.maxpool(x)
        x = self.conv5(self.stage4(self.stage3(self.stage2(x))))
        return self.fc(self.avg(x).flatten(1))


def shufflenetv2(*, classes: int, variant: str, ratio: float) -> ShuffleNetV2:
    return ShuffleNetV2(ratio, classes, document=variant == "document")
