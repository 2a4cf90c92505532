"""Tables that are looked up."""

from dataclasses import dataclass

from formulas.layers.base import Symbols, fix
from formulas.quantities import Quantity, Shape, quantity


@dataclass(frozen=True)
class Embedding:
    """A table of ``rows`` vectors of ``width`` elements, looked up by indices of any shape."""

    rows: Quantity
    width: Quantity

    def __post_init__(self) -> None:
        fix(self, rows=quantity("rows", self.rows), width=quantity("width", self.width))

    def out_shape(self, shape: Shape) -> Shape:
        return (*shape, self.width)

    def symbols(self, shape: Shape) -> Symbols:
        return {"rows": self.rows, "width": self.width}
