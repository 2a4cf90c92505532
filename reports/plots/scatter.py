"""Points and lines on logarithmic axes, as a picture (PNG, SVG) or a page (HTML)."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from reports.render.escaping import in_picture


@dataclass(frozen=True)
class Points:
    """Points of one colour; ``low`` and ``high`` are the ends of their vertical bars."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    labels: Sequence[str]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


@dataclass(frozen=True)
class Line:
    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """One pair of axes, both logarithmic."""

    title: str
    x_title: str
    y_title: str
    points: tuple[Points, ...]
    lines: tuple[Line, ...] = field(default=())


def drawn(panels: Sequence[Panel], path: str) -> bytes:
    """The panels side by side, as the end of ``path`` says."""
    suffix = Path(path).suffix.lower()
    if suffix == ".html":
        return _page(panels).encode("utf-8")
    return _picture(panels, suffix.removeprefix("."))


def _picture(panels: Sequence[Panel], form: str) -> bytes:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8 * len(panels), 5.5), layout="constrained")
    all_axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for axes, panel in zip(all_axes, panels, strict=True):
        for line in panel.lines:
            axes.plot(line.x, line.y, color="gray", label=plain(line.name))
        for points in panel.points:
            axes.errorbar(points.x, points.y, yerr=_bars(points), fmt="o", markersize=5, alpha=0.8,
                          label=plain(points.name))  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel=panel.x_title, ylabel=panel.y_title)
        axes.set_title(plain(panel.title), fontsize=9)
        axes.grid(which="both", alpha=0.2)
        axes.legend(fontsize=8)
    return saved(figure, form)


def saved(figure: Any, form: str, dpi: int | None = 150) -> bytes:
    """A matplotlib figure as png or svg; without ``dpi`` as many dots as matplotlib's own."""
    from matplotlib import rc_context

    out = io.BytesIO()
    with (  # the same figures make the same file, and text stays text
        rc_context({"svg.hashsalt": "complexity", "svg.fonttype": "none"}),
        warnings.catch_warnings(),
    ):
        # of a script that the font lacks, SVG has the letters and PNG has boxes
        warnings.filterwarnings("ignore", "(?s)Glyph .* missing from font", UserWarning)
        figure.savefig(out, format=form, dpi=dpi,
                       metadata={"Date": None} if form == "svg" else None)  # fmt: skip
    return out.getvalue()


def plain(text: str) -> str:
    """A text as Matplotlib takes it: a dollar sign is no beginning of a formula.

    A legend leaves out what begins with an underscore, so a space stands before it.
    """
    legal = in_picture(text).replace("$", r"\$")
    return f" {legal}" if legal.startswith("_") else legal


def _bars(points: Points) -> Any:
    if not points.low:
        return None
    below = [y - low for y, low in zip(points.y, points.low, strict=True)]
    above = [high - y for y, high in zip(points.y, points.high, strict=True)]
    return [below, above]


def _page(panels: Sequence[Panel]) -> str:
    from plotly.graph_objects import Scatter
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=1, cols=len(panels), subplot_titles=[escape(panel.title) for panel in panels]
    )
    for column, panel in enumerate(panels, 1):
        for line in panel.lines:
            trace = Scatter(x=line.x, y=line.y, mode="lines", name=escape(line.name))
            figure.add_trace(trace, row=1, col=column)
        for points in panel.points:
            bars = _bars(points)
            error = {"array": bars[1], "arrayminus": bars[0]} if bars else None
            trace = Scatter(
                x=points.x, y=points.y, mode="markers", name=escape(points.name), error_y=error,
                text=[escape(label) for label in points.labels], showlegend=column == 1,
            )  # fmt: skip
            figure.add_trace(trace, row=1, col=column)
        figure.update_xaxes(type="log", title=panel.x_title, row=1, col=column)
        figure.update_yaxes(type="log", title=panel.y_title, row=1, col=column)
    page: str = figure.to_html(include_plotlyjs=True)
    return page
