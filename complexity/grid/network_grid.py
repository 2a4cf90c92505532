"""The five networks over a grid: a few calls with arrays, not one call a point.

Each axis of the grid is a dimension of the arrays, so that what depends on alpha alone is counted
once for each alpha. A value that the network refuses is found by halving its axis, and it alone
is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from numbers import Real
from operator import itemgetter
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.errors import SizeError
from formulas.networks import network
from reports.model.sweep import LeftOut, Point

Axes = Mapping[str, Sequence[Any]]
Found = tuple[list[Point], list[LeftOut], int]

# The options that a network takes as arrays. Any other changes its structure: one call a value.
AS_ARRAYS = ("alpha", "resolution", "classes", "batch")
MOST_AT_ONCE = 25_000  # points whose layers are in memory together


def blocks(name: str, axes: Axes) -> Iterator[Found]:
    """The points of a network's grid, block by block, in the order of the grid.

    Each block is its points, the values that cannot be, and how many points both are.

    >>> [(points, left, count)] = blocks("mobilenet", {"alpha": [0.01, 0.5], "resolution": [160]})
    >>> points[0].cost.macs, left[0].setting, count
    (304102400, {'alpha': 0.01}, 2)
    """
    import numpy

    for part in parts(axes):
        shape = tuple(map(len, part.values()))
        spots = numpy.arange(prod(shape)).reshape(shape)
        found: list[tuple[int, Point]] = []
        left: list[LeftOut] = []
        for where, piece, outcome in solved(name, part, (slice(None),) * len(part)):
            if isinstance(outcome, SizeError):
                named = outcome.argument
                value = piece[named][0] if named in piece else outcome.value
                left.append(LeftOut({named: value}, spots[where].size, outcome.rule))
            else:
                found += zip(spots[where].ravel().tolist(), points_of(piece, outcome), strict=True)
        found.sort(key=itemgetter(0))
        yield [point for _, point in found], left, spots.size


def parts(axes: Axes) -> Iterator[Axes]:
    """The grid in slabs along its first axes, none much larger than ``MOST_AT_ONCE``."""
    size = prod(map(len, axes.values()))
    long = next((name for name, values in axes.items() if len(values) > 1), "")
    if size <= MOST_AT_ONCE or not long:
        yield axes
        return
    values = axes[long]
    step = max(1, MOST_AT_ONCE * len(values) // size)
    for start in range(0, len(values), step):
        yield from parts({**axes, long: values[start : start + step]})


def solved(
    name: str, axes: Axes, where: tuple[slice, ...]
) -> Iterator[tuple[tuple[slice, ...], Axes, Cost | SizeError]]:
    """Pieces of the grid, where each lies, and the cost of its points or why it has none."""
    halved = next((key for key in axes if key not in AS_ARRAYS and len(axes[key]) > 1), "")
    if not halved:
        try:
            yield where, axes, network(name, **as_arrays(axes)).cost
            return
        except SizeError as error:
            halved = error.argument
            if len(axes.get(halved, ())) < 2:
                yield where, axes, error
                return
    values, place = axes[halved], list(axes).index(halved)
    start, half = where[place].start or 0, len(values) // 2
    for begin, end in ((0, half), (half, len(values))):
        there = (*where[:place], slice(start + begin, start + end), *where[place + 1 :])
        yield from solved(name, {**axes, halved: values[begin:end]}, there)


def as_arrays(axes: Axes) -> dict[str, Any]:
    """The options of one call: each axis an array along its own dimension, or a single value."""
    import numpy

    options: dict[str, Any] = {}
    for place, (name, values) in enumerate(axes.items()):
        if len(values) == 1:
            options[name] = values[0]
            continue
        shape = [1] * len(axes)
        shape[place] = len(values)
        rows = [value if isinstance(value, tuple) else (value,) for value in values]
        if any(map(is_pair, rows)):
            rows = [row * 2 if len(row) == 1 else row for row in rows]
        if len(set(map(len, rows))) > 1 or not all(is_number(each) for row in rows for each in row):
            options[name] = numpy.empty(shape, object)  # is refused, and then each value alone
            continue
        columns = tuple(numpy.array(column).reshape(shape) for column in zip(*rows, strict=True))
        options[name] = columns if len(columns) > 1 else columns[0]
    return options


def is_pair(row: tuple[Any, ...]) -> bool:
    return len(row) == 2


def is_number(value: Any) -> bool:
    """An array would make 1 of True."""
    return isinstance(value, Real) and not isinstance(value, bool)


def points_of(axes: Axes, cost: Cost) -> Iterator[Point]:
    """The points of a piece, in the order of the grid."""
    import numpy

    shape = tuple(map(len, axes.values()))
    columns = [
        numpy.broadcast_to(numpy.asarray(getattr(cost, name)), shape).ravel().tolist()
        for name in COST_FIELDS
    ]
    return map(Point, product(*axes.values()), map(Cost, *columns))
