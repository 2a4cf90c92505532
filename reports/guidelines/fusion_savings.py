"""What fusing element-wise work into its neighbours saves, by a plan that can be carried out.

Each convolution, product, pooling or look-up of a block is a kernel, and so is each element-wise
run. Kernels that are joined keep what one hands to the other to themselves. It is never read again,
and never written where no other kernel wants it: conv, activation, conv are two kernels, and one of
the two maps between them is gone. What a block takes from elsewhere is still read, what it hands
on still written. Each run is computed once; two that multiply are never joined; and no kernel waits
for another one that waits for it. The parts of a concatenation can be written to their places at
once, each by its own kernel, and be read there.

A batch norm is no kernel, for it folds into its convolution; nor is what has no row, a view.

The plan is built run by run, in order. Plans that differ only in what is behind them are one, of
which the best is kept: what is found is the most that can be saved by these rules, as long as no
more than ``WIDTH`` plans stand side by side. Where more do, as in wide blocks, it may be less.
Large blocks, such as a scan step by step, have fewer plans, so that ``EFFORT`` is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import combinations

from formulas.core.memory_traffic import bytes_moved
from formulas.core.quantities import Quantity, elements
from reports.guidelines.blocks import is_elementwise, is_norm, module_of
from reports.guidelines.fusion_plan import EMPTY, Plan, Step
from reports.model.dataflow import OUTPUT, Flow
from reports.model.report import LayerRow

Edges = dict[int, dict[int, int]]  # of each kernel, bytes by the kernel that reads them
WIDTH = 128
EFFORT = 100_000  # live runs and who waits for whom, of all plans of a block
POINTWISE = ("addition", "elementwise", "channel_shuffle", "copy")


def saved_by_fusing(block: Sequence[LayerRow], flow: Flow, edges: Edges) -> int:
    """Bytes of the rows of ``block`` that need not move; ``flow`` and ``edges``, what is handed on
    in it, are those of the whole model."""
    plans = {EMPTY: 0}
    todo = list(steps(block, flow, edges))
    for step in todo:
        found: dict[Plan, int] = {}
        for plan, saved in plans.items():
            for joined in choices(step):
                for longer, more in plan.longer(step, joined):
                    found[longer] = max(found.get(longer, 0), saved + more)
        sizes = [1 + len(plan.live) + len(plan.waits) for plan in found]
        width = max(1, min(WIDTH, EFFORT * len(sizes) // (len(todo) * sum(sizes))))
        plans = dict(nlargest(width, found.items(), key=lambda each: each[1]))
    return max(plans.values())


def steps(block: Sequence[LayerRow], flow: Flow, edges: Edges) -> Iterator[Step]:
    """The runs of ``block``, and those elsewhere that wait for one of them and it for them."""
    rows = {module_of(row): row for row in block}
    inside = {run for run in edges if flow.names[run] in rows}
    kept = inside | (behind(inside, edges) & before(inside, edges))
    reads: dict[int, dict[int, int]] = {run: {} for run in kept}
    for run in sorted(kept):
        for reader in edges[run].keys() & kept:
            reads[reader][run] = edges[run][reader]
    for run in sorted(kept):
        row = rows.get(flow.names[run])
        readers = [reader for reader in edges[run] if reader in kept]
        yield Step(
            run,
            reads[run],
            frozenset(reads[run]) & inside if row else frozenset(),
            flow.written[run],
            last=max(readers, default=run),
            multiplies=row is None or not is_elementwise(row),
            gathers=row is not None and row.kind == "concatenation",
            follows=row is not None and is_pointwise(row),
            leaves=row is None or len(readers) < len(edges[run]),
        )


def is_pointwise(row: LayerRow) -> bool:
    """Whether it can do its work on a part of what it reads; a softmax needs all."""
    name = f"{getattr(row.layer, 'name', '')} {row.operation}"
    return row.kind in POINTWISE or (row.kind == "activation" and "softmax" not in name)


def behind(runs: set[int], edges: Edges) -> set[int]:
    """Those that wait for one of ``runs``."""
    found: set[int] = set()
    for run in sorted(edges):
        if run in runs or run in found:
            found |= edges[run].keys()
    return found


def before(runs: set[int], edges: Edges) -> set[int]:
    """Those that one of ``runs`` waits for."""
    found: set[int] = set()
    for run in sorted(edges, reverse=True):
        if any(reader in runs or reader in found for reader in edges[run]):
            found.add(run)
    return found


def choices(step: Step) -> Iterator[tuple[int, ...]]:
    """With which of those that it reads a run may be joined; of many, all or one."""
    given = sorted(step.near)
    for count in range(len(given) + 1) if len(given) <= 4 else (0, 1, len(given)):
        yield from combinations(given, count)


def handed_on(flow: Flow, rows: Iterable[LayerRow]) -> Edges:
    """Of each kernel, those that read what it wrote; ``rows`` are those of the whole model.

    What is no kernel and reads from several, or takes the output of the model, reads them too.
    """
    kernels = {module_of(row) for row in rows if not is_norm(row)}
    source: list[int | None] = []  # of each run the kernel whose map it gives
    found: Edges = {}
    for run, (name, reads, taken) in enumerate(
        zip(flow.names, flow.reads, flow.taken, strict=True)
    ):
        if name != OUTPUT and name not in kernels and len(reads) < 2:
            source.append(source[reads[0]] if reads else None)
            continue
        source.append(run)
        found[run] = {}
        for earlier, size in zip(reads, taken, strict=True):
            writer = source[earlier]
            if writer is not None:
                found[writer][run] = found[writer].get(run, 0) + size
    return found


def flow_by_sizes(rows: Iterable[LayerRow]) -> Flow:
    """Who reads what in a closed form, which knows sizes alone.

    Each row takes the last map of its size that nobody has taken yet; where there is none, it
    takes one for the second time, which comes from elsewhere.
    """
    names: list[str] = []
    reads: list[tuple[int, ...]] = []
    taken: list[tuple[int, ...]] = []
    written: list[int] = []
    unread: list[tuple[int, Quantity]] = []
    for row in rows:
        if not row.moved:
            continue  # a shuffle of one group: what it was given is what it gives
        sizes = [elements(shape) for shape in row.in_shapes]
        moved = bytes_moved(row.moved)
        found: dict[int, int] = {}
        for size in sizes:
            for place in reversed(range(len(unread))):
                if unread[place][1] == size:
                    writer, _ = unread.pop(place)
                    found[writer] = moved.inputs * size // sum(sizes)
                    break
        unread.append((len(names), elements(row.out_shape)))
        names.append(module_of(row))
        reads.append(tuple(found))
        taken.append(tuple(found.values()))
        written.append(moved.outputs)
    return Flow(tuple(names), tuple(reads), tuple(taken), tuple(written))
