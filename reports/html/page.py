"""A report as one page that needs no network: totals, a map of the modules, every layer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from formulas.core.memory_traffic import bytes_moved
from reports.model.module_tree import Part, module_tree
from reports.model.peak_memory import memory_line
from reports.model.report import LayerRow, ModelReport
from reports.model.report_view import ReportView
from reports.model.totals import Group, bounded, by_kind, known_figure
from reports.plots.colours import DARK, LIGHT, colours_of
from reports.render import number_format as numbers
from reports.render.escaping import visible
from reports.render.table import NUMBERS, UNKNOWN, Column, Table
from reports.render.titles import TITLES, cost_column
from reports.text.check import difference_line
from reports.text.layer_table import group_table, layer_table
from reports.text.memory_traffic_table import traffic_line, traffic_of
from reports.text.model_table import settings
from reports.text.report import coverage_line, totals_table, training_lines, unknown_lines
from reports.timing.text import closing_lines as timing_lines
from reports.timing.text import load_line
from reports.timing.timing import TimedModel

HERE = Path(__file__).parent
MEASURES = ("macs", "params", "bytes")
TIME = Column("time us", "microseconds")


def escaped(text: str) -> str:
    """A text as plotly takes it, which reads no ``&quot;``."""
    return escape(visible(text), quote=False)


def shown_as_it_is(value: Any) -> Any:
    """What the template writes; of a text, no character turns what stands beside it."""
    return visible(value) if type(value) is str else value


class Cell(NamedTuple):
    """What a reader sees, and where it is a number, all of its digits."""

    text: str
    value: str | None


def cells(table: Table) -> list[list[Cell]]:
    return [
        [cell(column, value) for column, value in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]


def cell(column: Column, value: Any) -> Cell:
    exact = str(column.plain(value)) if column.holds in NUMBERS and value is not None else None
    return Cell(column.text_of(value), exact)


class Times(NamedTuple):
    """Median seconds of each row that was timed, by name, and what a run with hooks took.

    A module is timed with all of its runs together: its first row has the time. What never ran
    took none.
    """

    rows: dict[str, float]
    whole: float

    @classmethod
    def of(cls, timed: TimedModel) -> Times:
        rows = {line.name: line.spread.median for line in timed.lines if line.spread}
        never = {row.name: 0.0 for row in timed.report.layers if not row.calls}
        return cls({**rows, **never}, timed.timing.hooked.median)


def page_table(
    rows: Sequence[LayerRow], table: Table, times: Times | None, bytes_as: str | None
) -> Table:
    """``table`` of these rows with the rest of their cost, and their time where it was measured."""
    columns = [
        *map(cost_column, ("elementwise", "activations", "memory_access")),
        Column("bytes", "integer"),
    ]
    more = [
        [
            *(
                known_figure(row, field)
                for field in ("elementwise", "activations", "memory_access")
            ),
            None if (moved := traffic_of(row, bytes_as)) is None else moved.total,
        ]
        for row in rows
    ]
    if times is not None:
        columns += [TIME, Column("time %", "share")]
        for row, found in zip(rows, more, strict=True):
            seconds = times.rows.get(row.name)
            share = None if seconds is None else (Fraction(seconds), Fraction(times.whole))
            found += [seconds, share]
    return Table(
        (*table.columns, *columns),
        [(*row, *added) for row, added in zip(table.rows, more, strict=True)],
    )


def seconds_of(parts: Sequence[Part], times: Times) -> list[float | None]:
    """The time of each part: its rows' added up, None where none was timed."""
    found = [times.rows.get(part.row.name) if part.row else None for part in parts]
    for place in range(len(parts) - 1, 0, -1):  # each part stands behind its parent
        parent, seconds = parts[place].parent, found[place]
        if parent is not None and seconds is not None:
            found[parent] = (found[parent] or 0.0) + seconds
    return found


def icicle(
    parts: Sequence[Part], name: str, found: Sequence[Any], written: Sequence[str], whole: Any
) -> Any:
    """One measure of every part, exact and ``written``, as a plotly trace.

    Areas are shares of the whole, since a figure may have more digits than JavaScript keeps;
    they are given for rows, and plotly adds them up. Labels and hover texts are escaped: plotly
    reads some HTML in them.
    """
    from plotly.graph_objects import Icicle

    shares = ["" if amount is None else numbers.share(Fraction(amount), Fraction(whole))
              for amount in found]  # fmt: skip
    return Icicle(
        ids=[str(place) for place in range(len(parts))],
        labels=[escaped(part.label) for part in parts],
        parents=["" if part.parent is None else str(part.parent) for part in parts],
        values=[float(Fraction(amount or 0) / Fraction(whole or 1)) if part.row else 0.0
                for part, amount in zip(parts, found, strict=True)],
        text=[f"{share} %" if share else "" for share in shares],
        customdata=written,
        hovertext=[
            f"<b>{escaped(part.path or part.label)}</b><br>{name}: {amount}"
            + (f" ({share} %)" if share else "")
            + (f"<br>{escaped(part.row.kind)}: {escaped(part.row.formula)}" if part.row else "")
            for part, amount, share in zip(parts, written, shares, strict=True)
        ],
        branchvalues="remainder", sort=False, hoverinfo="text", texttemplate="%{label}  %{text}",
        tiling={"orientation": "h", "pad": 1}, pathbar={"visible": False}, leaf={"opacity": 1},
    )  # fmt: skip


