"""The results of a sweep and a search: points of a grid with their costs, and omitted points."""

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
    """One configuration: a value for each axis, its cost, and its number of unknown operations."""

    setting: tuple[Any, ...]
    cost: Cost
    unknown: int = 0


@dataclass(frozen=True)
class LeftOut:
    """Points that are invalid or that failed: their setting, their number, and the reason."""

    setting: Mapping[str, Any]
    count: int
    why: str


@dataclass(frozen=True, repr=False)
class Sweep:
    """The costs of a model over a grid, in the order of the grid, the last axis fastest.

    ``axes`` holds the values of each option, ``points`` the points that were counted. ``variant``
    is that of one of the five networks. An ``interrupted`` sweep holds the points counted until
    then. ``search`` are the criteria of a search; then ``points`` are the chosen ones and ``grid``
    all candidates.
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
        """Number of points of the whole grid."""
        return prod(len(values) for values in self.axes.values())

    @property
    def finished_points(self) -> int:
        """Number of points that were counted or left out."""
        return len(self.grid or self.points) + sum(each.count for each in self.left_out)

    @property
    def ranges(self) -> list[str]:
        """The axes with more than one value."""
        return [name for name, values in self.axes.items() if len(values) > 1]

    def swept(self, point: Point) -> dict[str, Any]:
        """The setting of ``point`` on each range, without the values that all points share."""
        setting = dict(zip(self.axes, point.setting, strict=True))
        return {name: setting[name] for name in self.ranges or self.axes}

    def to_frame(self) -> pandas.DataFrame:
        """A pandas frame, one line a point: its setting, and its costs as exact integers."""
        frame: pandas.DataFrame = view("sweep frame", self)
        return frame

    def plot(self) -> Any:
        """A Matplotlib figure: curves over one range, heat maps over two, a scatter of a search.

        Raises ``SizeError`` if there is no range, or more than two.
        """
        return view("sweep plot", self)

    def __repr__(self) -> str:
        """``<Sweep mobilenet: 64 of 64 points>``."""
        return f"<Sweep {self.model}: {len(self.points)} of {numbers.count_of(self.size, 'point')}>"

    def _repr_html_(self) -> str:
        return text_view("sweep html", self)


@dataclass(frozen=True)
class Search:
    """The criteria of a search: sentences of the budgets, and quantities to maximize and minimize.

    ``chosen`` is the number of chosen points, ``limits`` the largest value of each budgeted
    quantity. ``impossible`` states the smallest values if no point is within the budgets.
    """

    budgets: Sequence[str] = ()
    maximize: Sequence[str] = ()
    minimize: Sequence[str] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    chosen: int = 0
    impossible: str = ""
