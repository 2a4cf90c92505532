"""Small models that the counters see differently; sides and channels are unequal."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn


class Deconvolved(nn.Sequential):
    """Down and up again, with what stands around it."""

    def __init__(self):
        super().__init__(
            nn.Conv2d(3, 8, 3, 2), nn.BatchNorm2d(8), nn.ReLU(), nn.ConvTranspose2d(8, 6, 4, 2),
            nn.PReLU(), nn.Upsample(scale_factor=2, mode="bilinear"), nn.Softmax(1),
            nn.AvgPool2d(2), nn.AdaptiveAvgPool2d((3, 5)),
        )  # fmt: skip


class Functional(nn.Module):
    """No module inside: parameters of its own, and functions."""

    def __init__(self):
        super().__init__()
        self.filters = nn.Parameter(torch.ones(7, 3, 3, 3))
        self.weight = nn.Parameter(torch.ones(11, 7))

    def forward(self, x):
        x = F.relu(F.conv2d(x, self.filters))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return F.softmax(torch.matmul(x, self.weight.t()) + F.linear(x, self.weight), 1)


class Recurrent(nn.Module):
    """Layers and cells, in two directions and one."""

    def __init__(self):
        super().__init__()
        self.both = nn.LSTM(5, 7, 2, bidirectional=True, batch_first=True)
        self.one = nn.GRU(14, 6, batch_first=True)
        self.cell = nn.RNNCell(6, 4)
        self.last = nn.LSTMCell(4, 3)

    def forward(self, x):
        return self.last(self.cell(self.one(self.both(x)[0])[0][:, -1]))


class Shared(nn.Module):
    """One layer in three places."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.left = nn.Sequential(self.first, nn.ReLU())
        self.right = nn.Sequential(self.first, nn.ReLU())

    def forward(self, x):
        return self.right(self.left(x))


def encoder():
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 4, 20, batch_first=True), 2)


MODELS = {
    "deconvolved": lambda: (Deconvolved(), torch.zeros(2, 3, 17, 19)),
    "functional": lambda: (Functional(), torch.zeros(2, 3, 17, 19)),
    "recurrent": lambda: (Recurrent(), torch.zeros(2, 9, 5)),
    "encoder": lambda: (encoder(), torch.zeros(2, 5, 12)),
    "transformer": lambda: (
        nn.Transformer(12, 4, 1, 1, 20, batch_first=True),
        (torch.zeros(2, 5, 12), torch.zeros(2, 7, 12)),
    ),
}


class Takes(nn.Module):
    """A function of up to three inputs that have names: ptflops passes several by keyword."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, a, b=None, c=None):
        return self.function(*(each for each in (a, b, c) if each is not None))
