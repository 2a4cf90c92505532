"""Attention between given queries, keys and values."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.output_sizes import broadcast
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    must_divide,
    same,
)
from formulas.layers.base import Symbols, must_have


@dataclass(frozen=True)
class Attention:
    """Scaled dot product attention on ``(..., heads, length, width)``.

    ``mask`` is the number of elements of an additive or ``boolean`` mask, 0 without one.
    ``grouped`` lets each head of keys and values serve several query heads. With ``dropout``
    each weight of a key is drawn to stay or to vanish.
    """

    mask: Quantity = 0
    boolean: bool = False
    causal: bool = False
    grouped: bool = False
    dropout: bool = False

    def out_shape(self, query: Shape, key: Shape, value: Shape) -> Shape:
        """``(..., heads, queries, value_width)``; leads of 1 are broadcast."""
        for shape in (query, key, value):
            must_have(2, shape)
        rule = f"must fit keys {key!r} and values {value!r}"
        if not same(query[-1], key[-1]) or not same(key[-2], value[-2]):
            raise SizeError("queries", query, rule)
        heads = [shape[-3:-2] for shape in (query, key, value)]
        try:
            lead = broadcast(*(shape[:-3] for shape in (query, key, value)))
            if self.grouped:
                must_divide("kv_heads", heads[1][0], "heads", heads[0][0])
            else:
                heads[0] = broadcast(*heads)
        except SizeError as error:
            raise SizeError("queries", query, rule) from error
        return (*lead, *heads[0], query[-2], value[-1])

    def symbols(self, query: Shape, key: Shape, value: Shape) -> Symbols:
        return {
            "N": elements(self.out_shape(query, key, value)[:-3]),
            "heads": query[-3] if len(query) > 2 else 1,
            "queries": query[-2],
            "keys": key[-2],
            "width": query[-1],
            "value_width": value[-1],
        }
