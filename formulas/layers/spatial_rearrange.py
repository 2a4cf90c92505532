"""Maps whose elements are laid out anew: padded, shuffled, cut into windows and put together."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.output_sizes import window_out
from formulas.core.quantities import (
    Quantity,
    Shape,
    Sizes,
    elements,
    every,
    exact_quotient,
    is_symbolic,
    must_divide,
    quantities,
    quantity,
    same,
)
from formulas.layers.base import Symbols, fix, must_have


@dataclass(frozen=True)
class Pad:
    """The last sides, each longer by what is put before and behind it, or shorter.

    >>> Pad(((1, 2), (0, -1))).out_shape((2, 3, 5, 7))
    (2, 3, 8, 6)
    """

    sides: tuple[tuple[int, int], ...]

    def out_shape(self, shape: Shape) -> Shape:
        """Each side with its padding; nothing may be left of no map."""
        must_have(len(self.sides), shape)
        kept = len(shape) - len(self.sides)
        pairs = zip(shape[kept:], self.sides, strict=True)
        out = tuple(side + before + behind for side, (before, behind) in pairs)
        if not all(is_symbolic(side) or every(side >= 0) for side in out):
            raise SizeError("sides", self.sides, f"must leave something of {shape!r}")
        return (*shape[:kept], *out)

    def symbols(self, shape: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class PixelShuffle:
    """``factor * factor`` channels as one map of as many times the pixels, or back (``inverse``).

    Source: Shi et al., arXiv 1609.05158, section 3.2.

    >>> PixelShuffle(2).out_shape((1, 12, 5, 7)), PixelShuffle(2, True).out_shape((1, 3, 10, 14))
    ((1, 3, 10, 14), (1, 12, 5, 7))
    """

    factor: Quantity
    inverse: bool = False

    def __post_init__(self) -> None:
        fix(self, factor=quantity("factor", self.factor))

    def out_shape(self, shape: Shape) -> Shape:
        """``(..., C / factor^2, factor H, factor W)``; the other way round where inverse."""
        must_have(3, shape)
        *lead, channels, height, width = shape
        r = self.factor
        if self.inverse:
            must_divide("factor", r, "height", height)
            must_divide("factor", r, "width", width)
            return (*lead, channels * r * r, exact_quotient(height, r), exact_quotient(width, r))
        must_divide("factor * factor", r * r, "channels", channels)
        return (*lead, exact_quotient(channels, r * r), height * r, width * r)

    def symbols(self, shape: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class Unfold:
    """Every window of a map ``(N, C, H, W)``, written out as a column.

    >>> Unfold(3, padding=1).out_shape((2, 5, 7, 11))
    (2, 45, 77)
    """

    kernel: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1

    def __post_init__(self) -> None:
        fix_windows(self)

    def columns(self, sides: Shape) -> Quantity:
        """How many windows a map of these sides has."""
        settings = self.kernel, self.stride, self.padding, self.dilation
        return elements(window_out(*each) for each in zip(sides, *settings, strict=True))

    def out_shape(self, shape: Shape) -> Shape:
        """``(N, C kh kw, windows)``."""
        must_have(3, shape)
        *lead, channels, height, width = shape
        return (*lead, channels * elements(self.kernel), self.columns((height, width)))

    def symbols(self, shape: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class Fold:
    """Windows that are put back into a map of ``out_size``, and added where they overlap.

    >>> Fold((7, 11), 3, padding=1).out_shape((2, 45, 77))
    (2, 5, 7, 11)
    """

    out_size: Sizes
    kernel: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1

    def __post_init__(self) -> None:
        fix_windows(self)
        fix(self, out_size=quantities("out_size", self.out_size, 2))

    def out_shape(self, shape: Shape) -> Shape:
        """``(N, C, H, W)`` for an input of ``(N, C kh kw, windows)``."""
        must_have(2, shape)
        *lead, rows, found = shape
        window = elements(self.kernel)
        must_divide("window", window, "rows", rows)
        cut = Unfold(self.kernel, self.dilation, self.padding, self.stride)
        expected = cut.columns(self.out_size)
        if not same(found, expected):
            raise SizeError("windows", found, f"must be {expected!r}, as many as the map has")
        return (*lead, exact_quotient(rows, window), *self.out_size)

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(shape)}


def fix_windows(layer: Unfold | Fold) -> None:
    """Kernel, dilation, padding and stride as one number for each of the two sides."""
    fix(
        layer,
        kernel=quantities("kernel", layer.kernel, 2),
        dilation=quantities("dilation", layer.dilation, 2),
        padding=quantities("padding", layer.padding, 2, minimum=0),
        stride=quantities("stride", layer.stride, 2),
    )
