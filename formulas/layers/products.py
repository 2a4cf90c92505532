"""Fully connected layers and matrix products."""

from dataclasses import dataclass

from formulas.errors import SizeError
from formulas.layers.base import Symbols, fix, must_have, must_match
from formulas.quantities import Quantity, Shape, elements, quantity, same
from formulas.sizes import broadcast


@dataclass(frozen=True)
class Linear:
    """A fully connected layer on the last dimension of its input."""

    in_features: Quantity
    out_features: Quantity
    bias: bool = False

    def __post_init__(self) -> None:
        fix(
            self,
            in_features=quantity("in_features", self.in_features),
            out_features=quantity("out_features", self.out_features),
        )

    def out_shape(self, shape: Shape) -> Shape:
        must_match("in_features", self.in_features, shape, -1)
        return (*shape[:-1], self.out_features)

    def symbols(self, shape: Shape) -> Symbols:
        vectors = elements(shape[:-1])
        return {"cin": self.in_features, "cout": self.out_features, "N": vectors}


@dataclass(frozen=True)
class MatMul:
    """The product of two stacks of matrices, ``(..., rows, inner)`` and ``(..., inner, columns)``.

    A tensor of ``added`` elements, such as a bias, may be added to the result. Of complex
    matrices, each product is four real ones.
    """

    added: Quantity = 0
    is_complex: bool = False

    def __post_init__(self) -> None:
        fix(self, added=quantity("added", self.added, minimum=0))

    def out_shape(self, left: Shape, right: Shape) -> Shape:
        must_have(2, left)
        must_match("inner", left[-1], right, -2)
        return (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])

    def symbols(self, left: Shape, right: Shape) -> Symbols:
        batch = elements(broadcast(left[:-2], right[:-2]))
        batch = 4 * batch if self.is_complex else batch
        return {"N": batch, "rows": left[-2], "inner": left[-1], "columns": right[-1]}


@dataclass(frozen=True)
class Bilinear:
    """A bilinear layer on the last dimensions of its two inputs."""

    in1_features: Quantity
    in2_features: Quantity
    out_features: Quantity
    bias: bool = False

    def __post_init__(self) -> None:
        for name in ("in1_features", "in2_features", "out_features"):
            fix(self, **{name: quantity(name, getattr(self, name))})

    def out_shape(self, one: Shape, two: Shape) -> Shape:
        must_match("in1_features", self.in1_features, one, -1)
        must_match("in2_features", self.in2_features, two, -1)
        if len(one) != len(two) or not all(map(same, one[:-1], two[:-1])):
            raise SizeError("input", two, f"must pair up with {one!r}")
        return (*one[:-1], self.out_features)

    def symbols(self, one: Shape, two: Shape) -> Symbols:
        return {
            "cin": self.in1_features,
            "cin2": self.in2_features,
            "cout": self.out_features,
            "N": elements(one[:-1]),
        }


@dataclass(frozen=True)
class Outer:
    """The outer product of two vectors."""

    def out_shape(self, one: Shape, two: Shape) -> Shape:
        for each in (one, two):
            if len(each) != 1:
                raise SizeError("input", each, "must be a vector")
        return (*one, *two)

    def symbols(self, one: Shape, two: Shape) -> Symbols:
        return {"N": 1, "rows": one[0], "inner": 1, "columns": two[0]}
