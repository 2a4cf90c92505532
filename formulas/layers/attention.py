"""Attention between given queries, keys and values."""

from dataclasses import dataclass

from formulas.errors import SizeError
from formulas.layers.base import Symbols
from formulas.quantities import Quantity, Shape, elements


@dataclass(frozen=True)
class Attention:
    """Scaled dot product attention on ``(..., heads, length, width)``.

    ``mask`` is the number of elements of an additive or ``boolean`` mask, 0 without one.
    ``grouped`` lets each head of keys and values serve several query heads.
    """

    mask: Quantity = 0
    boolean: bool = False
    causal: bool = False
    grouped: bool = False

    def out_shape(self, query: Shape, key: Shape, value: Shape) -> Shape:
        if query[-1] != key[-1] or key[-2] != value[-2]:
            rule = f"must fit keys {key!r} and values {value!r}"
            raise SizeError("queries", query, rule)
        return (*query[:-1], value[-1])

    def symbols(self, query: Shape, key: Shape, value: Shape) -> Symbols:
        return {
            "N": elements(query[:-3]),
            "heads": query[-3] if len(query) > 2 else 1,
            "queries": query[-2],
            "keys": key[-2],
            "width": query[-1],
            "value_width": value[-1],
        }
