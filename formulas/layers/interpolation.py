"""Maps brought to another size."""

from dataclasses import dataclass

from formulas.layers.base import Symbols
from formulas.quantities import Shape, elements


@dataclass(frozen=True)
class Interpolate:
    """Spatial sides brought to ``size``, or multiplied by ``scale`` and rounded down."""

    size: tuple[int, ...] | None = None
    scale: tuple[float, ...] | None = None

    def out_shape(self, shape: Shape) -> Shape:
        if self.size is not None:
            return (*shape[: -len(self.size)], *self.size)
        scale = self.scale or ()
        sides = zip(shape[-len(scale) :], scale, strict=True)
        return (*shape[: -len(scale)], *(int(side * factor) for side, factor in sides))

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(self.out_shape(shape))}
