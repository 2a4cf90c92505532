"""Repeated measurements of one thing: the middle, and how far they lie apart."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reports.render import number_format as numbers

WIDE = 0.2  # of the median: beyond it, the middle half of the runs is too far apart to be a number


@dataclass(frozen=True)
class Spread:
    """Seconds of each run, in the order in which they ran; or a share of them.

    >>> spread = Spread((5.0, 1.0, 2.0, 4.0, 3.0))
    >>> spread.best, spread.low, spread.median, spread.high, spread.relative
    (1.0, 2.0, 3.0, 4.0, 0.6666666666666666)
    """

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def low(self) -> float:
        """The first quartile: a quarter of the runs is faster."""
        return self._quartiles[0]

    @property
    def high(self) -> float:
        """The third quartile: a quarter of the runs is slower."""
        return self._quartiles[2]

    @property
    def relative(self) -> float:
        """The middle half of the runs as a share of the median; 0 where nothing took time."""
        return (self.high - self.low) / self.median if self.median else 0.0

    @property
    def wide(self) -> bool:
        """Whether the median says little."""
        return self.relative > WIDE

    @cached_property
    def _quartiles(self) -> list[float]:
        if len(self.seconds) == 1:
            return list(self.seconds) * 3
        return statistics.quantiles(self.seconds, n=4, method="inclusive")

    def to_dict(self) -> dict[str, Any]:
        """For JSON: the figures, and every run."""
        return {
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "best": self.best,
            "seconds": list(self.seconds),
        }


def added(spreads: Sequence[Spread]) -> Spread:
    """What ran together, run by run.

    >>> added([Spread((1.0, 2.0)), Spread((3.0, 5.0))])
    Spread(seconds=(4.0, 7.0))
    """
    return Spread(tuple(map(sum, zip(*(each.seconds for each in spreads), strict=True))))


def spread_line(spread: Spread) -> str:
    """How far the runs lie apart, in a sentence; a wide spread is called one."""
    half = f"the middle half of {numbers.count_of(len(spread.seconds), 'run')} lies within"
    line = f"Spread: {half} {100 * spread.relative:.0f} % of the median."
    if spread.wide:
        line += " That is wide: the machine is busy, so take the figures as rough."
    return line
