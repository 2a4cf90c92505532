"""Tables that are looked up."""

from dataclasses import dataclass

from formulas.layers.base import Symbols
from formulas.quantities import Quantity, Shape


@dataclass(frozen=True)
class Embedding:
    """A table of ``rows`` vectors of ``width`` elements, looked up by indices of any shape."""

    rows: Quantity
    width: Quantity

    def out_shape(self, shape: Shape) -> Shape:
        return (*shape, self.width)

    def symbols(self, shape: Shape) -> Symbols:
        return {"rows": self.rows, "width": self.width}
