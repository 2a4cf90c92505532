"""Embedding: a row of a table for each index, by itself or united with others of its bag."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, quantity

EMBEDDING = Expression(
    params="rows * width",
    words="Copies one row of the table for each index; computes nothing.",
)
EMBEDDING_BAG = Expression(
    params="rows * width",
    elementwise="indices * width",
    words="Reads one row of the table for each index and unites the rows of each bag.",
)


def embedding(rows: Quantity, width: Quantity, *, indices: Quantity = 1) -> Cost:
    """Cost of looking up ``indices`` rows: the rows that are read count, not the whole table.

    >>> embedding(100, 64, indices=10)
    Cost(params=6400, macs=0, elementwise=0, activations=0, memory_access=1290)
    """
    v, d, n = quantity("rows", rows), quantity("width", width), quantity("indices", indices)
    return Cost(params=v * d, memory_access=n + 2 * n * d)


def embedding_bag(
    rows: Quantity, width: Quantity, *, indices: Quantity, bags: Quantity, starts: Quantity = 0
) -> Cost:
    """Cost of the sums, means or maxima of ``bags`` bags that hold ``indices`` indices together.

    Each element that is looked up joins its bag in one step. ``starts`` numbers that say where
    bags begin are read too, if there are any (source: the definition of ``torch.nn.EmbeddingBag``).

    >>> embedding_bag(100, 64, indices=10, bags=2)
    Cost(params=6400, macs=0, elementwise=640, activations=0, memory_access=778)
    """
    v, d = quantity("rows", rows), quantity("width", width)
    n, b = quantity("indices", indices), quantity("bags", bags)
    s = quantity("starts", starts, minimum=0)
    return Cost(params=v * d, elementwise=n * d, memory_access=n + s + n * d + b * d)
