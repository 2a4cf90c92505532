"""Tables and pictures of costs: no torch, no model. pandas and tabulate load when used.

``rows`` is the contract (``LayerRow``, ``ModelReport``), ``verdict`` what a check found,
``totals`` adds up, ``numbers`` formats, ``tables`` and ``*_table`` arrange, ``writers`` write,
``report_text`` and ``report_json`` are the whole report, ``explanation`` one layer in words.
"""

from reports.export.json_writer import report_dict
from reports.model.bridge import Bridge, Step
from reports.model.formula import Dimension, Formula
from reports.model.report import LayerRow, ModelReport, report_of, row_of
from reports.model.report_view import ReportView
from reports.model.sweep import Sweep
from reports.model.totals import by_block, by_kind
from reports.model.training import Training
from reports.model.verdict import Difference, Verdict, Witness
from reports.text.explain import explain
from reports.text.model_table import model_table
from reports.text.report import report_text

__all__ = [
    "Bridge",
    "Difference",
    "Dimension",
    "Formula",
    "LayerRow",
    "ModelReport",
    "ReportView",
    "Step",
    "Sweep",
    "Training",
    "Verdict",
    "Witness",
    "by_block",
    "by_kind",
    "explain",
    "model_table",
    "report_dict",
    "report_of",
    "report_text",
    "row_of",
]
