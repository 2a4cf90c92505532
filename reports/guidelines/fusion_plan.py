"""A part of a plan which runs are one kernel, as far as what follows can tell plans apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

Kernels = frozenset[int]
Wait = tuple[int, int, bool]  # who is waited for, who waits, and whether by way of a third


@dataclass(frozen=True)
class Step:
    """The next run: ``reads`` are bytes by the run that wrote them, ``written`` its own.

    ``near``: those that it reads with which it may be joined. ``last``: the last run that reads it.
    ``gathers``: it is a concatenation; ``follows``: it can do its work on each part of one as well.
    ``leaves``: what it writes is wanted elsewhere.
    """

    run: int
    reads: Mapping[int, int]
    near: frozenset[int]
    written: int
    last: int
    multiplies: bool
    gathers: bool
    follows: bool
    leaves: bool


@dataclass(frozen=True)
class Live:
    """A run that others will read.

    ``kernels`` are those that compute it, several where each computes a part. ``stays``: so far all
    that read it are in its kernel; None where its write is saved already.
    """

    run: int
    kernels: Kernels
    written: int
    last: int
    stays: bool | None


@dataclass(frozen=True)
class Plan:
    """Its live runs, whether each of their kernels multiplies, and who waits for whom.

    A kernel that waits for another one by way of a third can never be joined with it.
    """

    live: tuple[Live, ...] = ()
    multiplying: tuple[bool, ...] = ()
    waits: frozenset[Wait] = frozenset()

    def longer(self, step: Step, joined: tuple[int, ...]) -> Iterator[tuple[Plan, int]]:
        """With the next run joined to those: the plans, and the bytes that each saves more."""
        multiplying = dict(enumerate(self.multiplying))
        touched = {kernel for each in self.live if each.run in joined for kernel in each.kernels}
        renamed: dict[int, int] = {}
        others = [each for each in self.live if each.run in step.reads.keys() - set(joined)]
        alone = len(joined) == 1 and all(touched.isdisjoint(each.kernels) for each in others)
        apart = step.gathers or (step.follows and alone)
        if touched and apart:
            own = frozenset(touched)  # each does its part
        else:
            if sum(multiplying[each] for each in touched) + step.multiplies > 1:
                return
            if any(hard and {one, two} <= touched for one, two, hard in self.waits):
                return
            kept = min(touched, default=len(multiplying))
            renamed, own = dict.fromkeys(touched, kept), frozenset((kept,))
            multiplying[kept] = step.multiplies or any(multiplying[each] for each in touched)
        kernels = {
            each.run: frozenset(renamed.get(kernel, kernel) for kernel in each.kernels)
            for each in self.live
        }
        within = {run for run in step.reads if kernels[run] <= own}
        waits = {(renamed.get(a, a), renamed.get(b, b), hard) for a, b, hard in self.waits}
        for run in step.reads.keys() - within:
            if kernels[run] & own:
                return  # a part of what it reads is its own, and the rest is not
            waits |= {(a, b, False) for a in kernels[run] for b in own}
        waits = {(a, b, hard) for a, b, hard in waits if a != b}
        if has_cycle({(a, b) for a, b, _ in waits}):
            return
        for stands in (False, True) if step.gathers and within else (False,):
            live, saved = self._read(step, within, kernels, stands)
            if step.last > step.run:
                stays = not (stands or step.leaves)
                live.append(Live(step.run, own, step.written, step.last, stays))
            yield numbered(live, multiplying, waits), saved

    def _read(
        self, step: Step, within: set[int], kernels: Mapping[int, Kernels], stands: bool
    ) -> tuple[list[Live], int]:
        """What is live when the next run has read, and the bytes that are saved by then.

        Where a concatenation ``stands`` it is written, and what lies in it is written nowhere else.
        """
        live, saved = [], sum(step.reads[run] for run in within)
        for each in self.live:
            stays = each.stays
            if each.run in step.reads and stays is not None:
                if stands and each.run in within and step.reads[each.run] == each.written:
                    saved, stays = saved + each.written, None
                else:
                    stays = stays and each.run in within
            if each.last > step.run:
                live.append(replace(each, kernels=kernels[each.run], stays=stays))
            elif stays:
                saved += each.written
        return live, saved


EMPTY = Plan()


def numbered(live: list[Live], multiplying: dict[int, bool], waits: set[Wait]) -> Plan:
    """The plan without the kernels that are over, the others in the order of their live runs."""
    names: dict[int, int] = {}
    for each in live:
        for kernel in sorted(each.kernels):
            names.setdefault(kernel, len(names))
    for over in {kernel for a, b, _ in waits for kernel in (a, b)} - names.keys():
        into = {a for a, b, _ in waits if b == over}
        out = {b for a, b, _ in waits if a == over}
        waits = {each for each in waits if over not in each[:2]}
        waits |= {(a, b, True) for a in into for b in out}
    return Plan(
        tuple(
            replace(each, kernels=frozenset(names[kernel] for kernel in each.kernels))
            for each in live
        ),
        tuple(multiplying[kernel] for kernel in names),
        frozenset(
            (names[a], names[b], hard) for a, b, hard in waits if hard or (a, b, True) not in waits
        ),
    )


def has_cycle(waits: set[tuple[int, int]]) -> bool:
    """Whether one waits for itself by way of others."""
    while waits:
        waited_for = {a for a, _ in waits}
        left = {(a, b) for a, b in waits if b in waited_for}
        if len(left) == len(waits):
            return True
        waits = left
    return False
