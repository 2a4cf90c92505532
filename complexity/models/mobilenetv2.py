"""MobileNetV2 as a module; ``formulas.networks.mobilenetv2`` is its closed form."""

from torch import Tensor, nn

from complexity.models.blocks import ConvUnit, depthwise_unit


class Bottleneck(nn.Module):
    """Widen, filter depthwise, narrow; add the input where shapes allow."""

    def __init__(self, inputs: int, outputs: int, stride: int, t: int, *, document: bool) -> None:
        super().__init__()
        wide = inputs * t
        self.adds = stride == 1 and inputs == outputs
        if document or t != 1:
            self.expand = ConvUnit(inputs, wide, 1, act=nn.ReLU6, bias=document)
        self.depthwise = depthwise_unit(wide, stride, act=nn.ReLU6, bias=document)
        self.project = ConvUnit(wide, outputs, 1, bias=document)

    def forward(self, x: Tensor) -> Tensor:
        wide = self.expand(x) if hasattr(self, "expand") else x
        out = self.project(self.depthwise(wide))
        return out + x if self.adds else out


class MobileNetV2(nn.Module):
    """Seven stages of inverted residuals between two convolutions."""

    def __init__(self, alpha: float, classes: int, *, document: bool) -> None:
        super().__init__()

        def width(channels: int) -> int:
            """To the nearest multiple of 8, never more than a tenth below."""
            exact = channels * alpha
            multiple = max(8, 8 * int(exact / 8 + 0.5))
            return multiple + 8 if multiple < 0.9 * exact else multiple

        def stage(inputs: int, outputs: int, repeats: int, stride: int) -> nn.Sequential:
            first = Bottleneck(width(inputs), width(outputs), stride, 6, document=document)
            out = width(outputs)
            rest = (Bottleneck(out, out, 1, 6, document=document) for _ in range(repeats - 1))
            return nn.Sequential(first, *rest)

        if document:
            self.pre = ConvUnit(3, 32, 1, padding=1, act=nn.ReLU6, bias=True)
        else:
            self.pre = ConvUnit(3, width(32), 3, stride=2, padding=1, act=nn.ReLU6)
        self.stage1 = Bottleneck(width(32), width(16), 1, 1, document=document)
        self.stage2 = stage(16, 24, 2, 2)
        self.stage3 = stage(24, 32, 3, 2)
        self.stage4 = stage(32, 64, 4, 2)
        self.stage5 = stage(64, 96, 3, 1)
        self.stage6 = stage(96, 160, 3, 1 if document else 2)
        self.stage7 = Bottleneck(width(160), width(320), 1, 6, document=document)
        head = 1280 if alpha < 1 else width(1280)
        self.conv1 = ConvUnit(width(320), head, 1, act=nn.ReLU6, bias=document)
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.conv2 = nn.Conv2d(head, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stage4(self.stage3(self.stage2(self.stage1(self.pre(x)))))
        x = self.conv1(self.stage7(self.stage6(self.stage5(x))))
        return self.conv2(self.avg(x)).flatten(1)


def mobilenetv2(*, classes: int, variant: str, alpha: float = 1) -> MobileNetV2:
    return MobileNetV2(alpha, classes, document=variant == "document")
