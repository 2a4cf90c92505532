"""Several models as points: params against macs."""

from collections.abc import Sequence

from formulas.errors import SizeError
from reports.model_table import settings
from reports.rows import ModelReport
from reports.scatter import Panel, Points


def model_panel(reports: Sequence[ModelReport]) -> Panel:
    """One point a model, both axes logarithmic; a lower bound says so in its name.

    ``undrawn`` are left out; where that is all of them, there is nothing to draw.
    """
    shown = [report for report in reports if has_both(report)]
    if not shown:
        raise SizeError("plot", None, "has nothing to show: no model has both params and macs")
    points = tuple(
        Points(label(report), [float(report.params)], [float(report.macs)], [label(report)])
        for report in shown
    )
    return Panel("Parameters and multiply-adds", "params", "macs", points)


def undrawn(reports: Sequence[ModelReport]) -> list[ModelReport]:
    """The models that a logarithmic axis has no place for: without params, or without macs."""
    return [report for report in reports if not has_both(report)]


def has_both(report: ModelReport) -> bool:
    return bool(report.params and report.macs)


def label(report: ModelReport) -> str:
    """``"mobilenet (paper, alpha=1)"``, and whether its macs are only a lower bound."""
    words = settings(report)
    least = "" if report.complete else ", macs: at least"
    return report.name + (f" ({words})" if words else "") + least
