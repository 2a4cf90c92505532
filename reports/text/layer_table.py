"""One model's rows as a table: by layer, by kind or by block."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

from formulas.core.cost import COST_FIELDS
from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, quantity
from reports.model.report import LayerRow, ModelReport
from reports.model.totals import Group, by_block, by_kind, shown
from reports.render.table import Column, Table
from reports.text.memory_traffic_table import group_traffic_table, traffic_table

By = Literal["layer", "kind", "block"]
SORTS = ("name", *COST_FIELDS)

LAYER_COLUMNS = (
    Column("layer"),
    Column("kind"),
    Column("input", "shape"),
    Column("output", "shape"),
    Column("kernel", "shape"),
    Column("stride", "shape"),
    Column("groups"),
    Column("calls"),
    Column("formula"),
    Column("params", "integer"),
    Column("params %", "share"),
    Column("macs", "integer"),
    Column("macs %", "share"),
)
GROUP_COLUMNS = (
    Column("rows", "integer"),
    Column("params", "integer"),
    Column("params %", "share"),
    Column("macs", "integer"),
    Column("macs %", "share"),
    Column("elementwise", "integer"),
    Column("activations", "integer"),
    Column("memory access", "integer"),
)


def arranged(items: Iterable[Any], sort: str | None, top: int | None) -> list[Any]:
    """``items`` (rows or groups) sorted by a cost field, dearest first, or by name; the first
    ``top`` of them. Without ``sort`` they stay in the order of execution."""
    items = list(items)
    if sort is not None and sort not in SORTS:
        raise SizeError("sort", sort, f"must be one of {', '.join(SORTS)}")
    if sort == "name":
        items.sort(key=lambda item: item.name)
    elif sort is not None:
        items.sort(key=lambda item: getattr(item.cost, sort), reverse=True)
    return items if top is None else items[: quantity("top", top)]


def layer_table(report: ModelReport, *, sort: str | None = None, top: int | None = None) -> Table:
    """One row a layer. The columns "groups" and "calls" are left out where they tell nothing."""
    total = report.cost
    rows: Sequence[LayerRow] = arranged(report.layers, sort, top)
    table = Table(
        LAYER_COLUMNS,
        [
            (
                row.name,
                row.kind,
                row.in_shapes[0] if row.in_shapes else None,
                row.out_shape,
                row.kernel,
                row.stride,
                row.groups,
                row.calls,
                row.formula,
                row.params,
                (row.params, total.params),
                shown(row, "macs"),
                share_of(row, total.macs),
            )
            for row in rows
        ],
    )
    return without(table, "calls") if all(row.calls == 1 for row in rows) else table


def share_of(item: LayerRow | Group, total: Quantity) -> tuple[Quantity, Quantity] | None:
    """Part and whole of the MACs; None where the part is unknown."""
    macs = shown(item, "macs")
    return None if macs is None else (macs, total)


def without(table: Table, column: str) -> Table:
    """``table`` without one of its columns."""
    kept = [index for index, name in enumerate(table.header) if name != column]
    rows = [tuple(row[index] for index in kept) for row in table.rows]
    return Table(tuple(table.columns[index] for index in kept), rows)


def group_table(name: str, groups: Iterable[Group], report: ModelReport) -> Table:
    """One row a group: how many rows it holds, and its cost."""
    total = report.cost
    return Table(
        (Column(name), *GROUP_COLUMNS),
        [
            (
                group.name,
                group.rows,
                group.cost.params,
                (group.cost.params, total.params),
                shown(group, "macs"),
                share_of(group, total.macs),
                shown(group, "elementwise"),
                shown(group, "activations"),
                shown(group, "memory_access"),
            )
            for group in groups
        ],
    )


def table_by(
    report: ModelReport,
    by: By = "layer",
    *,
    depth: int = 1,
    sort: str | None = None,
    top: int | None = None,
    memory: bool = False,
    bytes_as: str | None = None,
) -> Table:
    """The table that a report shows; ``depth`` is how many names of a path make a block.

    With ``memory`` it has the bytes moved, of floating numbers ``bytes_as`` a data type.
    """
    if by == "layer":
        if memory:
            return traffic_table(arranged(report.layers, sort, top), bytes_as)
        return layer_table(report, sort=sort, top=top)
    groups: dict[str, Callable[[], list[Group]]] = {
        "kind": lambda: by_kind(report.layers),
        "block": lambda: by_block(report.layers, depth),
    }
    found = arranged(groups[by](), sort, top)
    if memory:
        return group_traffic_table(by, found, bytes_as)
    return group_table(by, found, report)
