"""Convolutions, regular and transposed."""

from dataclasses import dataclass
from typing import Literal

from formulas.core.errors import SizeError
from formulas.core.output_sizes import window_out
from formulas.core.quantities import (
    Quantity,
    Shape,
    Sizes,
    dimensions,
    elements,
    every,
    is_symbolic,
    must_divide,
    quantities,
    quantity,
)
from formulas.layers.base import Symbols, fix, map_symbols, must_match, one_to_three


@dataclass(frozen=True)
class Conv:
    """A convolution in ``dims`` dimensions; ``padding="same"`` keeps the map's size.

    >>> Conv(3, 32, kernel=3, stride=2, padding=1).out_shape((1, 3, 224, 224))
    (1, 32, 112, 112)
    """

    in_channels: Quantity
    out_channels: Quantity
    kernel: Sizes
    stride: Sizes = 1
    padding: Sizes | Literal["same"] = 0
    dilation: Sizes = 1
    groups: Quantity = 1
    bias: bool = False
    dims: int = 0

    def __post_init__(self) -> None:
        dims = one_to_three(
            self.dims or dimensions(self.kernel, self.stride, self.dilation, self.padding)
        )
        fix(
            self,
            dims=dims,
            in_channels=quantity("in_channels", self.in_channels),
            out_channels=quantity("out_channels", self.out_channels),
            groups=quantity("groups", self.groups),
            kernel=quantities("kernel", self.kernel, dims),
            stride=quantities("stride", self.stride, dims),
            dilation=quantities("dilation", self.dilation, dims),
        )
        if self.padding != "same":
            fix(self, padding=quantities("padding", self.padding, dims, minimum=0))
        elif any(stride != 1 for stride in self.stride):
            raise SizeError("stride", self.stride, "must be 1 where padding is 'same'")
        must_divide("groups", self.groups, "in_channels", self.in_channels)
        must_divide("groups", self.groups, "out_channels", self.out_channels)

    def out_shape(self, shape: Shape) -> Shape:
        """``(N, out_channels, ...)`` for an input of ``(N, in_channels, ...)``."""
        must_match("in_channels", self.in_channels, shape, -self.dims - 1)
        return (*shape[: -self.dims - 1], self.out_channels, *self._map(shape[-self.dims :]))

    def _map(self, sizes: Shape) -> Shape:
        if self.padding == "same":
            return sizes
        sides = zip(sizes, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return tuple(window_out(*side) for side in sides)

    def symbols(self, shape: Shape) -> Symbols:
        kernel = dict(zip(("kw", "kh", "kd"), reversed(self.kernel), strict=False))
        channels = {"cin": self.in_channels, "cout": self.out_channels, "g": self.groups}
        return {**kernel, **channels, **map_symbols(self.out_shape(shape), self.dims)}


@dataclass(frozen=True)
class ConvTranspose:
    """A transposed convolution in ``dims`` dimensions.

    >>> ConvTranspose(8, 16, kernel=4, stride=2, padding=1).out_shape((1, 8, 16, 16))
    (1, 16, 32, 32)
    """

    in_channels: Quantity
    out_channels: Quantity
    kernel: Sizes
    stride: Sizes = 1
    padding: Sizes = 0
    output_padding: Sizes = 0
    dilation: Sizes = 1
    groups: Quantity = 1
    bias: bool = False
    dims: int = 0

    def __post_init__(self) -> None:
        dims = one_to_three(
            self.dims
            or dimensions(
                self.kernel, self.stride, self.dilation, self.padding, self.output_padding
            )
        )
        fix(
            self,
            dims=dims,
            in_channels=quantity("in_channels", self.in_channels),
            out_channels=quantity("out_channels", self.out_channels),
            groups=quantity("groups", self.groups),
            kernel=quantities("kernel", self.kernel, dims),
            stride=quantities("stride", self.stride, dims),
            padding=quantities("padding", self.padding, dims, minimum=0),
            output_padding=quantities("output_padding", self.output_padding, dims, minimum=0),
            dilation=quantities("dilation", self.dilation, dims),
        )
        for extra, s, d in zip(self.output_padding, self.stride, self.dilation, strict=True):
            if extra >= s and extra >= d:
                raise SizeError("output_padding", extra, "must be less than stride or dilation")
        must_divide("groups", self.groups, "in_channels", self.in_channels)
        must_divide("groups", self.groups, "out_channels", self.out_channels)

    def out_shape(self, shape: Shape) -> Shape:
        """``(size - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1`` a side."""
        must_match("in_channels", self.in_channels, shape, -self.dims - 1)
        sides = zip(
            shape[-self.dims :],
            self.kernel,
            self.stride,
            self.padding,
            self.dilation,
            self.output_padding,
            strict=True,
        )
        out = tuple((i - 1) * s - 2 * p + d * (k - 1) + extra + 1 for i, k, s, p, d, extra in sides)
        if not all(is_symbolic(side) or every(side >= 1) for side in out):
            raise SizeError("padding", self.padding, "must leave a map")
        return (*shape[: -self.dims - 1], self.out_channels, *out)

    def symbols(self, shape: Shape) -> Symbols:
        kernel = dict(zip(("kw", "kh", "kd"), reversed(self.kernel), strict=False))
        channels = {"cin": self.in_channels, "cout": self.out_channels, "g": self.groups}
        positions = elements(shape[-self.dims :])
        batch = elements(shape[: -self.dims - 1])
        return {**kernel, **channels, "positions": positions, "N": batch}
