"""What a sweep and a search found: points of a grid, each with its cost, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from formulas.core.cost import CONVENTION, Cost
from reports.model.views import text_view, view
from reports.render import number_format as numbers

if TYPE_CHECKING:
    import pandas


class Point(NamedTuple):
    """One configuration: a value for each axis, its cost, and its operations without a formula."""

    setting: tuple[Any, ...]
    cost: Cost
    unknown: int = 0


@dataclass(frozen=True)
class LeftOut:
    """Points that cannot be, or that failed: what was set there, how many they are, and why."""

    setting: Mapping[str, Any]
    count: int
    why: str


@dataclass(frozen=True, repr=False)
class Sweep:
    """The costs of a model over a grid, in the order of the grid, the last axis fastest.

    ``axes`` holds the values of each option that was given; ``points`` those that were counted.
    ``variant`` is that of one of the five networks. An ``interrupted`` sweep holds what was done
    until then. ``search`` is what a search chose by; then ``points`` are the chosen ones and
    ``grid`` all that it chose from.
    """

    model: str
    axes: Mapping[str, Sequence[Any]]
    points: Sequence[Point]
    variant: str = ""
    left_out: Sequence[LeftOut] = ()
    interrupted: bool = False
    search: Search | None = None
    grid: Sequence[Point] = field(default=())
    convention: str = CONVENTION

    @property
    def size(self) -> int:
        """How many points the whole grid has."""
        return prod(len(values) for values in self.axes.values())

    @property
    def done(self) -> int:
        """How many of them were counted or left out."""
        return len(self.grid or self.points) + sum(each.count for each in self.left_out)

    @property
    def ranges(self) -> list[str]:
        """The axes with more than one value."""
        return [name for name, values in self.axes.items() if len(values) > 1]

    def swept(self, point: Point) -> dict[str, Any]:
        """What a point has of each range: its setting without what all points share."""
        setting = dict(zip(self.axes, point.setting, strict=True))
        return {name: setting[name] for name in self.ranges or self.axes}

    def to_frame(self) -> pandas.DataFrame:
        """A pandas frame, one line a point: its setting, and its costs as exact integers."""
        frame: pandas.DataFrame = view("sweep frame", self)
        return frame

    def plot(self) -> Any:
        """A Matplotlib figure: curves over one range, heat maps over two; of a search, a scatter.

        Raises ``SizeError`` where there is no range, or more than two.
        """
        return view("sweep plot", self)

    def __repr__(self) -> str:
        """``<Sweep mobilenet: 64 of 64 points>``."""
        return f"<Sweep {self.model}: {len(self.points)} of {numbers.counted(self.size, 'point')}>"

    def _repr_html_(self) -> str:
        return text_view("sweep html", self)


@dataclass(frozen=True)
class Search:
    """What points were chosen by: sentences of the budgets, and what shall be large or small.

    ``chosen`` is how many they are, ``limits`` the largest value of each budgeted quantity, and
    ``impossible`` says what the smallest values are where no point meets the budgets.
    """

    budgets: Sequence[str] = ()
    maximize: Sequence[str] = ()
    minimize: Sequence[str] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    chosen: int = 0
    impossible: str = ""
