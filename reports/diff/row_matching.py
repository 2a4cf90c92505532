"""Which row of one report is which of another: by name, and numbered siblings by what they are.

A layer that is put into a sequence renumbers all that follow: ``f.3`` becomes ``f.4``. So children
with a name are matched by it, but children with a number (``f.3``, or ``add#2``) in their order, by
the pairs that are most alike together. A child is a layer, or a block with all that is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from reports.model.report import LayerRow

NUMBERED = re.compile(r"#?\d+")
EQUAL = 10**9  # how much two children are alike that are the same
ANOTHER_ORDER = EQUAL // 100  # how much less where the same rows stand or are nested otherwise
MOST_PAIRS = 40_000  # of more, children with a number are matched by it
DEEPEST = 100  # what lies deeper in a name is one part of it
Traits = Callable[[LayerRow], tuple[Hashable, ...]]
Named = tuple[str, "Node"]


@dataclass
class Node:
    """A place in a model: a row, by its index, or children by their name."""

    index: int | None = None
    own: tuple[Hashable, ...] = ()
    children: dict[str, Node] = field(default_factory=dict)

    @cached_property
    def traits(self) -> tuple[Counter[Hashable], ...]:
        """How often each trait is met in it, from the coarsest to the finest."""
        if self.index is not None:
            return tuple(Counter([trait]) for trait in self.own)
        every = [child.traits for child in self.children.values()]
        return tuple(sum(each, Counter[Hashable]()) for each in zip(*every, strict=True))

    @cached_property
    def whole(self) -> tuple[Hashable, ...]:
        """All that is in it, in order: of a row its traits, of children their names and theirs."""
        return self.own or tuple((name, child.whole) for name, child in self.children.items())


def aligned(old: Sequence[LayerRow], new: Sequence[LayerRow], traits: Traits) -> dict[int, int]:
    """For each index of ``new`` that has one, the index of the same row in ``old``.

    ``traits`` tells of a row what makes it like another, from the coarsest, such as its kind, to
    the finest, which is all that must be equal for it to be unchanged.
    """
    found: dict[int, int] = {}
    if old and new:
        _match(_tree(old, traits), _tree(new, traits), found)
    return found


def _tree(rows: Sequence[LayerRow], traits: Traits) -> Node:
    root = Node()
    met = Counter[str]()
    for index, row in enumerate(rows):
        path, _, turn = row.name.partition("#")
        node = root
        for part in (*path.split(".", DEEPEST), f"#{turn or 1}"):
            node = node.children.setdefault(part, Node())
        node.children[f"#{met[row.name] + 1}"] = Node(index, traits(row))
        met[row.name] += 1
    return root


def _match(old: Node, new: Node, found: dict[int, int]) -> None:
    """Match two nodes that are the same place, and all that is in them."""
    if old.index is not None and new.index is not None:
        found[new.index] = old.index
        return
    for name, child in new.children.items():
        if name in old.children and not NUMBERED.fullmatch(name):
            _match(old.children[name], child, found)
    sides = [[each for each in node.children.items() if NUMBERED.fullmatch(each[0])]
             for node in (old, new)]  # fmt: skip
    for before, after in _in_order(*sides):
        _match(before, after, found)


def _in_order(old: list[Named], new: list[Named]) -> list[tuple[Node, Node]]:
    """Pairs of numbered siblings that do not cross and are most alike together.

    What is left between two pairs is paired in turn where both sides have left as many, or else by
    its number.
    """
    start = end = 0
    while start < min(len(old), len(new)) and _alike(old[start], new[start]) > EQUAL:
        start += 1
    left_old, left_new = len(old) - start, len(new) - start
    while end < min(left_old, left_new) and _alike(old[~end], new[~end]) >= EQUAL:
        end += 1
    matched = [(each, each) for each in range(start)]
    if (left_old - end) * (left_new - end) <= MOST_PAIRS:
        best = _best(old[start : len(old) - end], new[start : len(new) - end])
        matched += [(start + i, start + j) for i, j in best]
    matched += [(len(old) - each, len(new) - each) for each in range(end, 0, -1)]
    pairs = [(old[i][1], new[j][1]) for i, j in matched]
    first_old = first_new = 0
    for i, j in (*matched, (len(old), len(new))):
        pairs += _between(old[first_old:i], new[first_new:j])
        first_old, first_new = i + 1, j + 1
    return pairs


def _between(old: list[Named], new: list[Named]) -> list[tuple[Node, Node]]:
    if len(old) == len(new):
        return [(before[1], after[1]) for before, after in zip(old, new, strict=True)]
    named = dict(old)
    return [(named[name], node) for name, node in new if name in named]


def _best(old: list[Named], new: list[Named]) -> list[tuple[int, int]]:
    """The pairs whose likeness adds up to most: a longest common subsequence, weighted."""
    likeness = [[_alike(before, after) for after in new] for before in old]
    most = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            both = most[i + 1][j + 1] + likeness[i][j]
            most[i][j] = max(most[i + 1][j], most[i][j + 1], both)
    pairs = []
    i = j = 0
    while i < len(old) and j < len(new):
        if likeness[i][j] and most[i][j] == most[i + 1][j + 1] + likeness[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif most[i][j] == most[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _alike(old: Named, new: Named) -> int:
    """0 where not even the coarsest trait is shared, ``EQUAL`` where all are; more by one where the
    number is the same, too."""
    (number, before), (other, after) = old, new
    most = max(before.traits[0].total(), after.traits[0].total())
    levels = zip(before.traits, after.traits, strict=True)
    shared = sum((mine & theirs).total() for mine, theirs in levels)
    if not shared:
        return 0
    found = EQUAL * shared // (most * len(before.traits))
    if before.whole != after.whole:
        found = max(1, found - ANOTHER_ORDER)
    return found + (number == other)
