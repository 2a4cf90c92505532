"""Maps brought to another size."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    every,
    is_array,
    quantities,
)
from formulas.layers.base import Symbols, fix, must_have


@dataclass(frozen=True)
class Interpolate:
    """Spatial sides brought to ``size``, or multiplied by ``scale`` and rounded down.

    ``mode`` is torch's word for the way, such as "nearest": the cost is the same in each.
    """

    size: tuple[int, ...] | None = None
    scale: tuple[float, ...] | None = None
    mode: str = ""

    def __post_init__(self) -> None:
        if (self.size is None) == (self.scale is None):
            raise SizeError("size", self.size, "must be given, or scale, and not both")
        if self.size is not None:
            fix(self, size=quantities("size", self.size, len(self.size)))

    def out_shape(self, shape: Shape) -> Shape:
        """The input with its last sides resized."""
        must_have(2 + len(self.size or self.scale or ()), shape)
        if self.size is not None:
            return (*shape[: -len(self.size)], *self.size)
        scale = self.scale or ()
        sides = zip(shape[-len(scale) :], scale, strict=True)
        return (*shape[: -len(scale)], *(scaled_side(*side) for side in sides))

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(self.out_shape(shape))}


def scaled_side(side: Quantity, factor: float) -> Quantity:
    """``side`` times ``factor``, rounded down; nothing may be left of no map."""
    wide = side * factor
    out = wide.astype("int64") if is_array(side) else int(wide)
    if not every(out >= 1):
        raise SizeError("scale", factor, f"must leave at least 1 of {side!r}")
    return out
