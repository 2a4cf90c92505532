"""Findings for people, a line each as a linter writes them, and for machines."""

from fractions import Fraction
from typing import Any

from reports import numbers, writers
from reports.guidelines import CODES, Guidelines
from reports.report_text import title, unknown_lines
from reports.rows import ModelReport
from reports.tables import Column, Table

COLUMNS = (
    Column("layer"),
    Column("code"),
    Column("figure", "decimal"),
    Column("above", "decimal"),
    Column("what"),
    Column("advice"),
)


def guidelines_text(report: ModelReport, found: Guidelines) -> str:
    """``layer: G1 1.87 > 1.50 ...`` for each finding; then how many, and the score."""
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
    parts = [f"# {title(report)}", writers.markdown(table), *closing(report, found)]
    return "\n\n".join(parts) + "\n"


def closing(report: ModelReport, found: Guidelines) -> list[str]:
    """How many findings there are of each code, the score, and what could not be judged."""
    counts = ", ".join(f"{code} {found.count(code)}" for code in CODES)
    lines = [f"Found {len(found.findings)}: {counts}."]
    if found.avoidable is not None:
        lines.append(
            f"Avoidable: {numbers.percent(found.avoidable)} of the bytes moved lie above the "
            "bounds of G1 and G2."
        )
    shares = [
        f"{numbers.percent(share)} of the {what}"
        for share, what in zip(found.elementwise, ("operations", "bytes"), strict=True)
        if share is not None
    ]
    if shares:
        lines.append(f"Element-wise: {', '.join(shares)}.")
    return lines + unknown_lines(report.unknown)


def guidelines_dict(report: ModelReport, found: Guidelines) -> dict[str, Any]:
    """The same for machines; shares as fractions of one."""
    operations, moved = found.elementwise
    return {
        "model": report.name,
        "options": dict(report.options),
        "inputs": report.input_shapes,
        "complete": report.complete,
        "unknown": dict(report.unknown),
        "counts": {code: found.count(code) for code in CODES},
        "avoidable": as_float(found.avoidable),
        "elementwise": {"operations": as_float(operations), "bytes": as_float(moved)},
        "findings": [
            {**vars(each), "figure": float(each.figure), "sentence": str(each)}
            for each in found.findings
        ],
    }


def as_float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
