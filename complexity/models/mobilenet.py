"""MobileNetV1 as a module; ``formulas.networks.mobilenet`` is its closed form."""

from torch import Tensor, nn

from complexity.models.blocks import ConvUnit, depthwise_unit


class Separable(nn.Sequential):
    """A depthwise, then a pointwise convolution, each with batch norm and ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1, *, bias: bool) -> None:
        super().__init__()
        self.depthwise = depthwise_unit(inputs, stride, act=nn.ReLU)
        self.pointwise = ConvUnit(inputs, outputs, 1, act=nn.ReLU, bias=bias)


class MobileNet(nn.Module):
    """Thirteen separable convolutions behind one standard one, all ``alpha`` times as wide."""

    def __init__(self, alpha: float, classes: int, *, document: bool) -> None:
        super().__init__()

        def width(channels: int) -> int:
            return int(channels * alpha)

        def stage(inputs: int, outputs: int, repeats: int) -> nn.Sequential:
            first = Separable(width(inputs), width(outputs), stride=2, bias=document)
            rest = (
                Separable(width(outputs), width(outputs), bias=document) for _ in range(repeats - 1)
            )
            return nn.Sequential(first, *rest)

        stride = 1 if document else 2
        self.stem = nn.Sequential(
            ConvUnit(3, width(32), 3, stride=stride, padding=1, act=nn.ReLU),
            Separable(width(32), width(64), bias=document),
        )
        self.conv1 = stage(64, 128, 2)
        self.conv2 = stage(128, 256, 2)
        self.conv3 = stage(256, 512, 6)
        self.conv4 = stage(512, 1024, 2)
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(width(1024), classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv4(self.conv3(self.conv2(self.conv1(self.stem(x)))))
        return self.fc(self.avg(x).flatten(1))


def mobilenet(*, classes: int, variant: str, alpha: float) -> MobileNet:
    return MobileNet(alpha, classes, document=variant == "document")
