"""Rows added up: by kind, by block, by whatever names them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from formulas.core.cost import Cost
from formulas.core.memory_traffic import Moved, added
from formulas.core.quantities import quantity
from reports.model.report import LayerRow
from reports.render import number_format as numbers
from reports.render.table import UNKNOWN


@dataclass(frozen=True)
class Group:
    """Rows that belong together, and their cost."""

    name: str
    rows: int
    cost: Cost
    known: bool = True
    moved: Moved = field(default_factory=dict)


def shown(item: LayerRow | Group, field: str) -> Any:
    """One figure of a row or group; None, which is written as unknown, where nothing is known."""
    value = getattr(item.cost, field)
    return value if item.known or value else None


def stated(item: LayerRow | Group, field: str) -> str:
    """One figure as a reader sees it: all digits, "at least" so many, or "unknown".

    Parameters are stored, not run: they are known of any operation.
    """
    return bounded(getattr(item.cost, field), item.known or field == "params")


def bounded(value: int, known: bool) -> str:
    """The same of an amount that is, or is not, all of it: at least 0 would tell nothing.

    >>> bounded(1000, True), bounded(1000, False), bounded(0, False)
    ('1,000', 'at least 1,000', 'unknown')
    """
    if known:
        return numbers.integer(value)
    return f"at least {numbers.integer(value)}" if value else UNKNOWN


def grouped(rows: Iterable[LayerRow], name_of: Callable[[LayerRow], str]) -> list[Group]:
    """The rows under each name, in the order in which the names first appear."""
    members: dict[str, list[LayerRow]] = {}
    for row in rows:
        members.setdefault(name_of(row), []).append(row)
    return [
        Group(
            name,
            len(found),
            sum((row.cost for row in found), Cost()),
            all(row.known for row in found),
            added(row.moved for row in found),
        )
        for name, found in members.items()
    ]


def by_kind(rows: Iterable[LayerRow]) -> list[Group]:
    """One group for each kind of layer."""
    return grouped(rows, lambda row: row.kind)


def by_block(rows: Iterable[LayerRow], depth: int = 1) -> list[Group]:
    """One group for each block: rows whose paths begin with the same ``depth`` names."""
    names = quantity("depth", depth)
    return grouped(rows, lambda row: ".".join(row.name.split("#")[0].split(".")[:names]))
