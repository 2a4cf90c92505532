"""Panels by Plotly, as one page that carries all it needs and shows values under the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from reports.plots.sweep import Axis, Curve, HeatMap, Scatter
from reports.render import number_format as numbers


def page(panels: Sequence[Curve | HeatMap | Scatter]) -> str:
    """A whole HTML page; what a name contains is shown as text."""
    from plotly.subplots import make_subplots

    titles = [escape(panel.title) for panel in panels]
    made = make_subplots(1, len(panels), subplot_titles=titles, horizontal_spacing=0.15)
    for column, panel in enumerate(panels, 1):
        for trace in _traces(panel, column, len(panels)):
            made.add_trace(trace, 1, column)
        x, y = _sides(panel)
        made.update_xaxes(col=column, **x)
        made.update_yaxes(col=column, **y)
        for name, line in (("macs", made.add_vline), ("params", made.add_hline)):
            if isinstance(panel, Scatter) and name in panel.limits:
                line(panel.limits[name], line_dash="dash", line_color="steelblue")
    made.update_layout(template="plotly_white", showlegend=isinstance(panels[0], Scatter))
    return str(made.to_html(include_plotlyjs=True, full_html=True))


def _traces(panel: Curve | HeatMap | Scatter, column: int, columns: int) -> list[Any]:
    from plotly import graph_objects as go

    if isinstance(panel, Curve):
        shown = _floats(panel.costs)
        return [go.Scatter(x=_along(panel.x), y=shown, mode="lines+markers")]
    if isinstance(panel, HeatMap):
        bar = {"x": column / columns - 0.07, "thickness": 12}
        return [
            go.Heatmap(
                x=_texts(panel.x), y=_texts(panel.y), z=[_floats(row) for row in panel.costs],
                colorscale="Viridis", colorbar=bar,
                hovertemplate="%{x}, %{y}: %{z:,}<extra></extra>",
            )
        ]  # fmt: skip
    return [
        _points(panel.grid, [""] * len(panel.grid), "grid", "lightgray", 5),
        _points(panel.chosen, panel.labels, "Pareto set", "crimson", 9),
    ]


def _points(points: Sequence[Any], labels: Sequence[str], name: str, color: str, size: int) -> Any:
    from plotly import graph_objects as go

    return go.Scatter(
        x=_floats([point.cost.macs for point in points]),
        y=_floats([point.cost.params for point in points]),
        mode="markers",
        name=name,
        marker={"color": color, "size": size},
        text=[
            f"{escape(label)}<br>{numbers.integer(point.cost.macs)} macs, "
            f"{numbers.integer(point.cost.params)} params"
            for point, label in zip(points, labels, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )


def _sides(panel: Curve | HeatMap | Scatter) -> tuple[dict[str, Any], dict[str, Any]]:
    """The titles of both axes; a heat map's values are words, so that no cell is stretched."""
    if isinstance(panel, Scatter):
        return {"title": "macs"}, {"title": "params"}
    x: dict[str, Any] = {"title": escape(panel.x.name)}
    if isinstance(panel, Curve):
        return x, {"rangemode": "tozero"}
    return {**x, "type": "category"}, {"title": escape(panel.y.name), "type": "category"}


def _along(axis: Axis) -> list[Any]:
    return list(axis.values) if axis.numeric else _texts(axis)


def _texts(axis: Axis) -> list[str]:
    return [escape(label) for label in axis.labels]


def _floats(costs: Sequence[Any]) -> list[float | None]:
    return [None if cost is None else float(cost) for cost in costs]
