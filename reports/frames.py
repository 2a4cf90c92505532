"""Rows as pandas frames, for notebooks. The only file that needs pandas."""

from typing import Any

import pandas

from formulas.cost import COST_FIELDS, Cost
from formulas.quantities import INT64_MAX
from reports.report_json import layer_dict
from reports.rows import LayerRow, ModelReport

COLUMNS = list(layer_dict(LayerRow("", "", (), (), "", Cost())))
COUNTS = ("groups", "calls", *COST_FIELDS, "flops")


def to_frame(report: ModelReport) -> pandas.DataFrame:
    """One line a layer, indexed by its name; the counts are exact integers, NA where unknown.

    Columns: kind, inputs, output, kernel, stride, groups, calls, known, formula, params, macs,
    elementwise, activations, memory_access, flops. A column of counts is an ``Int64``, or, where
    its sum would not fit, holds Python's integers.
    """
    rows = [layer_dict(row) for row in report.layers]
    frame = pandas.DataFrame(rows, columns=None if rows else COLUMNS, dtype=object)
    for name in COUNTS:
        frame[name] = exact([row[name] for row in rows])
    return frame.infer_objects().set_index("name")


def exact(counts: list[Any]) -> Any:
    """Whole numbers as a column in which no digit is lost and what is missing is NA."""
    found = [pandas.NA if count is None else count for count in counts]
    known = [count for count in counts if count is not None]
    fits = all(isinstance(count, int) for count in known) and sum(known) <= INT64_MAX
    return pandas.array(found, dtype="Int64" if fits else object)
