"""The formula of a model that is run at a few sizes: the finest steps with which one fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from complexity.analysis import report_of_run, run_of
from complexity.errors import ModelError
from complexity.symbolic.generalize import DiffersError, difference, generalized, on_steps
from complexity.symbolic.sample_sizes import (
    Move,
    Runs,
    Sizes,
    moves_of,
    points_of,
    written,
)
from complexity.symbolic.symbolic_inputs import Feed, with_other_numbers
from complexity.symbolic.validity_range import bounded, farthest, wrong_at
from formulas.symbolic.fitting import Recognition
from reports.model.formula import Formula
from reports.model.report import ModelReport


def derived_from_runs(module: nn.Module, feed: Feed, name: str) -> Formula:
    """The finest formula: all sizes moved at once, or where that fails, one after another."""
    way = None

    def report(sizes: Sizes, change: Callable[[Any], Any] = lambda inputs: inputs) -> ModelReport:
        nonlocal way
        with torch.device("meta" if way else "cpu"):  # large inputs take no time there
            inputs = change(feed.make(sizes))
        run = run_of(module, inputs, way=way)
        if run.way[0] != "cpu":  # and so they do all; what is refused there is refused
            way = run.way
        return report_of_run(inputs, run, name)

    runs = Runs(report)
    batch_first = sorted(feed.usual.items(), key=lambda pair: feed.meanings[pair[0]] != "batch")
    base = dict(batch_first)
    feed = replace(feed, usual=base)
    first = runs(base)  # a model that does not run there says why
    if way is None:  # on the CPU, where numbers are seen, and may decide
        other = report(base, with_other_numbers)
        if difference(first, other) or first.cost != other.cost:
            found = difference(first, other) or f"macs are {other.macs}, not {first.macs}"
            rule = "depends on the numbers in its input, not on their sizes alone"
            raise ModelError(f"{name} {rule}: with others, {found}")
    far = {each: farthest(first, module, feed, each, bool(way)) for each in base}
    moves = {each: Move.up_to(far[each], size) for each, size in base.items()}
    reasons: dict[str, list[str]] = {each: [] for each in base}
    ways = {each: moves_of(runs, base, each, far[each], reasons[each]) for each in base}
    fixed: dict[str, str] = {}
    while moves:
        try:
            return attempt(runs, feed, moves, fixed, module)
        except DiffersError as error:
            culprit = error.name or list(moves)[-1]  # the batch is the last to be given up
            reasons[culprit].append(str(error))
            move = next(ways[culprit], None)
            if move == moves[culprit]:  # the one that has just failed
                move = next(ways[culprit], None)
            if move is None:
                del moves[culprit]
                why = reasons[culprit][0].rstrip(".")
                fixed[culprit] = f"{culprit} is fixed at {base[culprit]}: {why}"
            else:
                moves[culprit] = move
    raise ModelError(f"no size can be left open: {'; '.join(fixed.values())}")


def attempt(
    runs: Runs,
    feed: Feed,
    moves: Mapping[str, Move],
    fixed: Mapping[str, str],
    module: nn.Module,
) -> Formula:
    """The formula with these moves; ``DiffersError`` where there is none."""
    start: Sizes = {**feed.usual, **{name: move.start for name, move in moves.items()}}
    ones = {each: 1 for each in moves if feed.meanings[each] == "batch" and len(moves) > 1}
    report, points, unseen = told(runs, moves, start, ones)
    verified = [unseen]
    steps = {name: m.step for name, m in moves.items() if m.step > 1 and not m.start % m.step}
    report = on_steps(report, steps) if steps else report
    dimensions = bounded(runs, feed, report, start, moves, points, verified, module)
    return Formula(report, dimensions, fixed, tuple(verified), notes=report.notes)


def told(
    runs: Runs, moves: Mapping[str, Move], start: Sizes, ones: Mapping[str, int]
) -> tuple[ModelReport, list[dict[str, int]], dict[str, int]]:
    """A report in symbols, the sizes that it is told from, and one at which it was verified.

    Four sizes will mostly do; a far one is where a wrong reading shows. Where it does, it is told
    from a fifth as well, and verified between them. ``ones`` is a batch of one, which is asked for
    most, and may be another matter.
    """
    near, far = points_of(moves, far=False), points_of(moves, far=True)[4]
    farthest = {name: move.far for name, move in moves.items()}
    between = {name: move.unseen for name, move in moves.items()}
    problem = DiffersError("")
    for points, unseen in (
        (near[:4], [farthest]),
        ([*near[:4], far], [{**between, **ones}, between]),
        (near, [{**between, **ones}, between]),
    ):
        try:
            refuse_unlike(runs, start, points)
            known = Recognition(points)
            report = generalized([runs({**start, **point}) for point in points], known)
        except DiffersError as error:
            problem = error
            continue
        for sizes in unseen if ones else unseen[-1:]:
            reason = wrong_at(runs, report, {**start, **sizes}, sizes)
            if reason is None:
                return report, points, sizes
        problem = DiffersError(f"derived at {'; '.join(map(written, points))}: {reason}")
    raise problem


def refuse_unlike(runs: Runs, start: Sizes, points: Sequence[Mapping[str, int]]) -> None:
    """``DiffersError`` where the model does something else at one of the points, by its name."""
    for point in points:
        reason = runs.unlike(start, {**start, **point})
        if reason:
            raise DiffersError(reason, culprit(runs, start, point))


def culprit(runs: Runs, start: Sizes, point: Mapping[str, int]) -> str | None:
    """The name whose size alone makes the model do something else; None where none does alone."""
    for name in reversed(point):
        if runs.unlike(start, {**start, name: point[name]}):
            return name
    return None
