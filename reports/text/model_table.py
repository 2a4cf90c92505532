"""Several models side by side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from reports.model.report import ModelReport
from reports.render import number_format as numbers
from reports.render.table import Column, Table
from reports.render.titles import cost_column

COLUMNS = (
    Column("model"),
    Column("settings"),
    Column("input", "shape"),
    cost_column("params"),
    Column("float32"),
    cost_column("macs"),
    cost_column("flops"),
    cost_column("elementwise"),
    cost_column("activations"),
    cost_column("memory_access"),
    Column("macs ratio"),
    Column("unknown", "integer"),
    Column("checked"),
)


def settings(report: ModelReport) -> str:
    """The options that define the model of ``report``: ``"paper, alpha=0.5"``."""
    named = dict(report.options)
    words = [str(named.pop("variant"))] if "variant" in named else []
    return ", ".join(words + [f"{name}={value}" for name, value in named.items()])


def checked(report: ModelReport) -> str:
    """The result of the check of ``report``: "yes", "NO", or "not traced"."""
    if report.verdict is None:
        return "not traced"
    return "yes" if report.verdict.agrees else "NO"


def distinct_names(filed: Sequence[tuple[str, ModelReport]]) -> list[ModelReport]:
    """The reports of ``filed``, pairs of a file name and a report, with names that differ.

    A report from a file gets the file's name if another one has the same name and settings.

    >>> from formulas import network
    >>> from reports.model.report import report_of
    >>> report = report_of(network("squeezenet"))
    >>> [each.name for each in distinct_names([("", report), ("old.json", report)])]
    ['squeezenet', 'squeezenet (old.json)']
    """
    alike = Counter((report.name, settings(report)) for _, report in filed)
    met = Counter[tuple[str, str, str]]()
    found = []
    for file, report in filed:
        key = (report.name, settings(report))
        if file and alike[key] > 1:
            met[(file, *key)] += 1
            count = met[(file, *key)]
            turn = f"#{count}" if count > 1 else ""
            report = replace(report, name=f"{report.name} ({file}{turn})")
        found.append(report)
    return found


def least_lines(reports: Sequence[ModelReport]) -> list[str]:
    """A sentence for each of the ``reports`` whose figures leave operations out."""
    return [
        f"At least: the figures of {report.name} are without {', '.join(report.unknown)}, "
        "which have no formula; its params are exact."
        for report in reports
        if not report.complete
    ]


def model_table(reports: Sequence[ModelReport]) -> Table:
    """One line for each of the ``reports``. The column "macs ratio" is relative to the first."""
    return Table(
        COLUMNS,
        [
            (
                report.name,
                settings(report),
                report.input_shapes[0] if report.input_shapes else None,
                report.params,
                numbers.float32_megabytes(report.params),
                report.macs,
                report.flops,
                report.cost.elementwise,
                report.cost.activations,
                report.cost.memory_access,
                numbers.ratio(report.macs, reports[0].macs),
                sum(report.unknown.values()),
                checked(report),
            )
            for report in reports
        ],
    )
