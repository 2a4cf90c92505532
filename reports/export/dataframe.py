"""Rows and points as pandas frames, for notebooks and Parquet. The only file that needs pandas."""

import io
from typing import Any

import pandas

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.quantities import INT64_MAX
from reports.export.json_writer import layer_dict
from reports.model.report import LayerRow, ModelReport
from reports.model.sweep import Sweep
from reports.text.sweep import COSTS, axis_text, columns_of

COLUMNS = list(layer_dict(LayerRow("", "", (), (), "", Cost())))
COUNTS = ("groups", "calls", *COST_FIELDS, "flops")


def to_frame(report: ModelReport) -> pandas.DataFrame:
    """One line for each layer of ``report``, indexed by name. Counts are exact, NA where unknown.

    Columns: kind, inputs, output, kernel, stride, groups, calls, known, formula, params, macs,
    elementwise, activations, memory_access, flops. A column of counts is ``Int64``, or, if its sum
    would not fit, holds Python's integers.
    """
    rows = [layer_dict(row) for row in report.layers]
    frame = pandas.DataFrame(rows, columns=None if rows else COLUMNS, dtype=object)
    for name in COUNTS:
        frame[name] = exact([row[name] for row in rows])
    return frame.infer_objects().set_index("name")


def exact(counts: list[Any]) -> Any:
    """Whole numbers (``counts``) as a column that loses no digit. None becomes NA."""
    found = [pandas.NA if count is None else count for count in counts]
    known = [count for count in counts if count is not None]
    fits = all(isinstance(count, int) for count in known) and sum(known) <= INT64_MAX
    return pandas.array(found, dtype="Int64" if fits else object)


def sweep_frame(sweep: Sweep) -> pandas.DataFrame:
    """One line for each point of ``sweep``: its axes, the costs as in ``to_frame``, and unknown.

    An axis of numbers, words or booleans keeps its type. Other axes are text.
    """
    frame = pandas.DataFrame(index=range(len(sweep.points)))
    for index, name in enumerate(columns_of(sweep)):
        values = [point.setting[index] for point in sweep.points]
        if len({type(value) for value in values} - {int, float}) > 1 or not all(
            isinstance(value, (bool, int, float, str)) for value in values
        ):
            values = list(map(axis_text, values))
        frame[name] = values
    for name in COSTS:
        frame[name] = exact([getattr(point.cost, name) for point in sweep.points])
    frame["unknown"] = exact([point.unknown for point in sweep.points])
    return frame


def parquet(sweep: Sweep) -> bytes:
    """The frame of ``sweep`` as a Parquet file; needs pyarrow."""
    out = io.BytesIO()
    sweep_frame(sweep).to_parquet(out, engine="pyarrow", index=False)
    return out.getvalue()
