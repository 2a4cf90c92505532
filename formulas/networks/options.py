"""The settings that networks share, checked: what may be said of alpha, of a resolution."""

from collections.abc import Sequence
from math import inf
from numbers import Real
from typing import Any

from formulas.core.errors import SizeError
from formulas.core.quantities import (
    Quantity,
    Shape,
    Sizes,
    every,
    is_array,
    is_symbolic,
    quantities,
    quantity,
)

VARIANTS = ("document", "paper")
MOST_CHANNELS = 2**53  # below it a float is exact, and so is int(channels * alpha)
DOCUMENT_RESOLUTION, DOCUMENT_CLASSES = 32, 100
PAPER_RESOLUTION, PAPER_CLASSES = 224, 1000


def one_of(name: str, value: Any, allowed: Sequence[Any]) -> Any:
    """``value``, if it is one of ``allowed``."""
    if isinstance(value, bool) or is_array(value) or value not in allowed:
        raise SizeError(name, value, f"must be one of {', '.join(map(str, allowed))}")
    return value


def multiplier(name: str, value: Any) -> Any:
    """A width multiplier: a finite number above 0, an array of them, or a symbol."""
    if is_symbolic(value):
        return value
    if is_array(value):
        good = value.dtype.kind in "iuf" and every((value > 0) & (value < inf))
    else:
        good = isinstance(value, Real) and not isinstance(value, bool) and 0 < float(value) < inf
    if not good:
        raise SizeError(name, value, "must be a finite number above 0")
    return value


def product(channels: int, alpha: Any) -> Any:
    """``channels * alpha``, where it leaves a number of channels that can be."""
    if is_symbolic(alpha):
        return channels * alpha
    alpha = alpha.astype("float64") if is_array(alpha) else float(alpha)
    wide = channels * alpha
    if not every(wide < MOST_CHANNELS):
        raise SizeError("alpha", alpha, "must leave fewer than 2**53 channels")
    return wide


def whole(value: Any) -> Quantity:
    """``int(value)``, of arrays too."""
    return value.astype("int64") if is_array(value) else int(value)


def scaled(channels: int, alpha: Any) -> Quantity:
    """``int(channels * alpha)``: the document's and the papers' way to thin a layer.

    Of a symbol it is the product, which holds where that is a whole number.
    """
    wide = product(channels, alpha)
    if is_symbolic(wide):
        return wide
    if not every(wide >= 1):
        raise SizeError("alpha", alpha, f"must leave at least 1 of {channels} channels")
    return whole(wide)


def image(
    variant: str, resolution: Sizes | None, classes: Quantity | None, batch: Quantity
) -> tuple[Shape, Quantity]:
    """The input shape ``(N, 3, H, W)`` and the number of classes, the variant's where not given."""
    one_of("variant", variant, VARIANTS)
    document = variant == "document"
    if resolution is None:
        resolution = DOCUMENT_RESOLUTION if document else PAPER_RESOLUTION
    if classes is None:
        classes = DOCUMENT_CLASSES if document else PAPER_CLASSES
    height, width = quantities("resolution", resolution, 2)
    return (quantity("batch", batch), 3, height, width), quantity("classes", classes)
