"""Small models for the tests of deriving, each with a habit of its own."""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn


class UNet(nn.Module):
    """Two halvings, and two joins that want an even side: multiples of 4."""

    def __init__(self, width: int = 5) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.second = nn.Conv2d(width, 2 * width, 3, padding=1)
        self.third = nn.Conv2d(2 * width, 4 * width, 3, padding=1)
        self.up = nn.ConvTranspose2d(4 * width, 2 * width, 2, stride=2)
        self.join = nn.Conv2d(4 * width, 2 * width, 3, padding=1)
        self.out = nn.Conv2d(3 * width, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        a = self.first(x).relu()
        b = self.second(F.max_pool2d(a, 2)).relu()
        c = self.third(F.max_pool2d(b, 2)).relu()
        b = self.join(torch.cat([b, self.up(c)], 1)).relu()
        return self.out(torch.cat([a, F.interpolate(b, scale_factor=2)], 1))


class Positions(nn.Module):
    """A table of positions, which no run without numbers can overrun, and causal attention."""

    def __init__(self, length: int = 200, width: int = 12) -> None:
        super().__init__()
        self.words = nn.Embedding(31, width)
        self.places = nn.Embedding(length, width)
        self.mix = nn.Linear(width, 3 * width)

    def forward(self, tokens: Tensor) -> Tensor:
        places = self.places(torch.arange(tokens.shape[1], device=tokens.device))
        q, k, v = self.mix(self.words(tokens) + places).chunk(3, -1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)


class Fixed(nn.Module):
    """Takes one side only, as position embeddings do."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 7, 16, stride=16)
        self.places = nn.Parameter(torch.zeros(1, 196, 7))

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).flatten(2).transpose(1, 2) + self.places


class Turns(nn.Module):
    """Its work depends on the size in a way that is no polynomial: it halves until one is left."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        while len(x) > 1:
            x = self.fc(x[: len(x) // 2])
        return x


class Looks(nn.Module):
    """Decides by the numbers that it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        kept = x[x.sum(1) >= 0]
        return self.fc(kept)
