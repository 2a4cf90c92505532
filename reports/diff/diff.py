"""Two reports held against each other: which layers came, went and changed, and the totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from formulas.core.cost import COST_FIELDS
from reports.diff.row_matching import aligned
from reports.export.json_writer import layer_dict
from reports.model.report import LayerRow, ModelReport
from reports.model.totals import known_figure

# What one asks of a whole model. ``unknown`` counts the runs of operations without a formula.
TOTALS = ("params", "macs", "flops", *COST_FIELDS[2:], "buffers", "unknown")
EXACT = ("params", "buffers", "unknown")  # whatever is unknown: what is stored is known
# What makes a layer what it is, beside its name and what it costs, and how a report calls it.
PROPERTIES = {
    "kind": "kind",
    "in_shapes": "input",
    "out_shape": "output",
    "kernel": "kernel",
    "stride": "stride",
    "groups": "groups",
    "calls": "calls",
    "known": "known",
}


def total(report: ModelReport, quantity: str) -> int:
    """One of ``TOTALS``; of a model with unknown operations a lower bound, if not ``EXACT``."""
    if quantity == "unknown":
        return sum(report.unknown.values())
    found: int = report.buffers if quantity == "buffers" else getattr(report.cost, quantity)
    return found


@dataclass(frozen=True)
class LayerChange:
    """What became of a layer: ``old`` is None where it was added, ``new`` where it was removed."""

    change: Literal["added", "removed", "changed", "moved"]
    old: LayerRow | None
    new: LayerRow | None

    @property
    def name(self) -> str:
        """The layer's name; both of one that moved."""
        names = [row.name for row in (self.old, self.new) if row is not None]
        return " -> ".join(dict.fromkeys(names))

    def figure(self, field: str) -> int | None:
        """By how much a cost field grew; None where one side is not known, as params always are."""
        old, new = (_figure(row, field) for row in (self.old, self.new))
        return None if old is None or new is None else new - old


def _figure(row: LayerRow | None, field: str) -> int | None:
    if row is None:
        return 0
    found: int | None = row.params if field in EXACT else known_figure(row, field)
    return found


@dataclass(frozen=True)
class Diff:
    """``new`` against ``old``; ``changes`` are sorted by the MACs that they make, largest first."""

    old: ModelReport
    new: ModelReport

    @cached_property
    def changes(self) -> tuple[LayerChange, ...]:
        found = changes(self.old.layers, self.new.layers, self._same)
        return tuple(sorted(found, key=_weight))

    @cached_property
    def _same(self) -> dict[int, int]:
        return aligned(self.old.layers, self.new.layers, _traits)

    @property
    def unchanged(self) -> int:
        """How many layers are as they were, ``renumbered`` ones among them."""
        return len(self.new.layers) - sum(each.new is not None for each in self.changes)

    @property
    def renumbered(self) -> list[tuple[str, str]]:
        """The old and the new name of layers that are as they were, but for a number."""
        pairs = ((self.old.layers[i], self.new.layers[j]) for j, i in self._same.items())
        return [(a.name, b.name) for a, b in pairs if a.name != b.name and _nature(a) == _nature(b)]

    @property
    def grown_unknown(self) -> dict[str, tuple[int, int]]:
        """Operations without a formula that run more often than they did: before and now."""
        old, new = self.old.unknown, self.new.unknown
        return {name: (old.get(name, 0), n) for name, n in new.items() if n > old.get(name, 0)}

    @property
    def changed_unknown(self) -> list[str]:
        """Layers without a formula that were added or changed: nobody knows by how much."""
        new = [each.new for each in self.changes if each.change in ("added", "changed")]
        return [row.name for row in new if row is not None and not row.known]


def _weight(change: LayerChange) -> tuple[bool, int, int]:
    """What is unknown first, then by MACs, then by params."""
    macs, params = change.figure("macs"), change.figure("params")
    return (macs is not None, -abs(macs or 0), -abs(params or 0))


def changes(
    old: Sequence[LayerRow], new: Sequence[LayerRow], same: Mapping[int, int]
) -> list[LayerChange]:
    """What became of each layer that is not as it was; ``same`` is which of ``new`` was which.

    One that is gone and one that is new are the same layer, moved, where nothing but the name
    differs; the first with the first.
    """
    kept = set(same.values())
    gone: dict[Any, list[LayerRow]] = {}
    for index, row in enumerate(old):
        if index not in kept:
            gone.setdefault(_nature(row), []).append(row)
    found = []
    for index, row in enumerate(new):
        if index not in same:
            alike = gone.get(_nature(row))
            was = alike.pop(0) if alike else None
            found.append(LayerChange("moved" if was else "added", was, row))
        elif _nature(old[same[index]]) != _nature(row):
            found.append(LayerChange("changed", old[same[index]], row))
    return found + [LayerChange("removed", row, None) for rows in gone.values() for row in rows]


def _traits(row: LayerRow) -> tuple[Any, ...]:
    """What makes two layers alike: the kind, then all but the sizes that it is given."""
    return (row.kind, (row.kind, row.kernel, row.stride, row.groups, row.params), _nature(row))


def _nature(row: LayerRow) -> tuple[Any, ...]:
    return (row.cost, *(getattr(row, name) for name in PROPERTIES))


def diff_dict(diff: Diff) -> dict[str, Any]:
    """The whole difference as plain dicts and lists; a change that nobody knows is null."""

    def about(report: ModelReport) -> dict[str, Any]:
        return {
            "model": report.name,
            "options": dict(report.options),
            "inputs": report.input_shapes,
            "convention": report.convention,
            "complete": report.complete,
            "unknown": dict(report.unknown),
            **{name: total(report, name) for name in TOTALS if name != "unknown"},
        }

    def layer(row: LayerRow | None) -> dict[str, Any] | None:
        return None if row is None else layer_dict(row)

    return {
        "schema": "complexity-diff/1",
        "old": about(diff.old),
        "new": about(diff.new),
        "changes": {name: total(diff.new, name) - total(diff.old, name) for name in TOTALS},
        "unchanged": diff.unchanged,
        "renumbered": [{"old": old, "new": new} for old, new in diff.renumbered],
        "layers": [
            {"change": each.change, "old": layer(each.old), "new": layer(each.new)}
            for each in diff.changes
        ],
    }
