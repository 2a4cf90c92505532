"""SqueezeNet as a module; ``formulas.networks.squeezenet`` is its closed form."""

import torch
from torch import Tensor, nn

from complexity.models.blocks import ConvUnit


class Fire(nn.Module):
    """Squeeze with 1x1, expand with 1x1 and 3x3 side by side; with ``bypass``, add the input."""

    def __init__(self, inputs: int, outputs: int, squeeze: int, *, norm: bool, bypass: bool):
        super().__init__()
        half = outputs // 2
        self.bypass = bypass
        self.squeeze = ConvUnit(inputs, squeeze, 1, norm=norm, act=nn.ReLU, bias=True)
        self.expand_1x1 = ConvUnit(squeeze, half, 1, norm=norm, act=nn.ReLU, bias=True)
        self.expand_3x3 = ConvUnit(squeeze, half, 3, padding=1, norm=norm, act=nn.ReLU, bias=True)

    def forward(self, x: Tensor) -> Tensor:
        squeezed = self.squeeze(x)
        expanded = torch.cat([self.expand_1x1(squeezed), self.expand_3x3(squeezed)], dim=1)
        return expanded + x if self.bypass else expanded


class SqueezeNet(nn.Module):
    """Eight Fire modules between two convolutions; maps are halved after fire4 and fire8."""

    def __init__(self, classes: int, *, document: bool) -> None:
        super().__init__()
        self.stem = ConvUnit(
            3, 96, 3 if document else 7, stride=1 if document else 2,
            padding=1 if document else 0, norm=document, act=nn.ReLU, bias=True,
        )  # fmt: skip
        if document:
            self.stem.pool = nn.MaxPool2d(2)
            self.maxpool = nn.MaxPool2d(2)
        else:
            self.maxpool = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.fire2 = Fire(96, 128, 16, norm=document, bypass=False)
        self.fire3 = Fire(128, 128, 16, norm=document, bypass=document)
        self.fire4 = Fire(128, 256, 32, norm=document, bypass=False)
        self.fire5 = Fire(256, 256, 32, norm=document, bypass=document)
        self.fire6 = Fire(256, 384, 48, norm=document, bypass=False)
        self.fire7 = Fire(384, 384, 48, norm=document, bypass=document)
        self.fire8 = Fire(384, 512, 64, norm=document, bypass=False)
        self.fire9 = Fire(512, 512, 64, norm=document, bypass=False)
        self.conv10 = ConvUnit(
            512, classes, 1, norm=False, act=None if document else nn.ReLU, bias=True
        )
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.document = document

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        if not self.document:
            x = self.maxpool(x)
        x = self.maxpool(self.fire4(self.fire3(self.fire2(x))))
        x = self.maxpool(self.fire8(self.fire7(self.fire6(self.fire5(x)))))
        return self.avg(self.conv10(self.fire9(x))).flatten(1)


def squeezenet(*, classes: int, variant: str) -> SqueezeNet:
    return SqueezeNet(classes, document=variant == "document")
