"""Embedding: a row of a table for each index. Nothing is computed; rows are read."""

from formulas.cost import Cost
from formulas.expressions import Expression
from formulas.quantities import Quantity, quantity

EMBEDDING = Expression(
    params="rows * width",
    words="Copies one row of the table for each index; computes nothing.",
)


def embedding(rows: Quantity, width: Quantity, *, indices: Quantity = 1) -> Cost:
    """Cost of looking up ``indices`` rows: the rows that are read count, not the whole table.

    >>> embedding(100, 64, indices=10)
    Cost(params=6400, macs=0, elementwise=0, activations=0, memory_access=1290)
    """
    v, d, n = quantity("rows", rows), quantity("width", width), quantity("indices", indices)
    return Cost(params=v * d, memory_access=n + 2 * n * d)
