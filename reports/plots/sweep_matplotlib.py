"""Panels by Matplotlib, for files, papers and notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.plots.scatter import saved
from reports.plots.sweep import Axis, Curve, HeatMap, Scatter
from reports.render.escaping import in_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_TICKS = 12
MOST_LABELS = 12


def figure(panels: Sequence[Curve | HeatMap | Scatter]) -> Figure:
    """One figure with the panels side by side."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"text.parse_math": False}):  # names are not mathematics
        made = Figure(figsize=(6 * len(panels), 4.5), layout="constrained")
        row = made.subplots(1, len(panels), squeeze=False)[0]
        for axes, panel in zip(row, panels, strict=True):
            axes.set_title(in_picture(panel.title), fontsize=9)
            if isinstance(panel, Curve):
                _curve(axes, panel)
            elif isinstance(panel, HeatMap):
                _heat_map(made, axes, panel)
            else:
                _scatter(axes, panel)
    return made


def image(panels: Sequence[Curve | HeatMap | Scatter], form: str) -> bytes:
    """The figure as ``"png"`` or ``"svg"``."""
    return saved(figure(panels), form, dpi=None)


def _in_units(axis: Any) -> None:
    """Ticks as 150M."""
    from matplotlib.ticker import EngFormatter

    axis.set_major_formatter(EngFormatter(sep=""))


def _curve(axes: Any, panel: Curve) -> None:
    known = [(x, y) for x, y in zip(_along(panel.x), panel.costs, strict=True) if y is not None]
    axes.plot([x for x, _ in known], [float(y) for _, y in known], marker="o", markersize=3)
    if not panel.x.numeric:
        axes.set_xticks(range(len(panel.x.values)), _labels(panel.x))
    axes.set_xlabel(panel.x.name)
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.2)
    _in_units(axes.yaxis)


def _along(axis: Axis) -> Sequence[Any]:
    return axis.values if axis.numeric else range(len(axis.values))


def _labels(axis: Axis) -> list[str]:
    return [in_picture(label) for label in axis.labels]


def _heat_map(made: Any, axes: Any, panel: HeatMap) -> None:
    nan = float("nan")
    costs = [[nan if cost is None else float(cost) for cost in row] for row in panel.costs]
    drawn = axes.imshow(costs, origin="lower", aspect="auto")
    for axis, ticks in ((panel.x, axes.set_xticks), (panel.y, axes.set_yticks)):
        step = -(-len(axis.values) // MOST_TICKS)
        ticks(range(0, len(axis.values), step), _labels(axis)[::step])
    axes.set_xlabel(panel.x.name)
    axes.set_ylabel(panel.y.name)
    _in_units(made.colorbar(drawn, ax=axes).ax.yaxis)


def _scatter(axes: Any, panel: Scatter) -> None:
    for points, style in (
        (panel.grid, {"color": "0.75", "s": 8, "label": "grid"}),
        (panel.chosen, {"color": "C3", "s": 24, "label": "Pareto set"}),
    ):
        axes.scatter(
            [float(p.cost.macs) for p in points], [float(p.cost.params) for p in points], **style
        )
    for point, label in list(zip(panel.chosen, panel.labels, strict=True))[:MOST_LABELS]:
        spot = (float(point.cost.macs), float(point.cost.params))
        axes.annotate(
            in_picture(label), spot, fontsize=7, xytext=(4, 4), textcoords="offset points"
        )
    if "macs" in panel.limits:
        axes.axvline(panel.limits["macs"], color="C0", linestyle="--", linewidth=1)
    if "params" in panel.limits:
        axes.axhline(panel.limits["params"], color="C0", linestyle="--", linewidth=1)
    axes.set_xlabel("macs")
    axes.set_ylabel("params")
    axes.legend(fontsize=8)
    _in_units(axes.xaxis)
    _in_units(axes.yaxis)
