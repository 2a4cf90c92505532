"""Measured times as tables, text, JSON and a plot: by layer, by kind, and model beside model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal

from reports.plots.scatter import Panel, Points
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Limit, Table
from reports.render.titles import cost_column
from reports.roofline.text import device_line
from reports.text.model_table import settings
from reports.text.report import title
from reports.timing.statistics import Spread, spread_line
from reports.timing.timing import Line, TimedModel, Timing

SPREAD = tuple(Column(f"{name} us", "microseconds") for name in ("best", "q1", "median", "q3"))


def spread_cells(spread: Spread | None) -> tuple[float | None, ...]:
    """Its four columns: the quickest run, and the three quartiles."""
    if spread is None:
        return (None,) * len(SPREAD)
    return (spread.best, spread.low, spread.median, spread.high)


def limit(value: Any, known: bool, word: Literal["at least", "at most"] = "at least") -> Any:
    """A figure, marked where not all is known; None, which is written as unknown, where it is 0."""
    return value if known or value is None else Limit(value, word) if value else None


def line_table(timed: TimedModel, by: str = "layer", top: int | None = None) -> Table:
    """One row a layer or a kind: MACs, median and quartiles of its time, and its bound.

    Where not all is known of a line, a column says of which, for machines too.
    """
    lines = timed.lines if by == "layer" else timed.kinds
    if top is not None:
        lines = sorted(lines, key=lambda each: -(each.spread.median if each.spread else 0))[:top]
    first = (Column("layer"), Column("kind")) if by == "layer" else (Column("kind"),)
    bound = (Column("bound us", "microseconds"), Column("time/bound", "decimal"))
    whole = Fraction(timed.timing.hooked.median)
    partly = not all(line.known for line in timed.lines)
    return Table(
        (*first, Column("macs", "integer"), *SPREAD, Column("time %", "share"),
         *(bound if timed.roofline else ()), *((Column("known"),) if partly else ())),
        [
            (
                *((line.name, line.kind) if by == "layer" else (line.kind,)),
                limit(line.cost.macs, line.known),
                *spread_cells(line.spread),
                None if line.spread is None else (Fraction(line.spread.median), whole),
                *(bound_cells(line.bound, line.over_bound, line.known) if timed.roofline else ()),
                *(("yes" if line.known else "no",) if partly else ()),
            )
            for line in lines
        ],
    )  # fmt: skip


def bound_cells(bound: Fraction | None, over: float | None, known: bool) -> tuple[Any, Any]:
    """The bound, and the time over it: where not all is known, at least this, and at most that."""
    return limit(bound, known), limit(over, known, "at most")


def model_table(models: Sequence[TimedModel]) -> Table:
    """One row a model: MACs, bytes, time, and the bound; "unknown" counts operations."""
    bound = (Column("bound us", "microseconds"), Column("time/bound", "decimal"))
    any_bound = any(each.roofline for each in models)
    partly = not all(each.report.complete for each in models)
    return Table(
        (Column("model"), Column("settings"), Column("macs", "integer"),
         cost_column("memory_access"), *SPREAD, Column("with hooks us", "microseconds"),
         *(bound if any_bound else ()), *((Column("unknown", "integer"),) if partly else ())),
        [
            (
                each.report.name,
                settings(each.report),
                limit(each.report.macs, each.report.complete),
                limit(each.report.cost.memory_access, each.report.complete),
                *spread_cells(each.timing.total),
                each.timing.hooked.median,
                *(bound_cells(each.roofline.seconds if each.roofline else None, each.over_bound,
                              each.report.complete) if any_bound else ()),
                *((sum(each.report.unknown.values()),) if partly else ()),
            )
            for each in models
        ],
    )  # fmt: skip


BUSY = 0.5  # programs a core, before the first run


def load_line(timing: Timing) -> list[str]:
    """A warning where other programs were at work: that slows every run, and no spread shows it."""
    if timing.load is None or timing.load <= BUSY:
        return []
    return [
        f"Busy: before the first run the load average of the last minute was {timing.load:.2f} "
        "programs a core that ran or waited; if they still do, every run was slowed alike, so take "
        "the figures as rough. Fewer --threads suffer less."
    ]


def closing_lines(timed: TimedModel, heading: bool) -> list[str]:
    """What was measured, what the hooks cost, how far it can be trusted, and the bound."""
    timing = timed.timing
    name = f"{timed.report.name}: " if heading else ""
    total, hooked = numbers.microseconds(timing.total.median), timing.hooked.median
    used = numbers.count_of(timing.threads, "thread")
    where = f"on {used}" if timing.device == "cpu" else "on the GPU"
    share = 100 * timing.between / hooked if hooked else 0.0
    over = hooked / timing.total.median if timing.total.median else 1.0
    lines = [
        f"{name}Time: {total} us {where}, the median of runs without hooks. "
        + spread_line(timing.total),
        f"Hooks: a run with them takes {over:.2f} times as long; {share:.0f} % of it is between "
        "the layers: functions without a module of their own, and the hooks themselves.",
    ]
    untimed = sum(line.spread is None for line in timed.lines)
    if untimed and not heading:
        lines.append(
            f"Unknown: {numbers.count_of(untimed, 'line')} of no module, timed in between."
        )
    if not timed.report.complete:
        bound = ", the bound too, and the time over it at most that" if timed.roofline else ""
        lines.append(
            "Unknown: operations without a formula ran; macs and memory access are at least "
            f"these{bound}."
        )
    if timed.roofline:
        faster = sum(1 for line in timed.lines if (line.over_bound or 1) < 1)
        if not heading:
            lines.append(device_line(timed.roofline.device, timed.roofline.dtypes))
        if faster:
            count = numbers.count_of(faster, "layer")
            lines.append(
                f"Faster than the bound: {count}. It has every byte come from memory, as fast as "
                "the device can; theirs came from a cache, or the device can do more than is known."
            )
    return lines


def timed_text(
    models: Sequence[TimedModel],
    by: str = "layer",
    top: int | None = None,
    write: Callable[[Table], str] = writers.text,
) -> str:
    """One model layer by layer, or several side by side."""
    several = len(models) > 1
    first = "Measured times" if several else title(models[0].report)
    parts = [writers.heading(first, write)]
    if not several:
        parts.append(write(line_table(models[0], by, top)))
    parts.append(write(model_table(models)))
    lines = [line for each in models for line in closing_lines(each, several)]
    lines += dict.fromkeys(caveat for each in models for caveat in each.report.caveats)
    lines += load_line(models[0].timing)
    roofs = [each.roofline for each in models if each.roofline]
    if several and roofs:
        dtypes = dict.fromkeys(dtype for each in roofs for dtype in each.dtypes)
        lines.append(device_line(roofs[0].device, dtypes))
    return "\n\n".join([*parts, writers.lines(lines, write)]) + "\n"


def line_dict(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "kind": line.kind,
        "macs": line.cost.macs if line.known or line.cost.macs else None,
        "memory_access": line.cost.memory_access,
        "time": line.spread.to_dict() if line.spread else None,
        "bound": None if line.bound is None else float(line.bound),
        "known": line.known,
    }


def timed_dict(timed: TimedModel) -> dict[str, Any]:
    """Everything that was measured, for JSON; where it is not ``complete``, costs and the bound are
    at least those, and so of a layer that is not ``known``."""
    report, timing, roofline = timed.report, timed.timing, timed.roofline
    return {
        "model": report.name,
        "options": dict(report.options),
        "inputs": report.input_shapes,
        "macs": report.macs,
        "memory_access": report.cost.memory_access,
        "complete": report.complete,
        "notes": report.caveats,
        "threads": timing.threads,
        "ran_on": timing.device,
        "load": timing.load,
        "time": timing.total.to_dict(),
        "with_hooks": timing.hooked.to_dict(),
        "between_layers": timing.between,
        "device": roofline.device.key if roofline else None,
        "bound": None if roofline is None or roofline.shown is None else float(roofline.shown),
        "layers": [line_dict(line) for line in timed.lines],
    }


def time_panels(models: Sequence[TimedModel]) -> list[Panel]:
    """Measured time against MACs and, where there is one, against the bound.

    One model shows its layers, by kind; several show themselves.
    """
    if len(models) == 1:
        lines = [line for line in models[0].lines if line.spread and line.spread.median > 0]
        marks = [(line.kind, line.name, line.cost.macs, line.bound, line.spread) for line in lines]
        what = f"layers of {models[0].report.name}"
    else:
        marks = [
            (m.report.name, m.report.name, m.report.macs,
             m.roofline.seconds if m.roofline else None, m.timing.total)
            for m in models
        ]  # fmt: skip
        what = "models"
    least = "" if all(each.report.complete for each in models) else ", at least"
    shown = [(*m[:3], m[4]) for m in marks]
    panels = [_panel(f"{what}: time against MACs", f"MACs{least}", shown)]
    roofline = models[0].roofline
    if roofline:
        heading = f"{what}: time against the bound on {roofline.device.key}"
        against = [(*m[:2], m[3], m[4]) for m in marks]
        panels.append(_panel(heading, f"bound (s){least}", against))
    return panels


def _panel(heading: str, x_title: str, marks: list[Any]) -> Panel:
    drawn = [mark for mark in marks if mark[2]]  # nothing has no logarithm
    groups = dict.fromkeys(mark[0] for mark in drawn)
    points = []
    for group in groups:
        found = [mark for mark in drawn if mark[0] == group]
        points.append(
            Points(
                group,
                [float(x) for _, _, x, _ in found],
                [spread.median for *_, spread in found],
                [label for _, label, _, _ in found],
                [spread.low for *_, spread in found],
                [spread.high for *_, spread in found],
            )
        )
    return Panel(heading, x_title, "measured time (s)", tuple(points))
