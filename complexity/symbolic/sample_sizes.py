"""At which sizes a model is run, so that a formula holds between and beyond them.

A size moves in steps: by 1 where the model does the same at any size, by 16 where it halves four
times and joins, by 224 where windows must fit. What does the same is found by running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from complexity.errors import ModelError
from complexity.symbolic.generalize import difference
from reports.model.report import ModelReport

Sizes = Mapping[str, int]
COARSE = 32
ENOUGH = 48  # steps below the first size, among which there are all kinds of multiples
# Which of its five sizes each name takes in the five runs: the last one moves alone first, so that
# what a model refuses is its doing; no other then grows or shrinks along with it, nor all at once.
LAST = (0, 1, 2, 3, 4)
OTHERS = ((0, 0, 3, 2, 4), (0, 0, 4, 1, 3), (0, 0, 1, 4, 2), (0, 0, 2, 4, 1))


@dataclass
class Runs:
    """The reports of one model by its sizes; each is traced once."""

    trace: Callable[[Sizes], ModelReport]
    done: dict[tuple[int, ...], ModelReport | ModelError] = field(default_factory=dict)

    def __call__(self, sizes: Sizes) -> ModelReport:
        key = tuple(sizes.values())
        if key not in self.done:
            try:
                self.done[key] = self.trace(sizes)
            except ModelError as error:
                self.done[key] = error
        found = self.done[key]
        if isinstance(found, ModelError):
            raise found
        return found

    def unlike(self, one: Sizes, other: Sizes) -> str | None:
        """Why the model does not do the same at two choices of sizes; None where it does."""
        try:
            found = difference(self(one), self(other))
        except ModelError as error:
            return str(error)
        return found and f"at {written(other)}, {found}"


@dataclass(frozen=True)
class Move:
    """A size that starts at ``start`` and moves in multiples of ``step``, up to ``far``."""

    start: int
    step: int
    far: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """Four near sizes to derive from, and a fifth in place of ``far`` where that fails.

        Where there are enough, multiples of 3, 8 and 12 steps are among them, and what leaves 1, 28
        and 31 of 32, so that a floor is no ceiling, nor another one after a few strides.
        """
        rest, steps = self.start % self.step, self.start // self.step
        if steps < ENOUGH:
            numbers = [steps + each for each in self._few[:5]]
        else:
            third = last_of(60, 96, within=7 * steps // 8) or 7 * steps // 8 // 12 * 12
            fourth = (third - 2) // 32 * 32 + 1
            numbers = [steps, steps - 1, third, fourth, fourth - 7]
        return tuple(rest + self.step * number for number in numbers)

    @property
    def unseen(self) -> int:
        """A size to verify at; where there are enough, a multiple of 7 steps, or of 105."""
        rest, steps = self.start % self.step, self.start // self.step
        if steps < ENOUGH:
            return self.start + self.step * self._few[5]
        among = (n for d in (105, 35, 21, 7) for n in range((steps - 2) // d * d, 0, -d))
        return next(n for n in (rest + self.step * each for each in among) if n not in self.sizes)

    @property
    def _few(self) -> tuple[int, ...]:
        """How many steps to go where there are not enough below; the last is not derived from."""
        if self.step == 1:
            return 0, 1, 3, 5, 4, 2
        return (0, -1, -2, -4, -5, -3) if self.start > 5 * self.step else (0, 1, 2, 4, 5, 3)

    @classmethod
    def up_to(cls, farthest: int, start: int, step: int = 1) -> Move:
        """The move whose ``far`` is the last size of its kind within ``farthest``."""
        rest, steps = start % step, (farthest - start % step) // step
        if start // step >= ENOUGH:  # a multiple of 15 steps that leaves 29 of 32
            steps = last_of(285, 480, within=steps) or steps - 3
        move = cls(start, step, rest + step * steps)
        beyond = move.far > start and move.far not in (*move.sizes, move.unseen)
        return move if beyond else cls(start, step, move.sizes[4])

    def near(self, target: int) -> int:
        """The size of this kind that is nearest above ``target``."""
        return max(target, 1) + (self.start - max(target, 1)) % self.step


def last_of(rest: int, divisor: int, within: int) -> int:
    """The largest number within ``within`` that leaves ``rest``; 0 where there is none.

    >>> last_of(60, 96, within=196), last_of(60, 96, within=59)
    (156, 0)
    """
    return within - (within - rest) % divisor if within >= rest else 0


def points_of(moves: Mapping[str, Move], far: bool) -> list[dict[str, int]]:
    """The five choices of sizes to derive from; ``far`` is among them, or a fifth near size."""
    *others, last = moves
    plans = {name: OTHERS[place % len(OTHERS)] for place, name in enumerate(others)}
    plans[last] = LAST
    sizes = {
        name: (*move.sizes[:4], move.far if far else move.sizes[4]) for name, move in moves.items()
    }
    return [{name: sizes[name][plans[name][k]] for name in moves} for k in range(5)]


def moves_of(
    runs: Runs, base: Sizes, name: str, farthest: int, reasons: list[str]
) -> Iterator[Move]:
    """How a size can move so that the model does the same, finest first; ``reasons`` are told."""
    start = base[name]
    tried = set()
    for first, step in ((start, 1), (start, COARSE), (2 * start, start)):
        move = Move.up_to(farthest, first, step)
        reason = _unlike(runs, base, name, move)
        if reason is not None:
            reasons.append(reason)
            continue
        for finer in reversed(_chain(runs, base, name, move)):
            if (finer.start, finer.step) not in tried:
                tried.add((finer.start, finer.step))
                yield finer


def _chain(runs: Runs, base: Sizes, name: str, move: Move) -> list[Move]:
    """``move`` and finer ones with which the model does the same: one prime after another less."""
    found = [move]
    for prime in _primes(move.step):
        while found[-1].step % prime == 0:
            finer = Move.up_to(move.far, move.start, found[-1].step // prime)
            if _unlike(runs, base, name, finer) is not None:
                break
            found.append(finer)
    return found


def _unlike(runs: Runs, base: Sizes, name: str, move: Move) -> str | None:
    return runs.unlike({**base, name: move.start}, {**base, name: move.sizes[1]})


def _primes(number: int) -> list[int]:
    """Prime factors, the largest first: ``_primes(224) == [7, 2]``."""
    found, rest = [], number
    for prime in range(2, number + 1):
        if rest % prime == 0:
            found.append(prime)
            while rest % prime == 0:
                rest //= prime
    return found[::-1]


def written(sizes: Mapping[str, object]) -> str:
    """``"N = 2, r = 224"``."""
    return ", ".join(f"{name} = {value}" for name, value in sizes.items())
