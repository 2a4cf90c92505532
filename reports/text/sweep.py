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
    """One line for each point of ``sweep``: a column for each option, then the costs.

    The last column counts operations without a formula; the five networks have none.
    """
    columns = map(cost_column, COSTS)
    traced = not sweep.variant
    return Table(
        (*map(Column, columns_of(sweep)), *columns, *[Column("unknown", "integer")] * traced),
        [
            (
                *map(axis_text, point.setting),
                *(getattr(point.cost, name) for name in COSTS),
                *[point.unknown] * traced,
            )
            for point in sweep.points
        ],
    )


def columns_of(sweep: Sweep) -> list[str]:
    """A name for each axis of ``sweep`` that no cost has: an argument ``macs`` is ``arg macs``."""
    taken = {"unknown", *COSTS, *(TITLES[name] for name in COSTS)}
    return [f"arg {name}" if name in taken else name for name in sweep.axes]


def axis_text(value: Any) -> str:
    """The ``value`` of an axis as it is typed: ``(160, 128)`` is ``160x128``, 0.5 is ``0.5``."""
    if isinstance(value, tuple) and all(isinstance(side, int) for side in value):
        return numbers.shape(value)
    return str(value)


def setting_text(setting: Any) -> str:
    """A ``setting`` as ``alpha=0.5, resolution=160``."""
    return ", ".join(f"{name}={axis_text(value)}" for name, value in setting.items())


def arrange_points(sweep: Sweep, sort: str | None = None, top: int | None = None) -> Sweep:
    """A sweep with its points sorted and cut.

    Parameters
    ----------
    sweep : Sweep
        The sweep, which stays as it is.
    sort : str, optional
        A cost field, largest first. Default: the order of the grid.
    top : int, optional
        Number of points, after sorting. Default: all.

    Returns
    -------
    Sweep
        A copy with other points.
    """
    points = list(sweep.points)
    if sort is not None:
        points.sort(key=lambda point: getattr(point.cost, sort), reverse=True)
    return replace(sweep, points=points[:top])


def title(sweep: Sweep) -> str:
    """The title of ``sweep``: model, variant, and number of points."""
    variant = f" ({sweep.variant})" if sweep.variant else ""
    return f"{sweep.model}{variant}, {numbers.count_of(sweep.size, 'point')}"


def sentences(left_out: Sequence[LeftOut]) -> list[str]:
    """A sentence for each reason in ``left_out``; after the first ten, the rest is counted."""
    lines = [
        f"Left out: {numbers.count_of(each.count, 'point')}, "
        f"{setting_text(each.setting)}: {each.why}."
        for each in left_out[:MOST_SENTENCES]
    ]
    more = left_out[MOST_SENTENCES:]
    if more:
        count = numbers.count_of(sum(each.count for each in more), "point")
        lines.append(f"Left out: {count} more, for {numbers.count_of(len(more), 'reason')} more.")
    return lines


def warnings(sweep: Sweep) -> list[str]:
    """The limits of ``sweep``: points that are missing, and why."""
    lines = sentences(sweep.left_out)
    if sweep.interrupted:
        count = numbers.count_of(sweep.size, "point")
        lines.append(f"Interrupted: {sweep.finished_points:,} of {count} done.")
    return lines


def closing_lines(sweep: Sweep) -> list[str]:
    """Missing points of ``sweep``, the criteria of a search, unknown costs, the convention."""
    lines = warnings(sweep)
    if sweep.search is not None:
        lines += search_lines(sweep)
    inexact = sum(point.unknown > 0 for point in sweep.points)
    if inexact:
        count = numbers.count_of(inexact, "point")
        lines.append(f"In {count} operations have no formula: the costs are at least these.")
    return [*lines, f"Convention: {sweep.convention}."]


def search_lines(sweep: Sweep) -> list[str]:
    """The criteria of the search of ``sweep``: candidates, budgets and objectives."""
    search = sweep.search
    assert search is not None
    within = f" within {' and '.join(search.budgets)}" if search.budgets else ""
    count = numbers.count_of(len(sweep.grid), "point")
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
    """A sweep as text or Markdown.

    Parameters
    ----------
    shown : Sweep
        The sweep with the points that are shown.
    points : int, optional
        Number of all points, if not all are shown.
    write : callable
        Writer of a table: ``table_writers.text`` or ``table_writers.markdown``.

    Returns
    -------
    str
        Heading, table and closing lines, with a line end.
    """
    parts = [writers.heading(title(shown), write), write(sweep_table(shown))]
    if points is not None and len(shown.points) < points:
        parts.append(f"{len(shown.points)} of {points:,} points shown.")
    parts.append(writers.lines(closing_lines(shown), write))
    return "\n\n".join(parts) + "\n"


def notebook_html(sweep: Sweep) -> str:
    """The first points of ``sweep`` as an HTML table. Names are shown as text."""
    shown = arrange_points(sweep, top=MOST_LINES)
    lines = closing_lines(sweep)
    if len(shown.points) < len(sweep.points):
        lines.insert(0, f"{len(shown.points)} of {len(sweep.points):,} points shown.")
    said = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return f"<h4>{escape(title(sweep))}</h4>{writers.html(sweep_table(shown))}{said}"
