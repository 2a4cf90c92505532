"""Several models as points: params against macs."""

from collections.abc import Sequence

from formulas.core.errors import SizeError
from reports.model.report import ModelReport
from reports.plots.scatter import Panel, Points
from reports.text.model_table import settings

LARGEST = 10**200  # of a float's 308 digits, an axis needs some for its margins


def model_panel(reports: Sequence[ModelReport]) -> Panel:
    """One point a model, both axes logarithmic; a lower bound says so in its name.

    ``undrawn`` are left out; where that is all of them, there is nothing to draw.
    """
    shown = [report for report in reports if has_place(report)]
    if not shown:
        why = "has nothing to show: no model has both params and macs, each of at most 10^200"
        raise SizeError("plot", None, why)
    points = tuple(
        Points(label(report), [float(report.params)], [float(report.macs)], [label(report)])
        for report in shown
    )
    return Panel("Parameters and multiply-adds", "params", "macs", points)


def undrawn(reports: Sequence[ModelReport]) -> list[ModelReport]:
    """The models that a logarithmic axis has no place for: without params or macs, or too large."""
    return [report for report in reports if not has_place(report)]


def has_place(report: ModelReport) -> bool:
    return all(0 < count <= LARGEST for count in (report.params, report.macs))


def label(report: ModelReport) -> str:
    """``"mobilenet (paper, alpha=1)"``, and whether its macs are only a lower bound."""
    words = settings(report)
    least = "" if report.complete else ", macs: at least"
    return report.name + (f" ({words})" if words else "") + least
