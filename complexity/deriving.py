"""The cost of a model as exact expressions in its sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complexity.closed_formulas import network_formula
from complexity.errors import ArgumentError, ModelError
from complexity.subjects import Request
from reports.formula import Dimension, Formula, value_of

if TYPE_CHECKING:
    from torch import nn

    from complexity.feeding import Feed
    from complexity.stepping import Move, Runs, Sizes
    from reports.rows import ModelReport

FARTHER = 2  # how many times the first size is tried as well, and how small a part of it
NEARER = (8, 3)


def derive(
    model: nn.Module | str,
    *inputs: str,
    dims: Sequence[str] | None = None,
    at: Mapping[str, int] | None = None,
    **options: Any,
) -> Formula:
    """Params, macs and the rest of a model as exact expressions in its sizes.

    ``model`` is one of the five networks by name, whose closed form is given in ``N`` (batch),
    ``r`` (resolution) and ``alpha``; or a module, or the name of one (``"timm:resnet18"``), that is
    traced at a few sizes. ``inputs`` are written with names for what is left open, ``"Nx3xrxr"``;
    of a library's default inputs, ``dims`` picks among ``batch``, ``res`` and ``seq``. ``at`` says
    around which sizes to derive, ``options`` go to the network or the factory.

    The expressions are verified at sizes that they were not derived from, and say where they hold.
    Raises ``ModelError`` where the model follows no polynomial or floor of its sizes, with the row.

    >>> derive("mobilenet", variant="paper", alpha=1).macs(N=1, r=224)
    568740352
    """
    if isinstance(model, str):
        request = Request(model, inputs=inputs)
        told = {"arguments": options} if request.loads else {"options": options}
        return derived(replace(request, **told), dims, at)
    from complexity.feeding import written_feed

    if options:
        raise TypeError(f"derive() takes no {', '.join(options)} with a module")
    feed = written_feed(inputs, at or {})
    return traced_formula(model, feed, type(model).__name__)


def derived(
    request: Request, dims: Sequence[str] | None = None, at: Mapping[str, int] | None = None
) -> Formula:
    """What ``derive`` gives, of what was asked for on the command line."""
    if not request.loads:
        if at:
            raise ArgumentError("at", dict(at), "is for models that are traced")
        closed = request.closed_form()
        return network_formula(closed.name, request.options, dims)
    from complexity.feeding import filled, own_feed, written_feed

    feed = None
    if request.inputs:
        if dims is not None:
            rule = "is for default inputs; those of --input name their own sizes"
            raise ArgumentError("dims", ",".join(dims), rule)
        feed = written_feed(request.inputs, at or {}, request.dtype)
        request = replace(request, inputs=tuple(filled(request.inputs, feed.usual)))
    module, own = request.load("meta")
    feed = feed or own_feed(own, dims, at or {})
    try:
        return traced_formula(module, feed, request.target)
    except ModelError as error:
        from complexity.tracing import must_fit

        if not any(p.is_meta for p in module.parameters()):
            raise
        must_fit(module, str(error))
    module, _ = request.load("cpu")
    return traced_formula(module, feed, request.target)


def traced_formula(module: nn.Module, feed: Feed, name: str) -> Formula:
    """The formula of a model that is run at a few sizes."""
    from complexity.analysis import analyze
    from complexity.generalizing import DiffersError
    from complexity.stepping import Move, Runs, moves_of

    runs = Runs(lambda sizes: analyze(module, feed.make(sizes), name=name))
    base = dict(feed.usual)
    runs(base)  # a model that does not run there says why
    limit = sequence_limit(module)
    moves = {each: Move(size, 1) for each, size in base.items()}
    try:
        return attempt(runs, feed, moves, {}, limit)
    except DiffersError as error:  # then one size after another, the last one first
        reasons: dict[str, list[str]] = {each: [] for each in base}
        ways = {each: moves_of(runs, base, each, reasons[each]) for each in base}
        fixed: dict[str, str] = {}
        reasons[list(base)[-1]].append(str(error))
        advance(list(base)[-1], ways, moves, fixed, reasons, base)
        return settled(runs, feed, moves, ways, fixed, reasons, limit)


def advance(
    name: str,
    ways: dict[str, Iterator[Move]],
    moves: dict[str, Move],
    fixed: dict[str, str],
    reasons: dict[str, list[str]],
    base: Mapping[str, int],
) -> None:
    """The next way in which a size moves; where there is none it stays as it is, and says why."""
    move = next(ways[name], None)
    if move is not None:
        moves[name] = move
        return
    moves.pop(name, None)
    fixed[name] = f"{name} is fixed at {base[name]}: {reasons[name][0]}"


def settled(
    runs: Runs,
    feed: Feed,
    moves: dict[str, Move],
    ways: dict[str, Iterator[Move]],
    fixed: dict[str, str],
    reasons: dict[str, list[str]],
    limit: int | None,
) -> Formula:
    """The formula with the finest moves with which it can be had and verified."""
    from complexity.generalizing import DiffersError

    while moves:
        try:
            return attempt(runs, feed, moves, fixed, limit)
        except DiffersError as error:
            name = list(moves)[-1]  # the batch comes first, and is the last to be given up
            reasons[name].append(str(error))
            advance(name, ways, moves, fixed, reasons, feed.usual)
    raise ModelError(f"no size can be left open: {'; '.join(fixed.values())}")


def attempt(
    runs: Runs, feed: Feed, moves: Mapping[str, Move], fixed: Mapping[str, str], limit: int | None
) -> Formula:
    """The formula with these moves; ``DiffersError`` where there is none."""
    from complexity.generalizing import DiffersError, generalized, on_steps
    from complexity.stepping import written
    from formulas.recognition import Recognition

    start: Sizes = {**feed.usual, **{name: move.start for name, move in moves.items()}}
    *others, last = moves  # the last one alone first: what a model refuses is then its doing
    points = [
        {
            **start,
            **{n: moves[n].size(max(k - bool(others), 0)) for n in others},
            last: moves[last].size(k),
        }
        for k in range(4)
    ]
    for point in points[1:]:
        reason = runs.unlike(start, point)
        if reason:
            raise DiffersError(reason)
    sizes = [{name: point[name] for name in moves} for point in points]
    report = generalized([runs(point) for point in points], Recognition(sizes))
    for batch in (1, None):  # a batch of one is asked for most, and may be another matter
        unseen = {
            name: batch if batch and feed.meanings[name] == "batch" else move.unseen
            for name, move in moves.items()
        }
        reason = wrong_at(runs, report, {**start, **unseen}, unseen)
        if reason is None:
            break
    else:
        raise DiffersError(f"derived at {'; '.join(map(written, sizes))}: {reason}")
    verified = [unseen]
    report = on_steps(report, {name: m.step for name, m in moves.items() if not m.start % m.step})
    dimensions = bounded(runs, feed, report, start, moves, sizes, verified, limit)
    return Formula(report, dimensions, fixed, tuple(verified), notes=report.notes)


def wrong_at(runs: Runs, report: ModelReport, point: Sizes, sizes: Mapping[str, int]) -> str | None:
    """The first row whose expressions are not what is traced at ``point``; None where all are."""
    from complexity.generalizing import difference
    from complexity.stepping import written

    try:
        traced = runs(point)
    except ModelError as error:
        return f"at {written(sizes)}, {error}"
    if difference(report, traced):  # other rows, or of equal shapes and so counted as one
        same = value_of(report.cost, sizes) == traced.cost
        return None if same else f"at {written(sizes)}, {difference(report, traced)}"
    costs: dict[int, Any] = {}
    for row, real in zip(report.layers, traced.layers, strict=True):
        if id(row.cost) not in costs:
            costs[id(row.cost)] = value_of(row.cost, sizes)
        if costs[id(row.cost)] != real.cost:
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
    limit: int | None,
) -> tuple[Dimension, ...]:
    """The open sizes with their bounds: small and large ones are tried as well."""
    least = {n: min(point[n] for point in (*sizes, *verified)) for n in moves}
    most = {n: max(point[n] for point in (*sizes, *verified)) for n in moves}
    why: dict[str, list[str]] = {name: [] for name in moves}
    closed = dict.fromkeys(moves, False)

    def reaches(name: str, size: int, found: dict[str, int]) -> bool:
        point = {each: start[each] for each in moves} | {name: size}
        reason = wrong_at(runs, report, {**start, **point}, point)
        if reason is None:
            found[name] = size
            verified.append(point)
        else:
            why[name].append(reason)
        return reason is None

    for name, move in moves.items():
        if feed.meanings[name] == "batch":
            if least[name] > 1:
                reaches(name, 1, least)
            continue
        for size in dict.fromkeys(move.near(move.start // part) for part in NEARER):
            if size < least[name] and reaches(name, size, least):
                break
        top = move.near(FARTHER * move.start)
        limits = position_tables(report, name)
        if feed.meanings[name] == "sequence" and limit is not None:
            limits["its configuration has max_position_embeddings"] = limit
        limits = {said: size for said, size in limits.items() if size >= most[name]}
        if limits:
            top, closed[name] = min(limits.values()), True
            why[name] += [f"{said} = {size}" for said, size in limits.items() if size == top]
        if top > most[name] and not reaches(name, top, most):
            closed[name] = True
    return tuple(
        Dimension(
            name, feed.meanings[name], least[name], most[name] if closed[name] else None,
            move.step, move.start % move.step, tuple(why[name]),
        )
        for name, move in moves.items()
    )  # fmt: skip


def position_tables(report: ModelReport, name: str) -> dict[str, int]:
    """Tables that are read at one place for each step of ``name``, whatever the batch: positions.

    No run without numbers can tell that an index lies behind the end of a table.
    """
    from formulas.layers import Embedding
    from formulas.polynomials import variable

    return {
        f"rows of {row.name}": row.layer.rows
        for row in report.layers
        if isinstance(row.layer, Embedding)
        if [side for side in row.in_shapes[0] if side != 1] == [variable(name)]
    }


def sequence_limit(module: Any) -> int | None:
    """The longest sequence by the account of a model's own configuration."""
    config = getattr(module, "config", None)
    config = getattr(config, "text_config", None) or config
    limit = getattr(config, "max_position_embeddings", None)
    return limit if isinstance(limit, int) and limit > 1 else None
