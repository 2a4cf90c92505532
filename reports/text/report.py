"""A report as text: its main table, totals by kind, totals of the model, and the check."""

from collections.abc import Callable, Mapping
from html import escape

from reports.model.peak_memory import memory_table
from reports.model.report import ModelReport
from reports.model.report_view import DEFAULT_VIEW, ReportView
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Table
from reports.render.titles import TITLES
from reports.text.check import difference_line
from reports.text.layer_table import table_by
from reports.text.memory_traffic_table import traffic_line
from reports.text.model_table import settings

NO_PEAK = "Memory at peak needs a traced run: omit --no-trace."


def title(report: ModelReport) -> str:
    """The title of ``report``: ``"mobilenet (document, alpha=0.5), input 1x3x160x160"``."""
    words = settings(report)
    shapes = ", ".join(numbers.shape(shape) for shape in report.input_shapes)
    return report.name + (f" ({words})" if words else "") + (f", input {shapes}" if shapes else "")


def totals_table(report: ModelReport) -> Table:
    """The totals of ``report``: exact, rounded, and their unit."""
    cost = report.cost
    params = f"{numbers.millions(cost.params)}, {numbers.float32_megabytes(cost.params)} as float32"
    lines = [
        ("params", cost.params, params),
        ("macs", cost.macs, f"{numbers.millions(cost.macs)} multiply-adds"),
        ("flops", cost.flops, f"{numbers.millions(cost.flops)} = 2 * macs"),
        ("elementwise", cost.elementwise, "bias, normalisation, activation, addition, pooling"),
        ("activations", cost.activations, "output elements of layers with MACs"),
        (TITLES["memory_access"], cost.memory_access, "elements read and written"),
        ("buffers", report.buffers, "stored, not learned"),
    ]
    if not report.complete:  # operations are a lower bound, stored elements are exact
        stored = ("params", "buffers")
        lines = [(n, v, note if n in stored else f"at least; {note}") for n, v, note in lines]
    return Table((Column("total"), Column("exact", "integer"), Column("")), lines)


def closing_lines(report: ModelReport) -> list[str]:
    """Convention, check, unknown operations and notes of ``report``, one sentence each."""
    lines = [f"Convention: {report.convention}."]
    if report.verdict is None:
        lines.append("Checked: no, nothing was traced (closed form only).")
    else:
        lines.append(f"Checked: {report.verdict}.")
        lines += [f"  {difference_line(found)}" for found in report.verdict.differences]
    if report.coverage:
        lines.append(coverage_line(report))
    lines += unknown_lines(report.unknown)
    return [*lines, *training_lines(report), *report.caveats, *report.notes]


def memory_lines(report: ModelReport, bytes_as: str | None) -> list[str]:
    """The sentences on memory.

    Parameters
    ----------
    report : ModelReport
        The report.
    bytes_as : str, optional
        Data type of floating-point elements. None: their own types.

    Returns
    -------
    list of str
        The bytes moved, and notes on the memory at peak.
    """
    peak = (NO_PEAK,) if report.memory is None else report.memory.notes
    return [traffic_line(report, bytes_as), *peak]


def unknown_lines(unknown: Mapping[str, int], where: str = "") -> list[str]:
    """A sentence for each operation without a formula.

    Parameters
    ----------
    unknown : mapping of str to int
        How often each operation ran.
    where : str
        Part of the run, such as ``"in the backward pass "``.

    Returns
    -------
    list of str
        The sentences.
    """
    times = {name: "once" if count == 1 else f"{count} times" for name, count in unknown.items()}
    return [
        f"Unknown: {name} has no formula; {where}it ran {often}." for name, often in times.items()
    ]


def coverage_line(report: ModelReport) -> str:
    """The number of operations that ran in ``report``, and how many of them were counted."""
    seen = report.coverage
    words = ", ".join(
        f"{numbers.integer(seen.get(name, 0))} {meaning}"
        for name, meaning in (
            ("counted", "counted"),
            ("free", "zero-cost (views, copies)"),
            ("unknown", "unknown"),
        )
    )
    return f"Coverage: {numbers.count_of(sum(seen.values()), 'operation')} ran: {words}."


def training_lines(report: ModelReport) -> list[str]:
    """The MACs and the memory that a training step adds to ``report``."""
    step = report.training
    if step is None:
        return []
    back, memory = step.backward.macs, step.memory(report.params)
    whole = numbers.integer(report.macs + back)
    bound = "at least " if step.unknown or report.unknown else ""
    return [
        f"Training step: {numbers.integer(report.macs)} forward + {numbers.integer(back)} backward "
        f"= {bound}{whole} macs ({numbers.ratio(back, report.macs)} backward to forward).",
        *unknown_lines(step.unknown, "in the backward pass "),
        f"Training memory: {numbers.integer(memory)} elements, "
        f"{numbers.float32_megabytes(memory)} as float32: {numbers.integer(report.params)} params "
        f"+ {numbers.integer(step.trainable)} gradients + {numbers.integer(step.state)} of "
        f"{step.optimizer}'s state.",
    ]


def summary(report: ModelReport) -> str:
    """The report without its tables of layers: title, totals, check, what is unknown."""
    return "\n\n".join(
        (title(report), writers.text(totals_table(report)), "\n".join(closing_lines(report)))
    )


def totals_by_kind(view: ReportView) -> ReportView:
    """The view of the second table: kinds in the order of execution, with bytes as in ``view``."""
    return ReportView(by="kind", memory=view.memory, bytes_as=view.bytes_as)


def report_text(
    report: ModelReport,
    view: ReportView = DEFAULT_VIEW,
    *,
    write: Callable[[Table], str] = writers.text,
) -> str:
    """The whole report as text or Markdown.

    Parameters
    ----------
    report : ModelReport
        The report that is written.
    view : ReportView
        Chooses and arranges the first table; with its `memory` the bytes are shown.
    write : callable
        Writer of a table: ``table_writers.text`` (the default) or ``table_writers.markdown``.

    Returns
    -------
    str
        Heading, tables and closing lines, with a line end.
    """
    table = table_by(report, view)
    parts = [writers.heading(title(report), write), write(table)]
    if view.top is not None and view.by == "layer" and len(table.rows) < len(report.layers):
        parts.append(f"{len(table.rows)} of {len(report.layers)} rows shown.")
    if view.by != "kind":
        parts.append(write(table_by(report, totals_by_kind(view))))
    parts.append(write(totals_table(report)))
    if view.memory and report.memory is not None:
        parts.append(write(memory_table(report.memory)))
    lines = closing_lines(report)
    if view.memory:
        lines[1:1] = memory_lines(report, view.bytes_as)
    parts.append(writers.lines(lines, write))
    return "\n\n".join(parts) + "\n"


def notebook_html(report: ModelReport) -> str:
    """Totals and layers of ``report`` as HTML tables. Names are shown as text."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in closing_lines(report))
    tables = writers.html(totals_table(report)) + writers.html(table_by(report))
    return f"<h4>{escape(title(report))}</h4>{tables}{lines}"
