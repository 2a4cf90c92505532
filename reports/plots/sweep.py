"""Pictures of sweeps and searches: curves, heat maps and Pareto sets, by Matplotlib or Plotly.

``panels`` says what is drawn, once; ``sweep_matplotlib`` and ``sweep_plotly``
draw it, and ``sweep_picture`` chooses between them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from formulas.core.errors import SizeError
from reports.model.sweep import Point, Sweep
from reports.text.sweep import axis_text, setting_text, title

QUANTITIES = ("macs", "params")


@dataclass(frozen=True)
class Axis:
    """One side of a panel: what it shows, and its values, as numbers where they are."""

    name: str
    values: Sequence[Any]

    @property
    def numeric(self) -> bool:
        return all(type(value) in (int, float) for value in self.values)

    @property
    def labels(self) -> list[str]:
        return [axis_text(value) for value in self.values]


@dataclass(frozen=True)
class Curve:
    """A cost over one range; None where a point is missing."""

    title: str
    x: Axis
    costs: Sequence[Any]


@dataclass(frozen=True)
class HeatMap:
    """A cost over two ranges: ``costs[row of y][column of x]``, None where a point is missing."""

    title: str
    x: Axis
    y: Axis
    costs: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Scatter:
    """Params against macs: the points of the grid, those that were chosen, and the budgets."""

    title: str
    grid: Sequence[Point]
    chosen: Sequence[Point]
    labels: Sequence[str]
    limits: Mapping[str, float]


def ranges_to_plot(axes: Mapping[str, Sequence[Any]], plot: object = None) -> list[str]:
    """The one or two ranges that a picture is of; any other number is refused."""
    ranges = [name for name, values in axes.items() if len(values) > 1]
    if len(ranges) not in (1, 2):
        found = f"these are {', '.join(ranges)}" if ranges else "there is none"
        raise SizeError("plot", plot, f"must have one or two ranges to draw: {found}")
    return ranges


def panels(sweep: Sweep) -> list[Curve | HeatMap | Scatter]:
    """What is to be drawn, side by side."""
    if sweep.search is not None:
        limits = {name: float(limit) for name, limit in sweep.search.limits.items()}
        labels = [setting_text(sweep.swept(point)) for point in sweep.points]
        heading = f"Pareto set of {title(sweep)}"
        return [Scatter(heading, sweep.grid, sweep.points, labels, limits)]
    names = ranges_to_plot(sweep.axes)
    spots = {tuple(map(repr, sweep.swept(point).values())): point for point in sweep.points}
    least = "at least, " if any(point.unknown for point in sweep.points) else ""
    axes = [Axis(name, sweep.axes[name]) for name in names]
    found: list[Curve | HeatMap | Scatter] = []
    for quantity in QUANTITIES:
        costs = {spot: getattr(point.cost, quantity) for spot, point in spots.items()}
        heading = f"{quantity} ({least}{title(sweep)})"
        if len(axes) == 1:
            found.append(Curve(heading, axes[0], [costs.get((repr(x),)) for x in axes[0].values]))
        else:
            y, x = axes
            rows = [[costs.get((repr(r), repr(c))) for c in x.values] for r in y.values]
            found.append(HeatMap(heading, x, y, rows))
    return found
