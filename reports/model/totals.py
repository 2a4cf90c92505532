"""Sums of rows: by kind, by block, or by any other name."""

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
    """Rows that belong together, and the sum of their costs."""

    name: str
    rows: int
    cost: Cost
    known: bool = True
    moved: Moved = field(default_factory=dict)


def known_figure(item: LayerRow | Group, field: str) -> Any:
    """One figure of a row or group.

    Parameters
    ----------
    item : LayerRow or Group
        The row or group.
    field : str
        A cost field.

    Returns
    -------
    int or None
        None, which tables write as unknown, if nothing is known.
    """
    value = getattr(item.cost, field)
    return value if item.known or value else None


def stated(item: LayerRow | Group, field: str) -> str:
    """One figure of a row or group as text. Params are stored, so they are always known.

    Parameters
    ----------
    item : LayerRow or Group
        The row or group.
    field : str
        A cost field.

    Returns
    -------
    str
        All digits, "at least" a number, or "unknown".
    """
    return bounded(getattr(item.cost, field), item.known or field == "params")


def bounded(value: int, known: bool) -> str:
    """An amount that may be a lower bound, as text.

    Parameters
    ----------
    value : int
        The amount.
    known : bool
        False if `value` is only a lower bound.

    Returns
    -------
    str
        A lower bound of 0 is "unknown".

    Examples
    --------
    >>> bounded(1000, True), bounded(1000, False), bounded(0, False)
    ('1,000', 'at least 1,000', 'unknown')
    """
    if known:
        return numbers.integer(value)
    return f"at least {numbers.integer(value)}" if value else UNKNOWN


def grouped(rows: Iterable[LayerRow], name_of: Callable[[LayerRow], str]) -> list[Group]:
    """The rows under each name.

    Parameters
    ----------
    rows : iterable of LayerRow
        The rows.
    name_of : callable
        Name of the group of a row.

    Returns
    -------
    list of Group
        In the order in which the names first appear.
    """
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
    """One group for each kind of layer in ``rows``."""
    return grouped(rows, lambda row: row.kind)


def by_block(rows: Iterable[LayerRow], depth: int = 1) -> list[Group]:
    """One group for each block.

    Parameters
    ----------
    rows : iterable of LayerRow
        The rows of a model.
    depth : int
        Number of leading names of a path that make a block, at least 1.

    Returns
    -------
    list of Group
        In the order of execution.

    Raises
    ------
    SizeError
        If `depth` is not an integer of at least 1.
    """
    names = quantity("depth", depth)
    return grouped(rows, lambda row: ".".join(row.name.split("#")[0].split(".")[:names]))
