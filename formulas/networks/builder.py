"""How a network is written down: one layer after another, while the shape follows by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, Shape
from formulas.kinds import count, kind_of
from formulas.layers import Activation, BatchNorm, Conv, Layer


@dataclass(frozen=True)
class PlacedLayer:
    """A layer in its place: the name it has in the real network, and the shapes it meets there."""

    name: str
    layer: Layer
    in_shapes: tuple[Shape, ...]
    out_shape: Shape

    @property
    def kind(self) -> str:
        return kind_of(self.layer)

    @cached_property
    def cost(self) -> Cost:
        return count(self.layer, *self.in_shapes)


@dataclass(frozen=True)
class Network:
    """A network's closed form: its layers in the order of execution.

    ``options`` are the settings that make it this network (``{"alpha": 0.5}``) and
    ``buffers`` the elements that are stored but not learned (running statistics).
    """

    name: str
    variant: str
    options: Mapping[str, Any]
    input_shape: Shape
    classes: Quantity
    layers: tuple[PlacedLayer, ...]

    @cached_property
    def cost(self) -> Cost:
        """The whole network, all layers added up."""
        return sum((placed.cost for placed in self.layers), Cost())

    @property
    def buffers(self) -> Quantity:
        """Running mean and variance of each channel, and one step counter a batch norm."""
        norms = [p.layer for p in self.layers if isinstance(p.layer, BatchNorm)]
        return sum(2 * norm.channels + 1 for norm in norms)


class Plan:
    """Collects the layers of one network; ``shape`` is what the next layer will be fed.

    A branch saves ``shape``, lays its layers, and puts it back. A layer that runs again is
    laid again under its own name; the later runs get the suffix ``#2``, ``#3``.
    """

    def __init__(self, input_shape: Shape) -> None:
        self.input_shape = input_shape
        self.shape = input_shape
        self.layers: list[PlacedLayer] = []
        self._runs: Counter[str] = Counter()

    @property
    def channels(self) -> Quantity:
        return self.shape[1]

    def lay(self, name: str, layer: Layer, *others: Shape) -> None:
        """Lay ``layer`` behind the last one; ``others`` are further inputs it joins."""
        self._runs[name] += 1
        run = self._runs[name]
        in_shapes = (self.shape, *others)
        try:
            self.shape = layer.out_shape(*in_shapes)
        except SizeError as error:
            if error.argument != "kernel":
                raise
            size = "x".join(str(side) for side in self.input_shape[2:])
            rule = f"is too small: in {name}, {error}"
            raise SizeError("resolution", size, rule) from error
        label = name if run == 1 else f"{name}#{run}"
        self.layers.append(PlacedLayer(label, layer, in_shapes, self.shape))

    def conv(
        self,
        name: str,
        out_channels: Quantity,
        kernel: int,
        *,
        norm: bool = True,
        act: str | None = None,
        **settings: Any,
    ) -> None:
        """Lay ``name.conv`` and behind it, where wanted, ``name.bn`` and ``name.relu``."""
        self.lay(f"{name}.conv", Conv(self.channels, out_channels, kernel, **settings))
        if norm:
            self.lay(f"{name}.bn", BatchNorm(out_channels))
        if act:
            self.lay(f"{name}.relu", Activation(act))
