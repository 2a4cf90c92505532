"""Fully connected layers and matrix products.

Where ``is_complex``, the factors are complex numbers: each product is four real ones.
"""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.output_sizes import broadcast
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    quantity,
    same,
)
from formulas.layers.base import Symbols, fix, must_have, must_match, real_products


@dataclass(frozen=True)
class Linear:
    """A fully connected layer on the last dimension of its input."""

    in_features: Quantity
    out_features: Quantity
    bias: bool = False
    is_complex: bool = False

    def __post_init__(self) -> None:
        fix(
            self,
            in_features=quantity("in_features", self.in_features),
            out_features=quantity("out_features", self.out_features),
        )

    def out_shape(self, shape: Shape) -> Shape:
        """``(..., out_features)`` for an input of ``(..., in_features)``."""
        must_match("in_features", self.in_features, shape, -1)
        return (*shape[:-1], self.out_features)

    def symbols(self, shape: Shape) -> Symbols:
        vectors = real_products(elements(shape[:-1]), self.is_complex)
        return {"cin": self.in_features, "cout": self.out_features, "N": vectors}


@dataclass(frozen=True)
class MatMul:
    """The product of two stacks of matrices, ``(..., rows, inner)`` and ``(..., inner, columns)``.

    A vector on the left is a row, on the right a column, which the result is without, as in
    NumPy and torch. Where ``summed``, the products of the stack are added up. A tensor of
    ``added`` elements, such as a bias, may be added to the result.

    >>> MatMul().out_shape((2, 3, 5), (5, 7)), MatMul().out_shape((3, 5), (5,))
    ((2, 3, 7), (3,))
    """

    added: Quantity = 0
    is_complex: bool = False
    summed: bool = False

    def __post_init__(self) -> None:
        fix(self, added=quantity("added", self.added, minimum=0))

    def out_shape(self, left: Shape, right: Shape) -> Shape:
        """The stack, unless it is summed, with ``rows`` and ``columns`` of the matrices."""
        must_have(1, left)
        must_have(1, right)
        must_match("inner", left[-1], right, -1 if len(right) == 1 else -2)
        stack = () if self.summed else broadcast(left[:-2], right[:-2])
        return (*stack, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))

    def sizes(self, left: Shape, right: Shape) -> tuple[Quantity, Quantity, Quantity, Quantity]:
        """Rows, inner, columns, and the number of products.

        Products that are added up are one with as many times the inner dimension.
        """
        rows = left[-2] if len(left) > 1 else 1
        columns = right[-1] if len(right) > 1 else 1
        stack = elements(broadcast(left[:-2], right[:-2]))
        return (
            (rows, stack * left[-1], columns, 1)
            if self.summed
            else (rows, left[-1], columns, stack)
        )

    def symbols(self, left: Shape, right: Shape) -> Symbols:
        rows, inner, columns, batch = self.sizes(left, right)
        batch = real_products(batch, self.is_complex)
        return {"N": batch, "rows": rows, "inner": inner, "columns": columns}


@dataclass(frozen=True)
class GroupedMatMul:
    """One product for each group of rows, of columns, or of the inner dimension.

    A third input holds the groups' ends, which lie behind one another. ``(rows, inner)`` by
    ``(groups, inner, columns)``: each group of rows meets a matrix of its own, as in a mixture of
    experts. ``(groups, rows, inner)`` by ``(inner, columns)``: each group of columns does.
    ``(rows, inner)`` by ``(inner, columns)``: the inner dimension is in groups, and each has a
    result. Nothing is left out of the groups: how long each is does not change the count
    (source: ``torch.nn.functional.grouped_mm``).

    >>> GroupedMatMul().out_shape((16, 64), (4, 64, 128), (4,))
    (16, 128)
    """

    is_complex: bool = False

    def out_shape(self, left: Shape, right: Shape, ends: Shape) -> Shape:
        """``(rows, columns)``, for each group where the inner dimension is in groups."""
        if (len(left), len(right), len(ends)) not in ((2, 3, 1), (3, 2, 1), (2, 2, 1)):
            rule = f"must be a matrix or a stack, one of the two flat, {right!r} and {ends!r} too"
            raise SizeError("input", left, rule)
        must_match("inner", left[-1], right, -2)
        for factor in (left, right):
            if len(factor) == 3:
                must_match("groups", ends[0], factor, -3)
        flat = len(left) == len(right)
        return (*(ends if flat else ()), left[-2], right[-1])

    def symbols(self, left: Shape, right: Shape, ends: Shape) -> Symbols:
        batch = real_products(1, self.is_complex)
        return {"N": batch, "rows": left[-2], "inner": left[-1], "columns": right[-1]}


@dataclass(frozen=True)
class Bilinear:
    """A bilinear layer on the last dimensions of its two inputs."""

    in1_features: Quantity
    in2_features: Quantity
    out_features: Quantity
    bias: bool = False
    is_complex: bool = False

    def __post_init__(self) -> None:
        for name in ("in1_features", "in2_features", "out_features"):
            fix(self, **{name: quantity(name, getattr(self, name))})

    def out_shape(self, one: Shape, two: Shape) -> Shape:
        """``(..., out_features)`` for ``(..., in1_features)`` and ``(..., in2_features)``."""
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
            "N": real_products(elements(one[:-1]), self.is_complex),
        }


@dataclass(frozen=True)
class Outer:
    """The outer product of two vectors."""

    is_complex: bool = False

    def out_shape(self, one: Shape, two: Shape) -> Shape:
        """``(rows, columns)`` for vectors of as many elements."""
        for each in (one, two):
            if len(each) != 1:
                raise SizeError("input", each, "must be a vector")
        return (*one, *two)

    def symbols(self, one: Shape, two: Shape) -> Symbols:
        batch = real_products(1, self.is_complex)
        return {"N": batch, "rows": one[0], "inner": 1, "columns": two[0]}
