"""Descriptions of layers: frozen, validated when built, and they know their output shape.

A description holds what a layer's constructor was told, not what it was fed. Shapes are whole
tensors, ``(N, C, H, W)`` or with one or three spatial dimensions. Plain numbers for ``kernel``
and the like mean the same in every one of ``dims`` dimensions.
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from formulas.errors import SizeError
from formulas.quantities import (
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
from formulas.sizes import broadcast, window_out

Symbols: TypeAlias = dict[str, Quantity]


def _set(layer: object, **values: object) -> None:
    for name, value in values.items():
        object.__setattr__(layer, name, value)


def must_match(name: str, expected: Quantity, shape: Shape, axis: int) -> None:
    """Refuse an input whose size along ``axis`` is not what the layer was built for."""
    if len(shape) < abs(axis):
        raise SizeError("input", shape, f"must have at least {abs(axis)} dimensions")
    found = shape[axis]
    if is_symbolic(expected) or is_symbolic(found):
        return
    if not every(found == expected):
        raise SizeError(name, expected, f"must equal the input's, {found!r} in {shape!r}")


def _map_symbols(shape: Shape, dims: int) -> Symbols:
    sides = dict(zip(("W", "H", "D"), reversed(shape[-dims:]), strict=False))
    return {"N": elements(shape[: -dims - 1]), **sides}


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
    dims: int = field(default=0)

    def __post_init__(self) -> None:
        dims = self.dims or dimensions(self.kernel, self.stride, self.dilation)
        _set(
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
            _set(self, padding=quantities("padding", self.padding, dims, minimum=0))
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
        return {**kernel, **channels, **_map_symbols(self.out_shape(shape), self.dims)}


@dataclass(frozen=True)
class Linear:
    """A fully connected layer on the last dimension of its input."""

    in_features: Quantity
    out_features: Quantity
    bias: bool = False

    def __post_init__(self) -> None:
        _set(
            self,
            in_features=quantity("in_features", self.in_features),
            out_features=quantity("out_features", self.out_features),
        )

    def out_shape(self, shape: Shape) -> Shape:
        must_match("in_features", self.in_features, shape, -1)
        return (*shape[:-1], self.out_features)

    def symbols(self, shape: Shape) -> Symbols:
        vectors = elements(shape[:-1])
        return {"cin": self.in_features, "cout": self.out_features, "N": vectors}


@dataclass(frozen=True)
class BatchNorm:
    """A batch normalisation over ``(N, channels, ...)`` in ``dims`` spatial dimensions.

    Without ``tracked`` it has no running statistics and takes those of the batch.
    """

    channels: Quantity
    affine: bool = True
    tracked: bool = True
    dims: int = 2

    def __post_init__(self) -> None:
        _set(self, channels=quantity("channels", self.channels))

    def out_shape(self, shape: Shape) -> Shape:
        must_match("channels", self.channels, shape, -self.dims - 1)
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": self.channels, **_map_symbols(shape, self.dims)}


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
        kernel = quantities("kernel", self.kernel, self.dims)
        stride = kernel if self.stride is None else quantities("stride", self.stride, self.dims)
        _set(
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
        sizes = shape[-self.dims :]
        sides = zip(sizes, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        out = tuple(window_out(*side, ceil_mode=self.ceil_mode) for side in sides)
        return (*shape[: -self.dims], *out)

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": shape[-self.dims - 1], **_map_symbols(self.out_shape(shape), self.dims)}


@dataclass(frozen=True)
class AdaptivePool:
    """A pooling to a fixed map of ``out_size``, whatever comes in; a None keeps that side."""

    reduce: Literal["max", "avg"]
    out_size: tuple[Quantity | None, ...]

    @property
    def dims(self) -> int:
        return len(self.out_size)

    def out_shape(self, shape: Shape) -> Shape:
        kept = shape[-self.dims :]
        out = (old if new is None else new for old, new in zip(kept, self.out_size, strict=True))
        return (*shape[: -self.dims], *out)

    def symbols(self, shape: Shape) -> Symbols:
        return {"cin": shape[-self.dims - 1], **_map_symbols(self.out_shape(shape), self.dims)}


@dataclass(frozen=True)
class Activation:
    """An element-wise function, by its name: ``Activation("relu")``."""

    name: str

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"elements": elements(shape)}


@dataclass(frozen=True)
class Add:
    """The sum of tensors of one shape."""

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        for other in others:
            if not any(map(is_symbolic, (*shape, *other))) and other != shape:
                raise SizeError("shape", other, f"must equal the first summand's, {shape!r}")
        return shape

    def symbols(self, shape: Shape, *others: Shape) -> Symbols:
        return {"elements": elements(shape)}


@dataclass(frozen=True)
class Elementwise:
    """Any element-wise function of one or more tensors, which broadcast: ``Elementwise("mul")``."""

    name: str

    def out_shape(self, *shapes: Shape) -> Shape:
        return broadcast(*shapes)

    def symbols(self, *shapes: Shape) -> Symbols:
        return {"elements": elements(broadcast(*shapes))}


@dataclass(frozen=True)
class MatMul:
    """The product of two stacks of matrices, ``(..., rows, inner)`` and ``(..., inner, columns)``.

    A tensor of ``added`` elements, such as a bias, may be added to the result.
    """

    added: Quantity = 0

    def out_shape(self, left: Shape, right: Shape) -> Shape:
        must_match("inner", left[-1], right, -2)
        return (*broadcast(left[:-2], right[:-2]), left[-2], right[-1])

    def symbols(self, left: Shape, right: Shape) -> Symbols:
        batch = elements(broadcast(left[:-2], right[:-2]))
        return {"N": batch, "rows": left[-2], "inner": left[-1], "columns": right[-1]}


@dataclass(frozen=True)
class Copy:
    """A tensor, written to another place or in another type."""

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class Concat:
    """Tensors behind one another along ``dim``: the channels, where nothing else is said."""

    dim: int = 1

    def out_shape(self, shape: Shape, *others: Shape) -> Shape:
        dim = self.dim % len(shape)
        joined = sum((other[dim] for other in others), shape[dim])
        return (*shape[:dim], joined, *shape[dim + 1 :])

    def symbols(self, shape: Shape, *others: Shape) -> Symbols:
        return {}


@dataclass(frozen=True)
class ChannelShuffle:
    """The channels of ``groups`` groups, interleaved."""

    groups: Quantity

    def out_shape(self, shape: Shape) -> Shape:
        return shape

    def symbols(self, shape: Shape) -> Symbols:
        return {"g": self.groups}


Layer: TypeAlias = (
    Conv | Linear | BatchNorm | Pool | AdaptivePool | Activation | Add | Concat | ChannelShuffle
)
