"""Pooling by windows, and to a fixed map."""

from dataclasses import dataclass
from typing import Literal

from formulas.core.errors import SizeError
from formulas.core.output_sizes import window_out
from formulas.core.quantities import (
    Quantity,
    Shape,
    Sizes,
    every,
    is_symbolic,
    quantities,
    quantity,
)
from formulas.layers.base import Symbols, fix, map_symbols, must_have, one_to_three


def known_reduction(reduce: str) -> None:
    """Refuse another way to summarise a window than maximum and average."""
    if reduce not in ("max", "avg"):
        raise SizeError("reduce", reduce, "must be max or avg")


@dataclass(frozen=True)
class Pool:
    """A sliding maximum (``reduce="max"``) or average (``"avg"``); ``stride`` None: the kernel."""

    reduce: Literal["max", "avg"]
    kernel: Sizes
    stride: Sizes = None
    padding: Sizes = 0
    dilation: Sizes = 1
    ceil_mode: bool = False
    dims: int = 2

    def __post_init__(self) -> None:
        one_to_three(self.dims)
        known_reduction(self.reduce)
        kernel = quantities("kernel", self.kernel, self.dims)
        stride = kernel if self.stride is None else quantities("stride", self.stride, self.dims)
        fix(
            self,
            kernel=kernel,
            stride=stride,
            padding=quantities("padding", self.padding, self.dims, minimum=0),
            dilation=quantities("dilation", self.dilation, self.dims),
        )
        for window, pad in zip(self.kernel, self.padding, strict=True):
            if not is_symbolic(pad) and not is_symbolic(window) and not every(2 * pad <= window):
                raise SizeError("padding", pad, f"must be at most half of kernel={window!r}")

    def out_shape(self, shape: Shape) -> Shape:
        """``(N, C, ...)`` with as many positions a side as its window takes."""
        must_have(self.dims + 1, shape)
        sizes = shape[-self.dims :]
        sides = zip(sizes, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        out = tuple(window_out(*side, ceil_mode=self.ceil_mode) for side in sides)
        return (*shape[: -self.dims], *out)

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": shape[-self.dims - 1], **map_symbols(self.out_shape(shape), self.dims)}


@dataclass(frozen=True)
class AdaptivePool:
    """A pooling to a fixed map of ``out_size``, whatever comes in; a None keeps that side."""

    reduce: Literal["max", "avg"]
    out_size: tuple[Quantity | None, ...]

    def __post_init__(self) -> None:
        known_reduction(self.reduce)
        if not isinstance(self.out_size, tuple):
            raise SizeError("out_size", self.out_size, "must be a tuple, one side a dimension")
        one_to_three(len(self.out_size))
        sides = (s if s is None else quantity("out_size", s) for s in self.out_size)
        fix(self, out_size=tuple(sides))

    @property
    def dims(self) -> int:
        return len(self.out_size)

    def out_shape(self, shape: Shape) -> Shape:
        """``(N, C, ...)`` with the sides of ``out_size``."""
        must_have(self.dims + 1, shape)
        kept = shape[-self.dims :]
        out = (old if new is None else new for old, new in zip(kept, self.out_size, strict=True))
        return (*shape[: -self.dims], *out)

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": shape[-self.dims - 1], **map_symbols(self.out_shape(shape), self.dims)}
