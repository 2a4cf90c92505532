"""A sweep or a search as a table and as text."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from reports.model.sweep import LeftOut, Sweep
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Table
from reports.render.titles import TITLES, cost_column

COSTS = tuple(TITLES)
MOST_LINES = 100  # of a notebook's table
MOST_SENTENCES = 10


def sweep_table(sweep: Sweep) -> Table:
    """One row a point: a column for each option that was given, then the costs.

    ``unknown`` counts operations without a formula; one of the five networks has none.
    """
    columns = map(cost_column, COSTS)
    traced = not sweep.variant
    return Table(
        (*map(Column, columns_of(sweep)), *columns, *[Column("unknown", "integer")] * traced),
        [
            (
                *map(written, point.setting),
                *(getattr(point.cost, name) for name in COSTS),
                *[point.unknown] * traced,
            )
            for point in sweep.points
        ],
    )


def columns_of(sweep: Sweep) -> list[str]:
    """A name for each axis that is no name of a cost: an argument ``macs`` is ``arg macs``."""
    taken = {"unknown", *COSTS, *(TITLES[name] for name in COSTS)}
    return [f"arg {name}" if name in taken else name for name in sweep.axes]


def written(value: Any) -> str:
    """A setting as one types it: ``(160, 128)`` is ``160x128``, 0.5 is ``0.5``."""
    if isinstance(value, tuple) and all(isinstance(side, int) for side in value):
        return numbers.shape(value)
    return str(value)


def said(setting: Any) -> str:
    """``{"alpha": 0.5, "resolution": 160}`` as ``alpha=0.5, resolution=160``."""
    return ", ".join(f"{name}={written(value)}" for name, value in setting.items())


def arranged(sweep: Sweep, sort: str | None = None, top: int | None = None) -> Sweep:
    """The points by a cost, dearest first, and the first ``top`` of them."""
    points = list(sweep.points)
    if sort is not None:
        points.sort(key=lambda point: getattr(point.cost, sort), reverse=True)
    return replace(sweep, points=points[:top])


def title(sweep: Sweep) -> str:
    variant = f" ({sweep.variant})" if sweep.variant else ""
    return f"{sweep.model}{variant}, {numbers.counted(sweep.size, 'point')}"


def sentences(left_out: Sequence[LeftOut]) -> list[str]:
    """One sentence for each reason, the first of them in full and the rest counted."""
    lines = [
        f"Left out: {numbers.counted(each.count, 'point')}, {said(each.setting)}: {each.why}."
        for each in left_out[:MOST_SENTENCES]
    ]
    more = left_out[MOST_SENTENCES:]
    if more:
        count = numbers.counted(sum(each.count for each in more), "point")
        lines.append(f"Left out: {count} more, for {numbers.counted(len(more), 'reason')} more.")
    return lines


def warnings(sweep: Sweep) -> list[str]:
    """What a reader must know before the numbers are used: what is missing, and why."""
    lines = sentences(sweep.left_out)
    if sweep.interrupted:
        lines.append(f"Interrupted: {sweep.done:,} of {numbers.counted(sweep.size, 'point')} done.")
    return lines


def closing_lines(sweep: Sweep) -> list[str]:
    """What is missing, how the points were chosen, what is not known of them, the convention."""
    lines = warnings(sweep)
    if sweep.search is not None:
        lines += chosen(sweep)
    inexact = sum(point.unknown > 0 for point in sweep.points)
    if inexact:
        count = numbers.counted(inexact, "point")
        lines.append(f"In {count} operations have no formula: the costs are at least these.")
    return [*lines, f"Convention: {sweep.convention}."]


def chosen(sweep: Sweep) -> list[str]:
    """How a search chose: from how many points, within which budgets, by which objectives."""
    search = sweep.search
    assert search is not None
    within = f" within {' and '.join(search.budgets)}" if search.budgets else ""
    count = numbers.counted(len(sweep.grid), "point")
    aims = [f"largest {name}" for name in search.maximize]
    aims += [f"smallest {name}" for name in search.minimize]
    return [
        f"Pareto set: {search.chosen:,} of {count}; no other{within} is as good in every "
        "objective and better in one.",
        f"Objectives: {', '.join(aims)}.",
    ]


def sweep_text(
    shown: Sweep, points: int | None = None, write: Callable[[Table], str] = writers.text
) -> str:
    """The result, its table written by ``write``; of ``points``, where not all are shown."""
    parts = [writers.heading(title(shown), write), write(sweep_table(shown))]
    if points is not None and len(shown.points) < points:
        parts.append(f"{len(shown.points)} of {points:,} points shown.")
    parts.append(writers.lines(closing_lines(shown), write))
    return "\n\n".join(parts) + "\n"


def notebook_html(sweep: Sweep) -> str:
    """The first points as an HTML table; names are shown as text, whatever they contain."""
    shown = arranged(sweep, top=MOST_LINES)
    lines = closing_lines(sweep)
    if len(shown.points) < len(sweep.points):
        lines.insert(0, f"{len(shown.points)} of {len(sweep.points):,} points shown.")
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<h4>{escape(title(sweep))}</h4>{writers.html(sweep_table(shown))}{said}"
