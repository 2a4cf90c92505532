"""Where the expressions of a traced model hold: they are compared with runs at other sizes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from complexity.errors import ModelError
from complexity.symbolic.generalize import DiffersError, difference
from complexity.symbolic.sample_sizes import Move, Runs, Sizes, written
from complexity.symbolic.symbolic_inputs import Feed
from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity
from formulas.layers import Embedding
from formulas.symbolic.polynomial import variable
from reports.model.formula import Dimension, value_of
from reports.model.report import ModelReport

FAR, FAR_ON_CPU = 8, 2  # how many times the first size is tried as well
NEAR = 2  # and where that is too large
LEAST = 2  # and how small a size: one is often broadcast, and another matter
NEARER = 3  # and where that is too small, how small a part of the first size


def wrong_at(runs: Runs, report: ModelReport, point: Sizes, sizes: Mapping[str, int]) -> str | None:
    """The first row whose expressions are not what is traced at ``point``; None where all are."""
    try:
        traced = runs(point)
    except ModelError as error:
        return f"at {written(sizes)}, {error}"
    costs: dict[int, Cost | None] = {}

    def at_sizes(cost: Cost) -> Cost | None:
        if id(cost) not in costs:
            try:
                costs[id(cost)] = value_of(cost, sizes)
            except SizeError:  # no whole number there
                costs[id(cost)] = None
        return costs[id(cost)]

    found = difference(report, traced)
    if found:  # other rows, or of equal shapes and so counted as one: the totals decide
        same = at_sizes(report.cost) == traced.cost
        return None if same else f"at {written(sizes)}, {found}"
    for row, real in zip(report.layers, traced.layers, strict=True):
        if at_sizes(row.cost) != real.cost:
            return f"at {written(sizes)}, {row.name} ({row.kind}) follows another rule"
    return None


def bounded(
    runs: Runs,
    feed: Feed,
    report: ModelReport,
    start: Sizes,
    moves: Mapping[str, Move],
    points: Sequence[Mapping[str, int]],
    verified: list[Mapping[str, int]],
    module: object,
) -> tuple[Dimension, ...]:
    """The open sizes with their bounds: small and large ones are tried as well.

    Raises ``DiffersError`` where a run within the bounds is known to be another matter.
    """
    least = {n: min(point[n] for point in (*points, *verified)) for n in moves}
    most = {n: max(point[n] for point in (*points, *verified)) for n in moves}
    why: dict[str, list[str]] = {name: [] for name in moves}
    closed = dict.fromkeys(moves, False)
    ones: dict[str, int] = {}

    def holds(name: str, size: int) -> bool:
        """Whether the expressions hold at this size as well; where they do not, ``why`` says so."""
        point = {each: ones.get(each, start[each]) for each in moves} | {name: size}
        reason = wrong_at(runs, report, {**start, **point}, point)
        if reason is None:
            verified.append(point)
        else:
            why[name].append(reason)
        return reason is None

    small = {
        name: (1,) if feed.meanings[name] == "batch"
        else tuple(move.near(size) for size in (LEAST, move.start // NEARER))
        for name, move in moves.items()
    }  # fmt: skip
    lowest = {name: min(sizes[0], least[name]) for name, sizes in small.items()}
    if wrong_at(runs, report, {**start, **lowest}, lowest) is None:  # all at once, mostly
        least = lowest
        verified.append(lowest)
    for name, move in moves.items():
        for size in dict.fromkeys(small[name]):
            if size < least[name] and holds(name, size):
                least[name] = size
                break
        if feed.meanings[name] == "batch" and least[name] == 1:
            ones = {name: 1}  # the other sizes are tried with one image
        limits = limits_of(report, module, feed, name, variable(name))
        limits = {said: size for said, size in limits.items() if size >= most[name]}
        top = min(limits.values(), default=move.far)
        closed[name] = bool(limits)
        why[name] += [f"{said} = {size}" for said, size in limits.items() if size == top]
        for size in (top, move.near(NEAR * move.start)):
            if size <= most[name]:
                break
            if holds(name, size):
                most[name] = size
                break
            closed[name] = True
    for corner in corners(feed, moves, least, most):
        reason = wrong_at(runs, report, {**start, **corner}, corner)
        if reason:
            raise DiffersError(reason)
        if corner not in (*points, *verified):
            verified.append(corner)
    dimensions = tuple(
        Dimension(
            name, feed.meanings[name], least[name], most[name] if closed[name] else None,
            move.step, move.start % move.step, tuple(why[name]), most[name],
        )
        for name, move in moves.items()
    )  # fmt: skip
    refuse_counterexamples(runs, report, start, [*points, *verified], dimensions)
    return dimensions


def corners(
    feed: Feed, moves: Mapping[str, Move], least: Mapping[str, int], most: Mapping[str, int]
) -> Iterator[dict[str, int]]:
    """Where several sizes are at their ends at once: all, or one large, the others small."""
    if len(moves) > 1:
        yield {name: most[name] for name in moves}
        yield {name: least[name] for name in moves}
    sides = [name for name in moves if feed.meanings[name] != "batch"]
    for name in sides if len(sides) > 1 else ():
        yield {each: most[each] if each == name else least[each] for each in moves}


def refuse_counterexamples(
    runs: Runs,
    report: ModelReport,
    start: Sizes,
    known: Collection[Mapping[str, int]],
    dimensions: Sequence[Dimension],
) -> None:
    """Raise ``DiffersError`` where any run but the ``known`` contradicts what is said of it."""
    equal = {tuple({**start, **point}.values()) for point in known}
    for done in tuple(runs.done):
        if done in equal:
            continue
        point = dict(zip(start, done, strict=True))
        sizes = {each.name: point.pop(each.name) for each in dimensions}
        inside = all(each.holds(sizes[each.name]) for each in dimensions)
        if inside and all(start[name] == size for name, size in point.items()):
            reason = wrong_at(runs, report, dict(zip(start, done, strict=True)), sizes)
            if reason:
                raise DiffersError(reason)


def farthest(report: ModelReport, module: object, feed: Feed, name: str, meta: bool) -> int:
    """How far a size is tried: up to a limit that the model is known to have."""
    usual = feed.usual[name]
    limits = limits_of(report, module, feed, name, usual).values()
    return min([usual * (FAR if meta else FAR_ON_CPU), *(each for each in limits if each >= usual)])


def limits_of(
    report: ModelReport, module: object, feed: Feed, name: str, size: Quantity
) -> dict[str, int]:
    """The largest values that a size can have, by where that is said; none for most sizes."""
    limits = position_tables(report, size)
    limit = sequence_limit(module)
    if feed.meanings[name] == "sequence" and limit is not None:
        limits["its configuration has max_position_embeddings"] = limit
    return limits


def position_tables(report: ModelReport, size: Quantity) -> dict[str, int]:
    """Tables that are read at one place for each step of a size, whatever the batch: positions.

    No run without numbers can tell that an index lies behind the end of a table.
    """
    return {
        f"rows of {row.name}": row.layer.rows
        for row in report.layers
        if isinstance(row.layer, Embedding)
        if [side for side in row.in_shapes[0] if side != 1] == [size]
    }


def sequence_limit(module: object) -> int | None:
    """The longest sequence by the account of a model's own configuration."""
    config = getattr(module, "config", None)
    config = getattr(config, "text_config", None) or config
    limit = getattr(config, "max_position_embeddings", None)
    return limit if isinstance(limit, int) and limit > 1 else None
