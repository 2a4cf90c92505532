"""What only moves data."""

from dataclasses import dataclass

from formulas.layers.base import Symbols
from formulas.quantities import Quantity, Shape


@dataclass(frozen=True)
class Copy:
    """A tensor, written to another place or in another type."""

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class Concat:
    """Tensors behind one another along ``dim``: the channels, where nothing else is said."""

    dim: int = 1

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        # torch lets an empty vector join anything: it adds nothing
        first, *rest = [each for each in (shape, *others) if each != (0,)] or [shape]
        dim = self.dim % len(first)
        joined = sum((other[dim] for other in rest), first[dim])
        return (*first[:dim], joined, *first[dim + 1 :])

    def symbols(self, shape: Shape, *others: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class ChannelShuffle:
    """The channels of ``groups`` groups, interleaved."""

    groups: Quantity

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"g": self.groups}
