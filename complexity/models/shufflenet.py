"""ShuffleNetV1 as a module; ``formulas.networks.shufflenet`` is its closed form."""

import torch
from torch import Tensor, nn

from complexity.models.blocks import ChannelShuffle, ConvUnit, depthwise_unit

CHANNELS = {
    1: (144, 288, 576),
    2: (200, 400, 800),
    3: (240, 480, 960),
    4: (272, 544, 1088),
    8: (384, 768, 1536),
}
DOCUMENT_LAST_FOR_ONE_GROUP = 567  # the document's code writes 567 where the paper has 576


class ShuffleUnit(nn.Module):
    """Grouped 1x1, shuffle, depthwise, grouped 1x1; added to the input, or joined at stride 2."""

    def __init__(
        self, inputs: int, outputs: int, stride: int, groups: int, *, grouped: bool, bias: bool
    ) -> None:
        super().__init__()
        narrow = int(outputs / 4)
        first = groups if grouped else 1
        self.bottleneck = ConvUnit(inputs, narrow, 1, groups=first, act=nn.ReLU, bias=bias)
        self.channel_shuffle = ChannelShuffle(groups)
        self.depthwise = depthwise_unit(narrow, stride, bias=bias)
        if stride == 1:
            self.shortcut = None
            self.expand = ConvUnit(narrow, outputs, 1, groups=groups, bias=bias)
        else:
            self.shortcut = nn.AvgPool2d(3, stride=2, padding=1)
            self.expand = ConvUnit(narrow, outputs - inputs, 1, groups=groups, bias=bias)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        branch = self.expand(self.depthwise(self.channel_shuffle(self.bottleneck(x))))
        if self.shortcut is None:
            return self.relu(x + branch)
        return self.relu(torch.cat([self.shortcut(x), branch], dim=1))


class ShuffleNet(nn.Module):
    """Three stages of 4, 8 and 4 units behind one convolution."""

    def __init__(self, groups: int, classes: int, *, document: bool) -> None:
        super().__init__()
        first, second, last = CHANNELS[groups]
        if document and groups == 1:
            last = DOCUMENT_LAST_FOR_ONE_GROUP

        def stage(inputs: int, outputs: int, units: int, *, grouped: bool) -> nn.Sequential:
            head = ShuffleUnit(inputs, outputs, 2, groups, grouped=grouped, bias=document)
            rest = (
                ShuffleUnit(outputs, outputs, 1, groups, grouped=True, bias=document)
                for _ in range(units - 1)
            )
            return nn.Sequential(head, *rest)

        stride = 1 if document else 2
        self.conv1 = ConvUnit(3, 24, 3, stride=stride, padding=1, act=nn.ReLU, bias=document)
        self.maxpool = None if document else nn.MaxPool2d(3, stride=2, padding=1)
        self.stage2 = stage(24, first, 4, grouped=document)
        self.stage3 = stage(first, second, 8, grouped=True)
        self.stage4 = stage(second, last, 4, grouped=True)
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(last, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        if self.maxpool is not None:
            x = self.maxpool(x)
        x = self.stage4(self.stage3(self.stage2(x)))
        return self.fc(self.avg(x).flatten(1))


def shufflenet(*, classes: int, variant: str, groups: int) -> ShuffleNet:
    return ShuffleNet(groups, classes, document=variant == "document")
