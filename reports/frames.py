"""Rows as pandas frames, for notebooks. The only file that needs pandas."""

import pandas

from formulas.cost import Cost
from reports.report_json import layer_dict
from reports.rows import LayerRow, ModelReport

COLUMNS = list(layer_dict(LayerRow("", "", (), (), "", Cost())))


def to_frame(report: ModelReport) -> pandas.DataFrame:
    """One line a layer, indexed by its name; the counts are exact integers.

    Columns: kind, inputs, output, kernel, stride, groups, calls, known, formula, params, macs,
    elementwise, activations, memory_access, flops.
    """
    rows = [layer_dict(row) for row in report.layers]
    return pandas.DataFrame(rows, columns=None if rows else COLUMNS).set_index("name")
