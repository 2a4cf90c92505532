"""One model's rows as a table: by layer, by kind or by block."""

from collections.abc import Iterable

from formulas.core.quantities import Quantity
from reports.model.report import LayerRow, ModelReport
from reports.model.report_view import DEFAULT_VIEW, ReportView
from reports.model.totals import Group, by_block, by_kind, known_figure
from reports.render.table import Column, Table
from reports.render.titles import cost_column
from reports.text.memory_traffic_table import group_traffic_table, traffic_table

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
    cost_column("params"),
    Column("params %", "share"),
    cost_column("macs"),
    Column("macs %", "share"),
)
GROUP_COLUMNS = (
    Column("rows", "integer"),
    cost_column("params"),
    Column("params %", "share"),
    cost_column("macs"),
    Column("macs %", "share"),
    cost_column("elementwise"),
    cost_column("activations"),
    cost_column("memory_access"),
)


def layer_table(report: ModelReport, view: ReportView = DEFAULT_VIEW) -> Table:
    """One line a layer. The column "calls" is left out if every layer ran once.

    Parameters
    ----------
    report : ModelReport
        The report whose rows are shown. Shares are of its totals.
    view : ReportView
        Its `sort` and `top` arrange the rows.

    Returns
    -------
    Table
        Shape, settings, params (elements) and MACs of each layer.
    """
    total = report.cost
    rows = view.arrange(report.layers)
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
                known_figure(row, "macs"),
                share_of(row, total.macs),
            )
            for row in rows
        ],
    )
    return without(table, "calls") if all(row.calls == 1 for row in rows) else table


def share_of(item: LayerRow | Group, total: Quantity) -> tuple[Quantity, Quantity] | None:
    """The MACs of a row or group as a share.

    Parameters
    ----------
    item : LayerRow or Group
        The part.
    total : int
        MACs of the whole model.

    Returns
    -------
    tuple of int, or None
        Part and whole; None if the MACs of `item` are unknown.
    """
    macs = known_figure(item, "macs")
    return None if macs is None else (macs, total)


def without(table: Table, column: str) -> Table:
    """A table without one of its columns.

    Parameters
    ----------
    table : Table
        The table, which stays as it is.
    column : str
        Title of the column. A title that `table` lacks removes nothing.

    Returns
    -------
    Table
        The other columns in their order.
    """
    places = [index for index, name in enumerate(table.header) if name != column]
    rows = [tuple(row[index] for index in places) for row in table.rows]
    return Table(tuple(table.columns[index] for index in places), rows)


def group_table(name: str, groups: Iterable[Group], report: ModelReport) -> Table:
    """One line a group: how many rows it holds, and its cost.

    Parameters
    ----------
    name : str
        Title of the first column, ``"kind"`` or ``"block"``.
    groups : iterable of Group
        The groups in the order of the lines.
    report : ModelReport
        The report that they are of. Shares are of its totals.

    Returns
    -------
    Table
        Params and activations in elements, operations as counts; unknown figures are None.
    """
    total = report.cost
    return Table(
        (Column(name), *GROUP_COLUMNS),
        [
            (
                group.name,
                group.rows,
                group.cost.params,
                (group.cost.params, total.params),
                known_figure(group, "macs"),
                share_of(group, total.macs),
                known_figure(group, "elementwise"),
                known_figure(group, "activations"),
                known_figure(group, "memory_access"),
            )
            for group in groups
        ],
    )


def table_by(report: ModelReport, view: ReportView = DEFAULT_VIEW) -> Table:
    """The main table of a report.

    Parameters
    ----------
    report : ModelReport
        The report that is shown.
    view : ReportView
        Chooses layers, kinds or blocks, and arranges them; with its `memory` the table has the
        bytes moved instead of shares.

    Returns
    -------
    Table
        One line a layer, kind or block.
    """
    if view.by == "layer":
        if view.memory:
            return traffic_table(view.arrange(report.layers), view.bytes_as)
        return layer_table(report, view)
    groups = by_kind(report.layers) if view.by == "kind" else by_block(report.layers, view.depth)
    found = view.arrange(groups)
    if view.memory:
        return group_traffic_table(view.by, found, view.bytes_as)
    return group_table(view.by, found, report)
