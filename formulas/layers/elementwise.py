"""Element-wise functions."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.output_sizes import broadcast
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    exact_quotient,
    must_divide,
    quantity,
    same,
)
from formulas.layers.base import Symbols, fix


@dataclass(frozen=True)
class Activation:
    """An element-wise function, by its name: ``Activation("relu")``, with ``params`` elements."""

    name: str
    params: Quantity = 0

    def __post_init__(self) -> None:
        fix(self, params=quantity("params", self.params, minimum=0))

    def out_shape(self, shape: Shape) -> Shape:
        """That of the input."""
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(shape), "learned": self.params}


@dataclass(frozen=True)
class Gate:
    """A gated linear unit: half of dimension ``dim`` is let through by the sigmoid of the other.

    >>> Gate(1).out_shape((2, 6, 5))
    (2, 3, 5)
    """

    dim: int = -1

    def out_shape(self, shape: Shape) -> Shape:
        """Half of the input along ``dim``, which must be even."""
        if not -len(shape) <= self.dim < len(shape):
            raise SizeError("dim", self.dim, f"must be a dimension of {shape!r}")
        dim = self.dim % len(shape)
        must_divide("halves", 2, "channels", shape[dim])
        return (*shape[:dim], exact_quotient(shape[dim], 2), *shape[dim + 1 :])

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(self.out_shape(shape))}


@dataclass(frozen=True)
class Add:
    """The sum of tensors of one shape."""

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        """That of every summand."""
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
        """The input without the axes that are reduced, or with 1 in their places."""
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
        """The shape in which the inputs meet."""
        return broadcast(*shapes)

    def symbols(self, *shapes: Shape) -> Symbols:
        return {"elements": elements(broadcast(*shapes))}
