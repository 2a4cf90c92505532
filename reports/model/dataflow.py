"""The dataflow graph between runs of layers: which reads which, and how many run in parallel."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

OUTPUT = ""  # the name of the run that reads the model's result


@dataclass(frozen=True)
class Flow:
    """The runs of a traced model in order: the name of each row, and the runs that it read from.

    ``taken`` are the bytes that a run read of each of those, and ``written`` the bytes of its
    result that another run read; both may be empty. The last run of a traced model is ``OUTPUT``,
    which reads the model's result.

    >>> fork = Flow(("a", "b", "c", "join"), ((), (0,), (0,), (1, 2)))
    >>> fork.width({"a", "b", "c", "join"}), fork.width({"a", "b", "join"})
    (2, 1)
    """

    names: tuple[str, ...]
    reads: tuple[tuple[int, ...], ...]
    taken: tuple[tuple[int, ...], ...] = ()
    written: tuple[int, ...] = ()

    def width(self, names: Container[str]) -> int:
        """The largest number of runs with these ``names`` that do not wait for each other.

        It equals the least number of chains that cover them (Dilworth's theorem): a run begins a
        chain unless it continues one.
        """
        bits: dict[int, int] = {}  # of the runs with these names
        waits: list[int] = []  # which of those each run waits for
        asked: list[int] = []
        for run, (name, read) in enumerate(zip(self.names, self.reads, strict=True)):
            waits.append(0)
            for earlier in read:
                waits[run] |= waits[earlier] | bits.get(earlier, 0)
            if name in names:
                bits[run] = 1 << len(asked)
                asked.append(waits[run])
        return len(asked) - pairs(asked)

    def ends(self, names: Container[str]) -> set[str]:
        """The ``names`` with a run that waits for no other of them, or that no other waits for.

        >>> fork = Flow(("a", "b", "c", "join", "d"), ((), (0,), (0,), (1, 2), (3,)))
        >>> sorted(fork.ends({"a", "b", "c", "d"})), sorted(fork.ends({"b", "c", "join"}))
        (['a', 'd'], ['b', 'c', 'join'])
        """
        wanted = [name in names for name in self.names]
        waits: list[bool] = []
        for read in self.reads:
            waits.append(any(waits[each] or wanted[each] for each in read))
        waited_for = [False] * len(wanted)
        for run in reversed(range(len(wanted))):
            if waited_for[run] or wanted[run]:
                for each in self.reads[run]:
                    waited_for[each] = True
        inner = [before and behind for before, behind in zip(waits, waited_for, strict=True)]
        runs = zip(self.names, wanted, inner, strict=True)
        return {name for name, is_wanted, is_inner in runs if is_wanted and not is_inner}


def pairs(waits: Sequence[int]) -> int:
    """The size of a largest matching of runs, each with at most one next run and one before.

    ``waits`` are the runs that each one waits for, as bits. Each run in turn takes an earlier one
    as its predecessor; if that one is taken, its taker may move to another.
    """
    next_of: dict[int, int] = {}
    last_of: dict[int, int] = {}
    for run in range(len(waits)):
        taken_by, free = _search(run, waits, next_of)
        while free is not None:
            taker = taken_by[free]
            before = last_of.get(taker)
            next_of[free], last_of[taker] = taker, free
            free = before
    return len(last_of)


def _search(
    run: int, waits: Sequence[int], next_of: dict[int, int]
) -> tuple[dict[int, int], int | None]:
    """The runs that could take each earlier run, and the first earlier run found that is free."""
    taken_by: dict[int, int] = {}
    seen, queue = 0, deque([run])
    while queue:
        taker = queue.popleft()
        for earlier in ones(waits[taker] & ~seen):
            seen |= 1 << earlier
            taken_by[earlier] = taker
            if earlier not in next_of:
                return taken_by, earlier
            queue.append(next_of[earlier])
    return taken_by, None


def ones(bits: int) -> Iterator[int]:
    """The places of the ones of ``bits``, the last first: ``list(ones(0b1101)) == [3, 2, 0]``."""
    while bits:
        place = bits.bit_length() - 1
        yield place
        bits -= 1 << place
