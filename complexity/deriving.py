"""The cost of a model as exact expressions in its sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complexity.closed_formulas import network_formula
from complexity.errors import ArgumentError, ModelError
from complexity.subjects import Request
from reports.formula import Formula

if TYPE_CHECKING:
    from torch import nn

    from complexity.feeding import Feed
    from complexity.stepping import Move, Runs, Sizes
    from reports.rows import ModelReport


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
    """The formula of a model that is run at a few sizes; the collector waits meanwhile."""
    from complexity.tracing.borrowing import collection_paused

    with collection_paused():
        return derived_from_runs(module, feed, name)


def derived_from_runs(module: nn.Module, feed: Feed, name: str) -> Formula:
    """The finest formula: all sizes moved at once, or where that fails, one after another."""
    import torch

    from complexity.analysis import report_of_run, run_of
    from complexity.bounding import sequence_limit
    from complexity.feeding import with_other_numbers
    from complexity.generalizing import DiffersError, difference
    from complexity.stepping import Move, Runs, moves_of

    way = None

    def report(sizes: Sizes, change: Callable[[Any], Any] = lambda inputs: inputs) -> ModelReport:
        nonlocal way
        with torch.device(way[0] if way else "cpu"):  # large inputs take no time on meta
            inputs = change(feed.make(sizes))
        run = run_of(module, inputs, way=way)
        if run.device == "meta":  # and so they do all; what is refused there is refused
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
    fixed[name] = f"{name} is fixed at {base[name]}: {reasons[name][0].rstrip('.')}"


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
            name = list(moves)[-1]  # the batch is the last to be given up
            reasons[name].append(str(error))
            advance(name, ways, moves, fixed, reasons, feed.usual)
    raise ModelError(f"no size can be left open: {'; '.join(fixed.values())}")


def attempt(
    runs: Runs, feed: Feed, moves: Mapping[str, Move], fixed: Mapping[str, str], limit: int | None
) -> Formula:
    """The formula with these moves; ``DiffersError`` where there is none."""
    from complexity.bounding import bounded, tops, wrong_at
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
    most = {name: max(point[name] for point in sizes) for name in moves}
    top = tops(feed, report, moves, most, limit)
    between = {name: move.unseen for name, move in moves.items()}
    batch = {name: 1 for name in moves if feed.meanings[name] == "batch"}
    # far out first, which says the most; one image is asked for most, and may be another matter
    far = {**between, **{name: each.size for name, each in top.items()}, **batch}
    for unseen in (far, {**between, **batch}, between) if len(moves) > 1 else (between,):
        reason = wrong_at(runs, report, {**start, **unseen}, unseen)
        if reason is None:
            break
    else:
        raise DiffersError(f"derived at {'; '.join(map(written, sizes))}: {reason}")
    verified = [unseen]
    steps = {name: m.step for name, m in moves.items() if m.step > 1 and not m.start % m.step}
    report = on_steps(report, steps) if steps else report
    dimensions = bounded(runs, feed, report, start, moves, sizes, verified, top)
    return Formula(report, dimensions, fixed, tuple(verified), notes=report.notes)
