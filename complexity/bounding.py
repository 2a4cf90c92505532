"""Where the expressions of a traced model hold: they are compared with runs at other sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from complexity.errors import ModelError
from complexity.feeding import Feed
from complexity.generalizing import difference
from complexity.stepping import Move, Runs, Sizes, written
from formulas.cost import Cost
from formulas.errors import SizeError
from formulas.layers import Embedding
from formulas.polynomials import variable
from reports.formula import Dimension, value_of
from reports.rows import ModelReport

FARTHER = 2  # how many times the first size is tried as well
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
    sizes: Sequence[Mapping[str, int]],
    verified: list[Mapping[str, int]],
    top: Mapping[str, Top],
) -> tuple[Dimension, ...]:
    """The open sizes with their bounds: small and large ones are tried as well."""
    least = {n: min(point[n] for point in (*sizes, *verified)) for n in moves}
    most = {n: max(point[n] for point in (*sizes, *verified)) for n in moves}
    why: dict[str, list[str]] = {name: [] for name in moves}
    closed = dict.fromkeys(moves, False)

    def refused(name: str, size: int, found: dict[str, int]) -> str | None:
        """Why the expressions do not hold at this size; where they do, it is ``found``."""
        point = {each: start[each] for each in moves} | {name: size}
        reason = wrong_at(runs, report, {**start, **point}, point)
        if reason is None:
            found[name] = size
            verified.append(point)
        return reason

    for name, move in moves.items():
        batch = feed.meanings[name] == "batch"
        small = (1,) if batch else (LEAST, move.start // NEARER)
        for size in dict.fromkeys(map(move.near, small)):
            if size < least[name]:
                reason = refused(name, size, least)
                why[name] = [reason] if reason else why[name]
                if reason is None:
                    break
        if name not in top:
            continue
        closed[name] = bool(top[name].reasons)
        why[name] += top[name].reasons
        reason = refused(name, top[name].size, most) if top[name].size > most[name] else None
        if reason:
            closed[name] = True
            why[name].append(reason)
    return tuple(
        Dimension(
            name, feed.meanings[name], least[name], most[name] if closed[name] else None,
            move.step, move.start % move.step, tuple(why[name]),
        )
        for name, move in moves.items()
    )  # fmt: skip


@dataclass(frozen=True)
class Top:
    """The largest size that is tried; ``reasons`` say why no larger one can be."""

    size: int
    reasons: tuple[str, ...] = ()


def tops(
    feed: Feed,
    report: ModelReport,
    moves: Mapping[str, Move],
    most: Mapping[str, int],
    limit: int | None,
) -> dict[str, Top]:
    """How far each size but the batch is tried, if that is beyond ``most``."""
    found = {}
    for name, move in moves.items():
        if feed.meanings[name] == "batch":
            continue
        limits = position_tables(report, name)
        if feed.meanings[name] == "sequence" and limit is not None:
            limits["its configuration has max_position_embeddings"] = limit
        least = min((size for size in limits.values() if size >= most[name]), default=None)
        if least is not None:
            reasons = tuple(f"{said} = {size}" for said, size in limits.items() if size == least)
            found[name] = Top(least, reasons)
        elif move.near(FARTHER * move.start) > most[name]:
            found[name] = Top(move.near(FARTHER * move.start))
    return found


def position_tables(report: ModelReport, name: str) -> dict[str, int]:
    """Tables that are read at one place for each step of ``name``, whatever the batch: positions.

    No run without numbers can tell that an index lies behind the end of a table.
    """
    return {
        f"rows of {row.name}": row.layer.rows
        for row in report.layers
        if isinstance(row.layer, Embedding)
        if [side for side in row.in_shapes[0] if side != 1] == [variable(name)]
    }


def sequence_limit(module: object) -> int | None:
    """The longest sequence by the account of a model's own configuration."""
    config = getattr(module, "config", None)
    config = getattr(config, "text_config", None) or config
    limit = getattr(config, "max_position_embeddings", None)
    return limit if isinstance(limit, int) and limit > 1 else None
