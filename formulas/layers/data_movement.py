"""What only moves data."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.quantities import (
    Quantity,
    Shape,
    every,
    is_symbolic,
    quantity,
    same,
)
from formulas.layers.base import Symbols, fix, must_have


@dataclass(frozen=True)
class Copy:
    """A tensor, written to another place or in another type."""

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input."""
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {}


def is_empty(shape: Shape) -> bool:
    """Whether a tensor is an empty vector: torch lets it join anything, and it adds nothing."""
    return len(shape) == 1 and not is_symbolic(shape[0]) and every(shape[0] == 0)


@dataclass(frozen=True)
class Concat:
    """Tensors behind one another along ``dim``: the channels, where nothing else is said."""

    dim: int = 1

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        """The inputs' shape, with their sides along ``dim`` added up."""
        first, *rest = [each for each in (shape, *others) if not is_empty(each)] or [shape]
        if not -len(first) <= self.dim < len(first):
            raise SizeError("dim", self.dim, f"must be a dimension of {first!r}")
        dim = self.dim % len(first)
        for other in rest:
            fits = len(other) == len(first) and all(
                axis == dim or same(*sides)
                for axis, sides in enumerate(zip(first, other, strict=True))
            )
            if not fits:
                rule = f"must be as {first!r} but in dimension {dim}"
                raise SizeError("shape", other, rule)
        joined = sum((other[dim] for other in rest), first[dim])
        return (*first[:dim], joined, *first[dim + 1 :])

    def symbols(self, shape: Shape, *others: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class ChannelShuffle:
    """The channels of ``groups`` groups, interleaved."""

    groups: Quantity

    def __post_init__(self) -> None:
        fix(self, groups=quantity("groups", self.groups))

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input."""
        must_have(2, shape)
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"g": self.groups}
