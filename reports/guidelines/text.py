"""Findings for people, a line each as a linter writes them, and for machines."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from reports.guidelines.findings import CODES, Guidelines
from reports.model.report import ModelReport
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Table
from reports.text.model_table import settings
from reports.text.report import title, unknown_lines
from reports.timing.statistics import Spread
from reports.timing.timing import TimeShare

COLUMNS = (
    Column("layer"),
    Column("code"),
    Column("figure", "decimal"),
    Column("above", "decimal"),
    Column("what"),
    Column("advice"),
)


SCORE = (
    "The avoidable share is the score. It leaves out G3 and G4: the paper gives no bound for them, "
    "and how much of G4 remains depends on what the runtime fuses; their figures stand beside it."
)

OF_WHAT_IS_KNOWN = (
    "Where operations are unknown, the shares are of what is known, and there may be more findings."
)


def guidelines_text(report: ModelReport, found: Guidelines) -> str:
    """``layer: G1 1.87 > 1.50 ...`` for each finding; then how many, and the figures."""
    lines = [f"{title(report)}", *map(str, found.findings), *closing(report, found)]
    return "\n".join(lines) + "\n"


def guidelines_markdown(report: ModelReport, found: Guidelines) -> str:
    """The same as a table."""
    table = Table(
        COLUMNS,
        [
            (each.layer, each.code, each.figure, Fraction(each.threshold), each.what, each.advice)
            for each in found.findings
        ],
    )
    heading = writers.heading(title(report), writers.markdown)
    lines = writers.lines(closing(report, found), writers.markdown)
    return f"{heading}\n\n{writers.markdown(table)}\n\n{lines}\n"


def closing(report: ModelReport, found: Guidelines) -> list[str]:
    """How many findings there are of each code, the score, and what could not be judged."""
    counts = ", ".join(f"{code} {found.count(code)}" for code in CODES)
    known = "" if report.complete else "known "
    lines = [f"Found {'' if report.complete else 'at least '}{len(found.findings)}: {counts}."]
    if found.avoidable is not None:
        lines.append(
            f"Avoidable: {numbers.percent(found.avoidable)} of the {known}bytes moved lie above "
            "the bounds of G1 and G2."
        )
    shares = [
        f"{numbers.percent(share)} of the {known}{what}"
        for share, what in zip(found.elementwise, ("operations", "bytes"), strict=True)
        if share is not None
    ]
    if shares:
        lines.append(f"Element-wise: {', '.join(shares)}.")
    if found.time is not None:
        lines.append(time_line(found.time, report.complete))
    return [*lines, *unknown_lines(report.unknown), *report.caveats]


def time_line(time: TimeShare, complete: bool = True) -> str:
    """The share of measured time, how far the runs lie apart, and what could not be told."""
    share, between = time.layers, time.between
    middle, low, high, rest = (
        f"{100 * each:.1f} %" for each in (share.median, share.low, share.high, between.median)
    )
    return (
        f"Element-wise: {'' if complete else 'at least '}{middle} of the measured time without "
        f"batch norms, {low} to {high} in the middle half of "
        f"{numbers.count_of(len(share.seconds), 'run')}; {rest} lies between layers, "
        "in functions without a module, which may be element-wise too, and in the hooks."
    )


def side_by_side(reports: Sequence[ModelReport], found: Sequence[Guidelines]) -> Table:
    """One row a model: the score, what is not in it, how much was found, and how many operations
    are unknown, without which the shares are."""
    time = ("elementwise time %", "between layers %") if times_of(found[0]) else ()
    return Table(
        (
            Column("model"),
            Column("settings"),
            Column("avoidable bytes %", "decimal"),
            Column("elementwise operations %", "decimal"),
            Column("elementwise bytes %", "decimal"),
            *(Column(each, "decimal") for each in time),
            *(Column(code, "integer") for code in CODES),
            Column("found", "integer"),
            Column("unknown", "integer"),
        ),
        [
            (
                report.name,
                settings(report),
                *(hundredfold(share) for share in (each.avoidable, *each.elementwise)),
                *(hundredfold(share.median) for share in times_of(each)),
                *(each.count(code) for code in CODES),
                len(each.findings),
                sum(report.unknown.values()),
            )
            for report, each in zip(reports, found, strict=True)
        ],
    )


def times_of(found: Guidelines) -> tuple[Spread, ...]:
    return (found.time.layers, found.time.between) if found.time else ()


def hundredfold(share: Any) -> Any:
    return None if share is None else 100 * Fraction(share)


def guidelines_of_each(
    reports: Sequence[ModelReport],
    found: Sequence[Guidelines],
    write: Callable[[Table], str] = writers.text,
) -> str:
    """Each model on its own; of several, the table of all; and what the score is."""
    one = guidelines_markdown if write is writers.markdown else guidelines_text
    parts = [one(*each) for each in zip(reports, found, strict=True)]
    if len(reports) > 1:
        parts.append(f"{write(side_by_side(reports, found))}\n")
        if not all(report.complete for report in reports):
            parts.append(f"{writers.lines((OF_WHAT_IS_KNOWN,), write)}\n")
    return "\n".join([*parts, f"{writers.lines((SCORE,), write)}\n"])


def guidelines_dict(report: ModelReport, found: Guidelines) -> dict[str, Any]:
    """The same for machines; shares as fractions of one."""
    operations, moved = found.elementwise
    return {
        "model": report.name,
        "options": dict(report.options),
        "inputs": report.input_shapes,
        "complete": report.complete,
        "unknown": dict(report.unknown),
        "notes": report.caveats,
        "counts": {code: found.count(code) for code in CODES},
        "avoidable": as_float(found.avoidable),
        "elementwise": {
            "operations": as_float(operations),
            "bytes": as_float(moved),
            "time": found.time and shares_dict(found.time.layers),
            "time_between_layers": found.time and shares_dict(found.time.between),
        },
        "findings": [
            {**vars(each), "figure": float(each.figure), "sentence": str(each)}
            for each in found.findings
        ],
    }


def shares_dict(shares: Spread) -> dict[str, Any]:
    """Of every run, and their quartiles."""
    quartiles = {"median": shares.median, "low": shares.low, "high": shares.high}
    return {**quartiles, "runs": list(shares.seconds)}


def as_float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
