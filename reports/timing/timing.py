"""Measured times, joined to the rows of a report and to their bounds."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from formulas.core.cost import Cost
from reports.model.report import LayerRow, ModelReport
from reports.roofline.bounds import Bound, Roofline
from reports.timing.statistics import Spread, added


@dataclass(frozen=True)
class Timing:
    """Measured seconds: ``total`` of plain runs; ``hooked`` of runs with hooks on the layers, and
    ``layers`` of each layer in those, by its path. ``aliases`` are further paths of a layer,
    ``load`` is the load average over the cores before the first run, where that is known."""

    total: Spread
    hooked: Spread
    layers: Mapping[str, Spread]
    aliases: Mapping[str, str] = field(default_factory=dict)
    threads: int = 1
    device: str = "cpu"
    load: float | None = None

    @property
    def between(self) -> float:
        """Median seconds of a run with hooks that no layer took: functions between, and hooks."""
        layers = added(list(self.layers.values())) if self.layers else None
        rest = [
            whole - (layers.seconds[run] if layers else 0.0)
            for run, whole in enumerate(self.hooked.seconds)
        ]
        return Spread(tuple(rest)).median


@dataclass(frozen=True)
class Line:
    """A layer, or a kind of layer: its cost, its time (None: not timed), its bound."""

    name: str
    kind: str
    cost: Cost
    known: bool
    spread: Spread | None
    bound: Fraction | None

    @property
    def over_bound(self) -> float | None:
        """Its time over its bound; None where one of them is missing."""
        if self.spread is None or not self.bound:
            return None
        return self.spread.median / float(self.bound)


@dataclass(frozen=True)
class TimeShare:
    """Shares of the time of each run: of some ``layers``, and of what ran ``between`` all layers,
    where functions without a module of their own are, and the hooks themselves."""

    layers: Spread
    between: Spread


@dataclass(frozen=True)
class TimedModel:
    """A report, the measured times, and where a device was named, its roofline."""

    report: ModelReport
    timing: Timing
    roofline: Roofline | None = None

    @cached_property
    def lines(self) -> list[Line]:
        """One line a module, whose runs are one time; and one for each function between."""
        bounds = {each.name: each for each in self.roofline.layers} if self.roofline else {}
        groups: dict[str, list[LayerRow]] = {}
        for row in self.report.layers:
            if row.calls:
                path = row.name.split("#")[0]
                groups.setdefault(self.timing.aliases.get(path, path), []).append(row)
        return [
            line_of(name, rows, self.timing.layers.get(name), bounds)
            for name, rows in groups.items()
        ]

    @cached_property
    def kinds(self) -> list[Line]:
        """The lines of each kind together."""
        names = dict.fromkeys(line.kind for line in self.lines)
        return [together([line for line in self.lines if line.kind == name]) for name in names]

    def share_of(self, kinds: Container[str], without: Container[str] = ()) -> TimeShare:
        """The part of ``kinds`` in each run with hooks, those ``without`` not counted at all."""
        runs = self.timing.hooked.seconds
        every = self._seconds(lambda kind: True)
        wanted = self._seconds(lambda kind: kind in kinds)
        left_out = self._seconds(lambda kind: kind in without)
        whole = [run - out for run, out in zip(runs, left_out, strict=True)]
        rest = [run - timed for run, timed in zip(runs, every, strict=True)]
        return TimeShare(parts(wanted, whole), parts(rest, whole))

    def _seconds(self, wanted: Callable[[str], bool]) -> list[float]:
        """Of each run, the seconds of the lines of such kinds that were timed."""
        found = [line.spread for line in self.lines if line.spread and wanted(line.kind)]
        return list(added(found).seconds) if found else [0.0] * len(self.timing.hooked.seconds)

    @property
    def over_bound(self) -> float | None:
        if self.roofline is None or not self.roofline.seconds:
            return None
        return self.timing.total.median / float(self.roofline.seconds)


def parts(some: Sequence[float], of: Sequence[float]) -> Spread:
    """Shares, run by run; 0 where nothing took time."""
    return Spread(tuple(one / all_ if all_ else 0.0 for one, all_ in zip(some, of, strict=True)))


def line_of(
    name: str, rows: Sequence[LayerRow], spread: Spread | None, bounds: Mapping[str, Bound]
) -> Line:
    """The rows of one module as one line."""
    seconds = [bounds[row.name].shown for row in rows] if bounds else [None]
    return Line(
        name=name,
        kind=rows[0].kind,
        cost=sum((row.cost for row in rows), Cost()),
        known=all(row.known for row in rows),
        spread=spread,
        bound=None if None in seconds else sum((s for s in seconds if s), Fraction(0)),
    )


def together(lines: Sequence[Line]) -> Line:
    """Lines of one kind added up; those that were timed give the time and its bound."""
    timed = [line for line in lines if line.spread is not None] or list(lines)
    bounds = [line.bound for line in timed]
    return Line(
        name=lines[0].kind,
        kind=lines[0].kind,
        cost=sum((line.cost for line in lines), Cost()),
        known=all(line.known for line in lines),
        spread=added([s for line in timed if (s := line.spread)]) if timed[0].spread else None,
        bound=None if None in bounds else sum((b for b in bounds if b), Fraction(0)),
    )