def amounts(
    report: ModelReport, parts: Sequence[Part], measure: str, bytes_as: str | None
) -> tuple[list[str], list[Any], Any]:
    """One measure of each part, in words and as a number (None where unknown), and of the model."""

    def amount(of: Group | ModelReport) -> Any:
        if measure == "bytes":
            return bytes_moved(of.moved, bytes_as).total
        return getattr(of.cost, measure)

    written = [bounded(amount(p.group), p.group.known or measure == "params") for p in parts]
    found = [None if words == UNKNOWN else amount(part.group)
             for part, words in zip(parts, written, strict=True)]  # fmt: skip
    return written, found, amount(report)


def map_of(report: ModelReport, times: Times | None, bytes_as: str | None) -> dict[str, Any]:
    """What the page's script draws: the modules, and a trace for each measure."""
    parts = module_tree(report)
    number = colours_of(report)
    traces = {}
    for measure in MEASURES:
        written, found, whole = amounts(report, parts, measure, bytes_as)
        traces[measure] = icicle(parts, measure, found, written, whole)
    if times is not None:
        seconds = seconds_of(parts, times)
        written = [TIME.text_of(each) for each in seconds]
        traces[TIME.name] = icicle(parts, TIME.name, seconds, written, times.whole)
    return {
        "parts": [
            {
                "label": visible(part.label),
                "path": visible(part.path),
                "parent": part.parent,
                "rows": numbers.count_of(part.group.rows, "row"),
                "kind": visible(part.row.kind) if part.row else None,
                "colour": number[part.row.kind] if part.row else None,
                "formula": visible(part.row.formula) if part.row else None,
            }
            for part in parts
        ],
        "traces": {name: trace.to_plotly_json() for name, trace in traces.items()},
    }


def statements(
    report: ModelReport, timed: TimedModel | None, bytes_as: str | None
) -> list[tuple[str, str]]:
    """What a reader must know of the figures: a word, and the sentence that it stands for."""
    lines = [f"Convention: {report.convention}.", traffic_line(report, bytes_as)]
    if report.memory is not None:
        lines += [memory_line(report.memory), *report.memory.notes]
    if report.coverage:
        lines.append(coverage_line(report))
    lines += [*unknown_lines(report.unknown), *training_lines(report)]
    if timed:
        lines += [*timing_lines(timed, heading=False), *load_line(timed.timing)]
        if any("#" in row.name for row in report.layers):
            lines.append("Time of a module: all of its runs, in the first of its rows.")
    found = []
    for line in lines:
        word, _, sentence = line.partition(": ")
        found.append((word, sentence))
    return [*found, *(("Note", note) for note in (*report.caveats, *report.notes))]


def bound_of(note: str) -> tuple[str, str]:
    """What stands before a total, "at least" or nothing, and the rest of its note."""
    rest = note.removeprefix("at least; ")
    return ("", note) if rest == note else ("at least", rest)


def report_page(
    report: ModelReport,
    *,
    sort: str | None = None,
    top: int | None = None,
    timed: TimedModel | None = None,
    bytes_as: str | None = None,
) -> str:
    """The whole report as HTML; ``sort`` and ``top`` arrange its table of layers.

    With ``timed``, the same model's measured times, layers and modules have them too. Floating
    numbers are weighed in their own types, or ``bytes_as`` another.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    times = Times.of(timed) if timed else None
    view = ReportView(sort=sort, top=top)
    rows = view.arrange(report.layers)
    table = page_table(rows, layer_table(report, view), times, bytes_as)
    kinds = group_table("kind", by_kind(report.layers), report)
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=shown_as_it_is,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("page.html").render(
        report=report,
        settings=settings(report),
        inputs=[numbers.shape(shape) for shape in report.input_shapes],
        totals=[
            (name.text, exact, *bound_of(note.text))
            for name, exact, note in cells(totals_table(report))
        ],
        verdict=report.verdict,
        differences=[difference_line(each) for each in getattr(report.verdict, "differences", ())],
        statements=statements(report, timed, bytes_as),
        kinds=kinds,
        layers=table,
        cells=cells,
        colours=colours_of(report),
        palettes=(LIGHT, DARK),
        kind_names=[group.name for group in by_kind(report.layers)],
        sort="layer" if sort == "name" else TITLES.get(sort or "", ""),
        shown=numbers.integer(len(rows)),
        held=numbers.count_of(len(report.layers), "row"),
        map=map_of(report, times, bytes_as),
        plotly=get_plotlyjs(),
    )
