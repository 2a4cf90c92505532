"""Pooling: each output element summarises a window, or a share, of one channel's map."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, Sizes, map_elements, quantity

POOLING = Expression(
    elementwise="cin * {out}",
    words="Each of the {out} output positions of each channel summarises one window of its map.",
)


def pooling(channels: Quantity, in_size: Sizes, out_size: Sizes, *, batch: Quantity = 1) -> Cost:
    """Cost of a maximum or average pooling from maps of ``in_size`` to maps of ``out_size``.

    ``elementwise`` counts output elements, whatever the window. No params, no MACs.

    >>> pooling(64, in_size=112, out_size=56)
    Cost(params=0, macs=0, elementwise=200704, activations=0, memory_access=1003520)
    """
    c = quantity("channels", channels)
    n = quantity("batch", batch)
    _, out, read = map_elements(1, out_size, in_size)
    return Cost(elementwise=n * c * out, memory_access=n * c * (read + out))
