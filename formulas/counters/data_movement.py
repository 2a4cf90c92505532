"""Work that only moves data: nothing is computed, but it is read and written again."""

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.expressions import Expression
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    must_divide,
    quantities,
    quantity,
)

CONCATENATION = Expression(words="Copies its inputs behind one another; computes nothing.")
CHANNEL_SHUFFLE = Expression(
    words="Copies the channels into another order, so that groups exchange them; computes nothing."
)

COPY = Expression(words="Writes the elements to another place, or in another type.")


def copy(shape: Shape, out_shape: Shape | None = None) -> Cost:
    """Cost of copying a tensor of this shape: each element read and written.

    The result may have another ``out_shape``: padded, or cut into windows that overlap.

    >>> copy((2, 3, 5))
    Cost(params=0, macs=0, elementwise=0, activations=0, memory_access=60)
    """
    read = elements(quantities("shape", shape, len(shape)))
    if out_shape is None:
        return Cost(memory_access=2 * read)
    written = elements(quantities("out_shape", out_shape, len(out_shape), minimum=0))
    return Cost(memory_access=read + written)


def concatenation(shape: Shape) -> Cost:
    """Cost of a concatenation whose result has this ``shape``: each element read and written.

    >>> concatenation((1, 128, 54, 54))
    Cost(params=0, macs=0, elementwise=0, activations=0, memory_access=746496)
    """
    return copy(shape)


def channel_shuffle(shape: Shape, groups: Quantity) -> Cost:
    """Cost of a channel shuffle between ``groups``; with one group, or one channel in
    each, nothing moves.

    ``shape`` is ``(N, C, H, W)``, and ``groups`` must divide ``C`` (source: ShuffleNet, arXiv
    1707.01083, section 3.1).

    >>> channel_shuffle((1, 60, 28, 28), groups=3)
    Cost(params=0, macs=0, elementwise=0, activations=0, memory_access=94080)
    """
    sizes = quantities("shape", shape, len(shape))
    g = quantity("groups", groups)
    if len(sizes) < 2:
        raise SizeError("shape", shape, "must have channels, in dimension 1")
    must_divide("groups", g, "channels", sizes[1])
    if isinstance(g, int) and (g == 1 or (isinstance(sizes[1], int) and g == sizes[1])):
        return Cost()  # one group, or one channel in each: every channel stays where it is
    return Cost(memory_access=2 * elements(sizes))
