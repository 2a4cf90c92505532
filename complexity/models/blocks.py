"""What the networks are made of. Child names (``conv``, ``bn``, ``relu``) are the rows' names."""

from torch import Tensor, nn


class ConvUnit(nn.Sequential):
    """A convolution, then batch norm and activation where wanted."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        *,
        norm: bool = True,
        act: type[nn.Module] | None = None,
        bias: bool = False,
        **settings: int,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, kernel, bias=bias, **settings)
        if norm:
            self.bn = nn.BatchNorm2d(out_channels)
        if act is not None:
            self.relu = act(inplace=True)


def depthwise_unit(
    channels: int, stride: int, *, act: type[nn.Module] | None = None, bias: bool = False
) -> ConvUnit:
    """A 3x3 depthwise convolution that keeps the map's size at stride 1."""
    return ConvUnit(
        channels, channels, 3, stride=stride, padding=1, groups=channels, act=act, bias=bias
    )


class ChannelShuffle(nn.Module):
    """Interleaves the channels of ``groups`` groups: ``(N, C, H, W)`` keeps its shape."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        n, channels, height, width = x.shape
        split = x.reshape(n, self.groups, channels // self.groups, height, width)
        return split.transpose(1, 2).reshape(n, channels, height, width)
