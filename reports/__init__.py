"""Tables and pictures of costs: no torch, no model. pandas and tabulate load when used.

``rows`` is the contract (``LayerRow``, ``ModelReport``), ``verdict`` what a check found,
``totals`` adds up, ``numbers`` formats, ``tables`` and ``*_table`` arrange, ``writers`` write,
``report_text`` and ``report_json`` are the whole report, ``explanation`` one layer in words.
"""

from reports.bridge import Bridge, Step
from reports.explanation import explain
from reports.formula import Dimension, Formula
from reports.model_table import model_table
from reports.report_json import report_dict
from reports.report_text import report_text
from reports.rows import LayerRow, ModelReport, report_of, row_of
from reports.sweeps import Sweep
from reports.totals import by_block, by_kind
from reports.training import Training
from reports.verdict import Difference, Verdict, Witness

__all__ = [
    "Bridge",
    "Difference",
    "Dimension",
    "Formula",
    "LayerRow",
    "ModelReport",
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
