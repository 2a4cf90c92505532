"""Element-wise functions."""

from dataclasses import dataclass

from formulas.errors import SizeError
from formulas.layers.base import Symbols
from formulas.quantities import Shape, elements, same
from formulas.sizes import broadcast


@dataclass(frozen=True)
class Activation:
    """An element-wise function, by its name: ``Activation("relu")``."""

    name: str

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(shape)}


@dataclass(frozen=True)
class Add:
    """The sum of tensors of one shape."""

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        for other in others:
            if len(other) != len(shape) or not all(map(same, shape, other)):
                raise SizeError("shape", other, f"must equal the first summand's, {shape!r}")
        return shape

    def symbols(self, shape: Shape, *others: Shape) -> Symbols:
        return {"elements": elements(shape)}


@dataclass(frozen=True)
class Reduction:
    """A mean, sum or extremum over ``axes``; the reduced sides stay as 1 with ``keep``."""

    name: str
    axes: tuple[int, ...]
    keep: bool = False

    def out_shape(self, shape: Shape) -> Shape:
        for axis in self.axes:
            if not -len(shape) <= axis < len(shape):
                raise SizeError("axes", self.axes, f"must be dimensions of {shape!r}")
        axes = {axis % len(shape) for axis in self.axes} if self.axes else set(range(len(shape)))
        if self.keep:
            return tuple(1 if axis in axes else side for axis, side in enumerate(shape))
        return tuple(side for axis, side in enumerate(shape) if axis not in axes)

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(self.out_shape(shape))}


@dataclass(frozen=True)
class Elementwise:
    """Any element-wise function of one or more tensors, which broadcast: ``Elementwise("mul")``."""

    name: str

    def out_shape(self, *shapes: Shape) -> Shape:
        return broadcast(*shapes)

    def symbols(self, *shapes: Shape) -> Symbols:
        return {"elements": elements(broadcast(*shapes))}
