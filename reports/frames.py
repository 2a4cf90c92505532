"""Rows as pandas frames, for notebooks. The only file that needs pandas."""

import pandas

from reports.report_json import layer_dict
from reports.rows import ModelReport


def to_frame(report: ModelReport) -> pandas.DataFrame:
    """One line a layer, indexed by its name; the counts are exact integers.

    Columns: kind, inputs, output, kernel, stride, groups, calls, formula, params, macs,
    elementwise, activations, memory_access, flops.
    """
    frame = pandas.DataFrame([layer_dict(row) for row in report.layers])
    return frame.set_index("name")
