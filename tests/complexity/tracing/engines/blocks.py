"""Blocks that do, or seem to do, more than their layers; and a row of equal ones."""

import random

import torch
from torch import nn

BLOCKS = 5
KEPT: list = []
DRAWN = 0


class Plain(nn.Module):
    """Two layers, an addition between layers, and settings of every harmless kind."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(7, 11, bias=False), nn.Linear(11, 7)
        self.norm, self.act = nn.LayerNorm(7), nn.GELU()
        self.scale, self.sides, self.call = 0.5, [1, (2, 3)], torch.relu

    def forward(self, x):
        return x + self.second(self.act(self.first(self.norm(x))))


class Counting(Plain):
    def forward(self, x):
        self.scale += 1
        return super().forward(x)


class Writing(Plain):
    def forward(self, x):
        KEPT.append(1)
        return super().forward(x)


class Numbering(Plain):
    def forward(self, x):
        global DRAWN
        DRAWN += 1
        return super().forward(x)


class OfItsClass(Plain):
    seen: list = []  # noqa: RUF012

    def forward(self, x):
        self.seen.append(1)
        return super().forward(x)


class Drawing(Plain):
    def forward(self, x):
        random.random()
        return super().forward(x)


class DrawingOfTorch(Plain):
    def forward(self, x):
        torch.rand(2, device="cpu")
        return super().forward(x)


class Viewing(Plain):
    def forward(self, x):
        super().forward(x)
        return x.view(3, 5, 7)


class Resizing(Plain):
    def forward(self, x):
        y = super().forward(x)
        x.unsqueeze_(0).squeeze_(0).t_() if x.dim() == 2 else x.transpose_(0, 1)
        return y


def enclosed():
    many: list = []

    class Enclosed(Plain):
        def forward(self, x):
            many.append(x)
            return super().forward(x)

    return Enclosed()


class Row(nn.Module):
    """Blocks in a row; how often each of their forwards was entered stands in ``ran``."""

    def __init__(self, make, feed=lambda block, x: block(x)):
        super().__init__()
        self.blocks = nn.ModuleList([make() for _ in range(BLOCKS)])
        self.feed = feed

    def forward(self, x):
        for block in self.blocks:
            x = self.feed(block, x)
        return x
