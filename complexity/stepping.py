"""At which sizes a model is run, so that a formula holds between and beyond them.

A size moves in steps: by 1 where the model does the same at any size, by 16 where it halves four
times and joins, by 224 where windows must fit. What does the same is found by running it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from complexity.errors import ModelError
from complexity.generalizing import difference
from reports.rows import ModelReport

Sizes = Mapping[str, int]
COARSE = 32
# Multiples of the step that are run to derive, and one that is not derived from. The first meet a
# stride of 32 at its floor, at its ceiling and between, and none keeps a map as it is throughout.
FINE_STEPS, FINE_UNSEEN = (0, 1, 63, 70), 51
FEW_STEPS, FEW_UNSEEN = (0, 1, 3, 5), 2
COARSE_STEPS, COARSE_UNSEEN = (0, 1, 2, 4), 3


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
    """A size that starts at ``start`` and moves in multiples of ``step``, either way."""

    start: int
    step: int

    @property
    def _plan(self) -> tuple[int, tuple[int, ...], int]:
        steps, unseen = FEW_STEPS, FEW_UNSEEN
        if self.step > 1:
            steps, unseen = COARSE_STEPS, COARSE_UNSEEN
        elif self.start >= 2 * COARSE:
            steps, unseen = FINE_STEPS, FINE_UNSEEN
        way = -1 if self.start > max(*steps, unseen) * self.step else 1
        return way * self.step, steps, unseen

    def size(self, index: int) -> int:
        """The ``index``-th size to derive from."""
        step, multiples, _ = self._plan
        return self.start + step * multiples[index]

    @property
    def unseen(self) -> int:
        """A size to verify at."""
        step, _, multiple = self._plan
        return self.start + step * multiple

    def near(self, target: int) -> int:
        """The size of this kind that is nearest above ``target``."""
        return max(target, 1) + (self.start - max(target, 1)) % self.step


def moves_of(runs: Runs, base: Sizes, name: str, reasons: list[str]) -> Iterator[Move]:
    """How a size can move so that the model does the same, finest first; ``reasons`` are told."""
    start = base[name]
    for move in (Move(start, 1), Move(start, COARSE), Move(2 * start, start)):
        reason = _unlike(runs, base, name, move)
        if reason is None:
            yield _refined(runs, base, name, move)
        else:
            reasons.append(reason)


def _refined(runs: Runs, base: Sizes, name: str, move: Move) -> Move:
    """The same with the smallest step that divides its own, by one prime after another."""
    for prime in _primes(move.step):
        finer = Move(move.start, move.step // prime)
        if _unlike(runs, base, name, finer) is None:
            return _refined(runs, base, name, finer)
    return move


def _unlike(runs: Runs, base: Sizes, name: str, move: Move) -> str | None:
    return runs.unlike({**base, name: move.start}, {**base, name: move.size(1)})


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
