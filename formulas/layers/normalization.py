"""Normalisations."""

from dataclasses import dataclass
from typing import Literal

from formulas.core.errors import SizeError
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    quantities,
    quantity,
)
from formulas.layers.base import Symbols, fix, map_symbols, must_match


@dataclass(frozen=True)
class BatchNorm:
    """A batch normalisation over ``(N, channels, ...)`` in ``dims`` spatial dimensions.

    Without ``tracked`` it has no running statistics and takes those of the batch.
    """

    channels: Quantity
    affine: bool = True
    tracked: bool = True
    dims: int = 2

    def __post_init__(self) -> None:
        fix(self, channels=quantity("channels", self.channels))
        if type(self.dims) is not int or self.dims not in (0, 1, 2, 3):
            raise SizeError("dims", self.dims, "must be 0, 1, 2 or 3")

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input, ``(N, channels, ...)``."""
        must_match("channels", self.channels, shape, -self.dims - 1)
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": self.channels, **map_symbols(shape, self.dims)}


@dataclass(frozen=True)
class Normalization:
    """A normalisation with the input's own statistics, by its name, with ``params`` elements."""

    name: Literal["layer_norm", "group_norm", "instance_norm"]
    params: Quantity = 0

    def __post_init__(self) -> None:
        fix(self, params=quantity("params", self.params, minimum=0))

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input."""
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(shape), "learned": self.params}


@dataclass(frozen=True)
class RMSNorm:
    """A normalisation by the root of the mean square over the last sides, without a mean."""

    sides: tuple[Quantity, ...]
    affine: bool = True

    def __post_init__(self) -> None:
        fix(self, sides=quantities("sides", self.sides, len(self.sides)))

    @property
    def width(self) -> Quantity:
        """Elements that share one root, as many as there are scales."""
        return elements(self.sides)

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input, whose last sides are ``sides``."""
        for axis, side in enumerate(self.sides, -len(self.sides)):
            must_match("sides", side, shape, axis)
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {
            "N": elements(shape[: len(shape) - len(self.sides)]),
            "width": self.width,
            "learned": self.width if self.affine else 0,
        }
