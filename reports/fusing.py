"""What fusing element-wise work into its neighbours saves at most, from who reads what.

Each convolution, product, pooling or look-up of a block is a kernel, and so is each element-wise
run. Kernels that are joined keep what one hands to the other to themselves. It is never read again,
and never written where no other kernel wants it: conv, activation, conv are two kernels, and one of
the two maps between them is gone. What a block takes from elsewhere is still read, what it hands
on still written. Two kernels that multiply are never joined, so an addition is joined to one of
those it waits for, and reads what the other wrote; but each part of a concatenation can be written
to its place at once. The largest savings are taken first.

A batch norm is no kernel, for it folds into its convolution; nor is what has no row, a view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from formulas.quantities import Quantity, elements
from formulas.traffic import bytes_moved
from reports.flow import Flow
from reports.fragments import is_elementwise, is_norm, module_of
from reports.rows import LayerRow

Edges = dict[int, dict[int, int]]  # of each kernel, bytes by the kernel that reads them
Node = tuple[int, str]  # a run; one that is not element-wise has two sides, "in" and "out"


def saved_by_fusing(block: Sequence[LayerRow], flow: Flow, edges: Edges) -> int:
    """Bytes of the rows of ``block`` that need not move; ``flow`` and ``edges``, what is handed on
    in it, are those of the whole model."""
    inside = {module_of(row): row for row in block}
    tensors = {  # what is written inside, and who reads it there
        run: {reader: size for reader, size in readers.items() if flow.names[reader] in inside}
        for run, readers in edges.items()
        if flow.names[run] in inside
    }
    joined = Joined({run for run, name in enumerate(flow.names)
                     if name in inside and not is_elementwise(inside[name])})  # fmt: skip
    gathers = {run for run, name in enumerate(flow.names)
               if name in inside and inside[name].kind == "concatenation"}  # fmt: skip

    def whole(run: int) -> int:
        """Bytes where nobody writes it; of kernels that compute it each for itself, one reads."""
        readers = tensors[run]
        alone = [size for reader, size in readers.items() if reader in joined.multiplying]
        others = sum(size for reader, size in readers.items() if reader not in joined.multiplying)
        return flow.written[run] + others + max(alone, default=0)

    saved, left = 0, []
    for run in sorted(tensors, key=lambda run: -whole(run)):
        readers = tensors[run]
        everyone = len(readers) == len(edges[run])
        if readers and everyone and joined.join(run, readers, gathers.issuperset(readers)):
            saved += whole(run)
        else:
            left += [(size, run, reader) for reader, size in readers.items()]
    for size, run, reader in sorted(left, key=lambda each: -each[0]):
        if joined.join(run, [reader], reader in gathers):
            saved += size
    return saved


@dataclass
class Joined:
    """Which runs are one kernel; those that are ``multiplying`` never are, with each other."""

    multiplying: set[int]
    parents: dict[Node, Node] = field(default_factory=dict)
    sides: dict[Node, set[str]] = field(default_factory=dict)

    def join(self, run: int, readers: Iterable[int], gathers: bool) -> bool:
        """Join ``run`` to all its ``readers``, where that is possible: see the module."""
        nodes = [self._node(run, "out"), *(self._node(reader, "in") for reader in readers)]
        roots = {self._root(node) for node in nodes}
        sides = [side for root in roots for side in self._sides(root)]
        behind, before = "in" in sides, sides.count("out")
        if before + behind > 1 and (behind or not gathers):
            return False
        kept = roots.pop()
        for root in roots:
            self.parents[root] = kept
        self.sides[kept] = set(sides)
        return True

    def _node(self, run: int, side: str) -> Node:
        return run, side if run in self.multiplying else ""

    def _root(self, node: Node) -> Node:
        while node in self.parents:
            node = self.parents[node]
        return node

    def _sides(self, root: Node) -> set[str]:
        """On which side of the joined kernel something multiplies."""
        return self.sides.setdefault(root, {root[1]} - {""})


def handed_on(flow: Flow, rows: Iterable[LayerRow]) -> Edges:
    """Of each kernel, those that read what it wrote; ``rows`` are those of the whole model."""
    kernels = {module_of(row) for row in rows if not is_norm(row)}
    source: list[int | None] = []  # of each run the kernel whose map it gives
    found: Edges = {}
    for run, (name, reads, taken) in enumerate(
        zip(flow.names, flow.reads, flow.taken, strict=True)
    ):
        if name not in kernels:
            source.append(source[reads[0]] if len(reads) == 1 else None)
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
