"""Small factories that sweeps are tried on; importable, so that workers find them."""

import torch
from torch import nn


def net(width: int = 8, depth: int = 2, act: str = "ReLU") -> nn.Module:
    """Convolutions, but none of a width that 3 divides."""
    if width % 3 == 0:
        raise ValueError(f"width {width} is a multiple of 3\nand more is said of it")
    layers = [nn.Conv2d(3, width, 3, padding=1), getattr(nn, act)()]
    for _ in range(depth - 1):
        layers += [nn.Conv2d(width, width, 3, padding=1), getattr(nn, act)()]
    return nn.Sequential(*layers)


def macs_of(width: int, depth: int, side: int) -> int:
    """What ``net`` costs, by hand."""
    return 9 * width * (3 + (depth - 1) * width) * side**2


class Singular(nn.Module):
    """An operation without a formula."""

    def forward(self, x):
        return torch.linalg.svdvals(x)


def odd(width: int = 8, unknown: bool = True) -> nn.Module:
    """With an operation that has no formula, or without."""
    first = nn.Conv2d(3, width, 3)
    return nn.Sequential(first, Singular()) if unknown else first


def stopping(width: int) -> nn.Module:
    """Interrupted at width 16, as by Ctrl-C."""
    if width == 16:
        raise KeyboardInterrupt
    return net(width)
