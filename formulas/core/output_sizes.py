"""Output sizes. Integer arithmetic, so floors are exact."""

from itertools import zip_longest

from formulas.core.errors import SizeError
from formulas.core.quantities import (
    Quantity,
    Shape,
    every,
    is_array,
    is_symbolic,
    same,
)


def window_out(
    size: Quantity,
    kernel: Quantity,
    stride: Quantity = 1,
    padding: Quantity = 0,
    dilation: Quantity = 1,
    *,
    ceil_mode: bool = False,
) -> Quantity:
    """How many positions a window takes along one dimension of a padded map.

    ``floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1``; with ``ceil_mode``
    the division rounds up, unless the last window would start in the padding to the right
    (then it is left out, as PyTorch's pooling does).

    >>> window_out(224, kernel=7, stride=2, padding=3)
    112
    >>> window_out(54, kernel=3, stride=2, ceil_mode=True)
    27

    Raises ``SizeError`` when the kernel is larger than the padded map.
    """
    reach = dilation * (kernel - 1) + 1
    room = size + 2 * padding - reach
    if not is_symbolic(room) and not every(room >= 0):
        rule = f"must fit in the padded map: {size!r} + 2 * {padding!r}"
        raise SizeError(
            "kernel", kernel, rule if dilation == 1 else f"dilated by {dilation!r} {rule}"
        )
    if not is_array(stride) and stride == 1:
        return room + 1
    if not ceil_mode:
        return room // stride + 1
    out = -(-room // stride) + 1
    if not is_symbolic(reach - stride - padding) and every(reach >= stride + padding):
        return out  # the last window ends in the map at the latest one stride behind its end
    starts_in_padding = (out - 1) * stride >= size + padding
    if is_symbolic(starts_in_padding):
        raise SizeError("ceil_mode", ceil_mode, f"needs a known size, not {size!r}")
    return out - starts_in_padding


def broadcast(*shapes: Shape) -> Shape:
    """The shape in which tensors of these shapes meet: a side of 1, or none, fits any other.

    >>> broadcast((2, 3, 5), (3, 1))
    (2, 3, 5)
    """
    met: list[Quantity] = []
    for sides in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        wide = [side for side in sides if is_symbolic(side) or not every(side == 1)]
        known = [side for side in wide if not is_symbolic(side)]
        if not all(same(side, known[0]) for side in known):
            raise SizeError("shapes", shapes, "must broadcast: equal sides, or 1")
        met.append(wide[0] if wide else 1)
    return tuple(reversed(met))
