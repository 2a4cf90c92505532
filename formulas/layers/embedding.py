"""Tables that are looked up."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, Shape, elements, quantity
from formulas.layers.base import Symbols, fix


@dataclass(frozen=True)
class Embedding:
    """A table of ``rows`` vectors of ``width`` elements, looked up by indices of any shape."""

    rows: Quantity
    width: Quantity

    def __post_init__(self) -> None:
        fix(self, rows=quantity("rows", self.rows), width=quantity("width", self.width))

    def out_shape(self, shape: Shape) -> Shape:
        """``(..., width)`` for indices of any shape."""
        return (*shape, self.width)

    def symbols(self, shape: Shape) -> Symbols:
        return {"rows": self.rows, "width": self.width}


@dataclass(frozen=True)
class EmbeddingBag:
    """A table whose looked-up rows are united, bag by bag: their sum, mean or maximum.

    Indices are ``(bags, indices)``, or in one row with a second input that says where each bag
    begins; ``closed`` where it also says where the last one ends.

    >>> EmbeddingBag(100, 64).out_shape((3, 7)), EmbeddingBag(100, 64).out_shape((21,), (3,))
    ((3, 64), (3, 64))
    """

    rows: Quantity
    width: Quantity
    closed: bool = False

    def __post_init__(self) -> None:
        fix(self, rows=quantity("rows", self.rows), width=quantity("width", self.width))

    def out_shape(self, shape: Shape, *starts: Shape) -> Shape:
        """``(bags, width)``."""
        if len(shape) == 2 and not starts:
            return (shape[0], self.width)
        if len(shape) != 1 or [len(each) for each in starts] != [1]:
            raise SizeError(
                "input", shape, "must be bags of indices, or a row of them and its bags"
            )
        return (starts[0][0] - (1 if self.closed else 0), self.width)

    def symbols(self, shape: Shape, *starts: Shape) -> Symbols:
        return {"rows": self.rows, "width": self.width, "indices": elements(shape)}
