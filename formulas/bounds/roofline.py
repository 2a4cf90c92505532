"""The roofline: what a device's arithmetic and its memory allow, whichever is slower.

Source: Williams, Waterman, Patterson, "Roofline: an insightful visual performance model for
multicore architectures", CACM 52(4), 2009. ``flops`` are operations, ``moved`` bytes, ``peak``
operations a second, ``bandwidth`` bytes a second; all are whole numbers, or arrays of them. Of ints
a result is an exact ``Fraction``, of arrays it is floats.
"""

from fractions import Fraction
from typing import Any

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, every, quantity


def intensity(flops: Quantity, moved: Quantity) -> Any:
    """Operations for each byte that is moved: the horizontal axis of a roofline plot.

    >>> intensity(924_844_032, 10_240_000)  # standard(512, 512, 3, 14) in float32: 90.3
    Fraction(56448, 625)
    """
    return _over(quantity("flops", flops, 0), quantity("moved", moved))


def ridge(peak: Quantity, bandwidth: Quantity) -> Any:
    """The intensity from which on arithmetic is the limit: ``peak / bandwidth``.

    >>> ridge(peak=10_000, bandwidth=400)
    Fraction(25, 1)
    """
    return _over(quantity("peak", peak), quantity("bandwidth", bandwidth))


def time_bound(flops: Quantity, moved: Quantity, peak: Quantity, bandwidth: Quantity) -> Any:
    """Seconds that the work takes at least: ``max(flops / peak, moved / bandwidth)``.

    >>> time_bound(flops=6_000, moved=400, peak=10_000, bandwidth=400)  # 0.6 s against 1 s
    Fraction(1, 1)
    """
    arithmetic = _over(quantity("flops", flops, 0), quantity("peak", peak))
    memory = _over(quantity("moved", moved, 0), quantity("bandwidth", bandwidth))
    bound = memory_bound(flops, moved, peak, bandwidth)
    return memory * bound + arithmetic * (1 - bound)


def memory_bound(flops: Quantity, moved: Quantity, peak: Quantity, bandwidth: Quantity) -> Any:
    """1 where the memory is the limit, or both alike; 0 where the arithmetic is.

    >>> memory_bound(6_000, 400, peak=10_000, bandwidth=400)
    1
    """
    memory = quantity("moved", moved, 0) * quantity("peak", peak)
    arithmetic = quantity("flops", flops, 0) * quantity("bandwidth", bandwidth)
    return (memory >= arithmetic) * 1


def attainable(intensity: Any, peak: Quantity, bandwidth: Quantity) -> Any:
    """Operations a second at this intensity: ``min(peak, intensity * bandwidth)``, the roof.

    >>> attainable(Fraction(15), peak=10_000, bandwidth=400)
    Fraction(6000, 1)
    """
    if not every(intensity >= 0):
        raise SizeError("intensity", intensity, "must be at least 0")
    slope, top = intensity * quantity("bandwidth", bandwidth), quantity("peak", peak)
    below = (slope < top) * 1
    return slope * below + top * (1 - below)


def _over(part: Quantity, whole: Quantity) -> Any:
    exact = isinstance(part, int) and isinstance(whole, int)
    return Fraction(part, whole) if exact else part / whole
