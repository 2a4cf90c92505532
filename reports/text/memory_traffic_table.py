"""Rows and groups with the bytes that they move, and their arithmetic intensity."""

from collections.abc import Iterable
from typing import Any

from formulas.bounds.roofline import intensity
from formulas.core.memory_traffic import Traffic, bytes_moved
from reports.model.report import LayerRow, ModelReport
from reports.model.totals import Group, known_figure
from reports.render import number_format as numbers
from reports.render.table import Column, Table

BYTES = (
    Column("macs", "integer"),
    Column("input bytes", "integer"),
    Column("output bytes", "integer"),
    Column("weight bytes", "integer"),
    Column("bytes", "integer"),
    Column("flops/byte", "decimal"),
)
LAYER = (Column("layer"), Column("kind"), Column("input", "shape"), Column("output", "shape"))


def traffic_of(item: LayerRow | Group, dtype: str | None) -> Traffic | None:
    """The bytes that a row or group moves.

    Parameters
    ----------
    item : LayerRow or Group
        The row or group.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    Traffic or None
        Bytes of inputs, outputs and weights; None if nothing is known.
    """
    moved = bytes_moved(item.moved, dtype)
    return moved if item.known or moved.total else None


def traffic_cells(item: LayerRow | Group, dtype: str | None) -> tuple[Any, ...]:
    """The cells of the columns ``BYTES``.

    Parameters
    ----------
    item : LayerRow or Group
        The row or group.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    tuple
        MACs, bytes, and FLOPs per byte (0 if nothing moves); unknown figures are None. A ratio of
        two lower bounds is unknown.
    """
    macs, moved = known_figure(item, "macs"), traffic_of(item, dtype)
    if moved is None:
        return (macs, None, None, None, None, None)
    ratio = intensity(2 * macs, moved.total or 1) if item.known else None
    return (macs, moved.inputs, moved.outputs, moved.weights, moved.total, ratio)


def traffic_table(rows: Iterable[LayerRow], dtype: str | None) -> Table:
    """One line a layer with its bytes.

    Parameters
    ----------
    rows : iterable of LayerRow
        The rows in the order of the lines.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    Table
        Amounts in bytes, arithmetic intensity in FLOPs per byte.
    """
    return Table(
        (*LAYER, *BYTES),
        [
            (
                row.name,
                row.kind,
                row.in_shapes[0] if row.in_shapes else None,
                row.out_shape,
                *traffic_cells(row, dtype),
            )
            for row in rows
        ],
    )


def group_traffic_table(name: str, groups: Iterable[Group], dtype: str | None) -> Table:
    """One line a group with its bytes.

    Parameters
    ----------
    name : str
        Title of the first column.
    groups : iterable of Group
        The groups in the order of the lines.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    Table
        Amounts in bytes, arithmetic intensity in FLOPs per byte.
    """
    columns = (Column(name), Column("rows", "integer"), *BYTES)
    cells = [(group.name, group.rows, *traffic_cells(group, dtype)) for group in groups]
    return Table(columns, cells)


def traffic_dict(item: LayerRow | Group, dtype: str | None) -> dict[str, Any]:
    """The bytes of a row or group for JSON.

    Parameters
    ----------
    item : LayerRow or Group
        The row or group.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    dict
        ``bytes`` and ``intensity`` (FLOPs per byte); unknown figures are None.
    """
    _, inputs, outputs, weights, total, ratio = traffic_cells(item, dtype)
    return {
        "bytes": {"inputs": inputs, "outputs": outputs, "weights": weights, "total": total},
        "intensity": float(ratio) if total and ratio is not None else None,
    }


def traffic_line(report: ModelReport, dtype: str | None) -> str:
    """The bytes of a model in one sentence.

    Parameters
    ----------
    report : ModelReport
        A report. Of a training step, the bytes are those of the forward pass.
    dtype : str, optional
        Data type of floating-point elements, such as ``"float16"``. None: their own types.

    Returns
    -------
    str
        The total, its parts, and the arithmetic intensity.
    """
    total = bytes_moved(report.moved, dtype)
    parts = " + ".join(
        f"{numbers.integer(part)} of {name}"
        for part, name in (
            (total.inputs, "inputs"),
            (total.outputs, "outputs"),
            (total.weights, "weights"),
        )
    )
    per = ""
    if report.complete and total.total:
        per = f"; {numbers.decimal(intensity(report.flops, total.total))} flops a byte"
    least = "" if report.complete else "at least "
    stored = f"as {dtype}" if dtype else "in their own types"
    what = "Bytes moved" if report.training is None else "Bytes moved, by the forward pass alone"
    return f"{what}: {least}{numbers.integer(total.total)} = {parts}, {stored}{per}."
