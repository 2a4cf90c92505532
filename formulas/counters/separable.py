"""Depthwise separable convolution: a depthwise one, then a pointwise one, instead of a standard."""

from fractions import Fraction
from typing import Any

from formulas.core.cost import Cost
from formulas.core.quantities import (
    Quantity,
    Sizes,
    dimensions,
    elements,
    quantities,
    quantity,
)
from formulas.counters.depthwise import depthwise
from formulas.counters.pointwise import pointwise


def separable(
    in_channels: Quantity,
    out_channels: Quantity,
    kernel: Sizes,
    out_size: Sizes,
    *,
    in_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a depthwise separable convolution: both of its layers together.

    Sizes as in ``standard``; ``bias`` gives both layers one. MACs are
    ``kh * kw * cin * H * W + cin * cout * H * W`` (source: the document, "depth-wise separable
    conv"). Impossible sizes raise ``SizeError``.

    >>> separable(512, 512, kernel=3, out_size=14).macs
    52283392
    """
    quantity("in_channels", in_channels)
    first = depthwise(in_channels, kernel, out_size, in_size=in_size, bias=bias, batch=batch)
    return first + pointwise(in_channels, out_channels, out_size, bias=bias, batch=batch)


def separable_ratio(out_channels: Quantity, kernel: Sizes) -> Any:
    """MACs of a separable convolution over those of the standard one: ``1/N + 1/(kh * kw)``.

    ``N`` is ``out_channels``. Exact: a ``Fraction`` for ints, an expression for symbols, floats
    for arrays. The document leaves this formula to a picture; it follows from dividing
    ``kh * kw * M * H * W + M * N * H * W`` by ``kh * kw * M * N * H * W``.

    >>> separable_ratio(512, kernel=3)
    Fraction(521, 4608)
    """
    n = quantity("out_channels", out_channels)
    k = elements(quantities("kernel", kernel, dimensions(kernel)))
    if isinstance(n, int) and isinstance(k, int):
        return Fraction(1, n) + Fraction(1, k)
    return 1 / n + 1 / k
