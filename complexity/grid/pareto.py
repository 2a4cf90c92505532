"""The best configurations of a grid within a budget: its Pareto set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from complexity.budgets.budget import Budget
from complexity.grid.network_grid import Axes, is_number
from complexity.grid.ranges import numbers, sides
from complexity.grid.sweep import axes_of, nothing, sweep, swept_in
from formulas.core.errors import SizeError
from formulas.networks import options_of
from reports.model.sweep import LeftOut, Point, Search, Sweep
from reports.render.number_format import count_of, integer
from reports.text.sweep import setting_text

BUDGETED = ("params", "macs", "activations", "memory_access")
OBJECTIVES = (*BUDGETED, "flops", "elementwise")
# What is searched where nothing is said: the settings that the papers print.
GRIDS = {
    "squeezenet": {"resolution": "128:224:32"},
    "mobilenet": {"alpha": "0.25:1:0.25", "resolution": "128:224:32"},
    "mobilenetv2": {"alpha": "0.35,0.5,0.75,1,1.3,1.4", "resolution": "96:224:32"},
    "shufflenet": {"groups": "1,2,3,4,8", "resolution": "128:224:32"},
    "shufflenetv2": {"ratio": "0.5,1,1.5,2", "resolution": "128:224:32"},
}
WIDER = ("alpha", "ratio", "resolution")  # what the papers spend a budget on, for accuracy


def search(
    target: Any,
    *,
    macs: Any = None,
    params: Any = None,
    activations: Any = None,
    memory_access: Any = None,
    maximize: str | Sequence[str] | None = None,
    minimize: str | Sequence[str] | None = None,
    **said: Any,
) -> Sweep:
    """The Pareto set of a grid within budgets: every point that no other one beats.

    A budget is the most of a quantity: ``"<=150M"``, ``"<3e6"`` or a whole number. ``said`` is the
    grid, as ``sweep`` takes it; one of the five networks has the settings of its paper where
    nothing is said of them.

    One point beats another if it is as good in each objective and better in one. Within its budget
    a cost is free, for a network that fits, fits; so by default the objectives are: as large as can
    be in what the papers buy accuracy with (alpha or ratio, and resolution; of a factory, every
    range of numbers), as small as can be in those of macs and params that have no budget.
    ``maximize`` and ``minimize`` name others, of the ranges and the costs. A point whose macs are
    only a lower bound is left out: nobody knows if it fits. Where no point fits, ``.points`` is
    empty and ``.search.impossible`` says what the smallest are.

    >>> best = search("mobilenet", macs="1G", params="4M", alpha=[0.5, 0.75, 1])
    >>> [point.setting for point in best.points]
    [(0.75, 192), (1, 128), (0.5, 224)]
    """
    given = {"macs": macs, "params": params, "activations": activations,
             "memory_access": memory_access}  # fmt: skip
    budgets = [Budget.of(name, text) for name, text in given.items() if text is not None]
    said = {**default_grid(target, said), **said}
    axes = axes_of(swept_in(said))
    larger, smaller = objectives(target, axes, budgets, listed(maximize), listed(minimize))
    found = known(sweep(target, **said))
    fitting = [
        p for p in found.points if all(b.allows(getattr(p.cost, b.quantity)) for b in budgets)
    ]
    columns = [[amount(found, p, name) for p in fitting] for name in smaller]
    columns += [[-amount(found, p, name) for p in fitting] for name in larger]
    best = [fitting[index] for index in pareto(list(zip(*columns, strict=True)))]
    about = Search(
        [str(budget) for budget in budgets],
        larger,
        smaller,
        {budget.quantity: budget.limit for budget in budgets},
        len(best),
        "" if fitting else impossible(found, budgets),
    )
    best.sort(key=lambda point: point.cost.macs, reverse=True)
    return replace(found, points=best, grid=found.points, search=about)


def fits(point: Point, budgets: Sequence[Budget]) -> bool:
    """True if a point is within each budget.

    Parameters
    ----------
    point : Point
        A point of the grid.
    budgets : sequence of Budget
        The budgets.
    """
    return all(budget.allows(getattr(point.cost, budget.quantity)) for budget in budgets)


def default_grid(target: Any, said: Mapping[str, Any]) -> dict[str, Any]:
    """The ranges of a network of which nothing is said; only the paper's mobilenetv2 is widened."""
    if callable(target) or ":" in target:
        return {}
    options_of(target)  # refuses a name that there is not
    grid = dict(GRIDS[target])
    if target == "mobilenetv2" and said.get("variant") not in ("paper", ["paper"]):
        del grid["alpha"]
    return {name: (sides if name == "resolution" else numbers)(name, text)
            for name, text in grid.items() if name not in said}  # fmt: skip


