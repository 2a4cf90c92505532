"""Output sizes, one dimension at a time. Integer arithmetic, so floors are exact."""

from formulas.errors import SizeError
from formulas.quantities import Quantity, every, is_array, is_symbolic


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
    starts_in_padding = (out - 1) * stride >= size + padding
    if is_symbolic(starts_in_padding):
        raise SizeError("ceil_mode", ceil_mode, f"needs a known size, not {size!r}")
    return out - starts_in_padding