def listed(names: str | Sequence[str] | None) -> list[str] | None:
    """Names as a list, ``res`` as the option that it stands for; None where nothing is said."""
    if names is None:
        return None
    names = names.split(",") if isinstance(names, str) else names
    return ["resolution" if name == "res" else name for name in names]


def objectives(
    target: Any,
    axes: Axes,
    budgets: Sequence[Budget],
    maximize: list[str] | None,
    minimize: list[str] | None,
) -> tuple[list[str], list[str]]:
    """What shall be large and what small: what is named, or the defaults that ``search`` states."""
    ranges = [name for name, values in axes.items() if len(values) > 1
              and all(is_number(size(name, value)) for value in values)]  # fmt: skip
    for option, names in (("maximize", maximize), ("minimize", minimize)):
        for name in names or ():
            if name not in (*ranges, *OBJECTIVES):
                known = ", ".join([*ranges, *OBJECTIVES])
                raise SizeError(option, name, f"must be a range of numbers or a cost: {known}")
    for name in maximize or ():
        if name in (minimize or ()):
            raise SizeError("minimize", name, "is to be as large as can be, by --maximize")
    if maximize is None and minimize is None:
        loaded = callable(target) or ":" in target
        maximize = ranges if loaded else [name for name in ranges if name in WIDER]
    if minimize is None:
        limited = {budget.quantity for budget in budgets}
        minimize = [name for name in ("macs", "params") if name not in limited]
    return maximize or [], minimize if maximize or minimize else ["macs", "params"]


def size(axis: str, value: Any) -> Any:
    """A value of an axis, to be compared: a resolution by its area."""
    if axis != "resolution" or isinstance(value, str):
        return value
    return prod(value) if isinstance(value, tuple) else value**2


def amount(sweep: Sweep, point: Point, name: str) -> Any:
    """How much a point has of a cost, or of what an axis gives it."""
    if name not in sweep.axes:
        return getattr(point.cost, name)
    return size(name, point.setting[list(sweep.axes).index(name)])


def known(found: Sweep) -> Sweep:
    """The sweep without the points whose costs are only lower bounds: nobody knows if they fit."""
    lacking = [point for point in found.points if point.unknown]
    left = [
        LeftOut(
            found.swept(point),
            1,
            f"{count_of(point.unknown, 'operation')} without a formula: it may not fit",
        )
        for point in lacking
    ]
    exact = [point for point in found.points if not point.unknown]
    if not exact:
        raise nothing(left[0], loaded=True)
    return replace(found, points=exact, left_out=[*found.left_out, *left])


def pareto(rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """The places of the rows that no other row beats: as small everywhere, smaller somewhere.

    >>> pareto([(1, 5), (2, 2), (2, 3), (3, 1), (2, 2)])
    [0, 1, 3, 4]
    """
    import numpy

    if not rows:
        return []
    ranks = []  # whole numbers in the order of the values, which may be more than an int64 holds
    for column in zip(*rows, strict=True):
        order = {value: rank for rank, value in enumerate(sorted(set(column)))}
        ranks.append([order[value] for value in column])
    distinct, back = numpy.unique(numpy.array(ranks).T, axis=0, return_inverse=True)
    front = numpy.empty_like(distinct)
    keep = numpy.zeros(len(distinct), bool)
    size = 0
    for place, row in enumerate(distinct):  # sorted: a row is beaten only by one before it
        if not (front[:size] <= row).all(axis=1).any():
            front[size], keep[place], size = row, True, size + 1
    return numpy.flatnonzero(keep[back.ravel()]).tolist()


def impossible(found: Sweep, budgets: Sequence[Budget]) -> str:
    """That nothing meets the budgets, and the smallest of each that there is."""
    parts = []
    for budget in budgets:
        rest = [other for other in budgets if other is not budget]
        pool = [point for point in found.points if fits(point, rest)]
        least = min(pool or found.points, key=lambda p: getattr(p.cost, budget.quantity))
        where = setting_text(found.swept(least))
        within = f" with {' and '.join(map(str, rest))}" if rest and pool else ""
        value = integer(getattr(least.cost, budget.quantity))
        parts.append(f"the smallest {budget.quantity}{within} is {value} ({where})")
    count = count_of(len(found.points), "point")
    return f"none of {count} meets {' and '.join(map(str, budgets))}: {'; '.join(parts)}"
