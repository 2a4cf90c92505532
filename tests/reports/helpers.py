"""Rows and reports made by hand: the contract of ``reports`` needs no torch and no model.

Every figure is a prime of its own, so that no two columns can be swapped unseen.
"""

from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.memory_traffic import Traffic
from reports.model.report import LayerRow, ModelReport
from reports.model.training import Training
from reports.model.verdict import Difference, Verdict, Witness

HUGE = 2**61 - 1  # a prime beyond what a float or JavaScript's number keeps exact


def row(name: str, kind: str = "standard", **figures: Any) -> LayerRow:
    """A row of this name and kind; cost fields and other fields by keyword."""
    cost = Cost(**{field: figures.pop(field) for field in COST_FIELDS if field in figures})
    given: dict[str, Any] = {
        "in_shapes": ((2, 3, 11, 13),),
        "out_shape": (2, 5, 7, 17),
        "formula": "3 * 5",
        "moved": {"float32": Traffic(inputs=cost.memory_access)} if cost.memory_access else {},
    }
    return LayerRow(name=name, kind=kind, cost=cost, **{**given, **figures})


ROWS = (
    row("stem.conv", params=101, macs=HUGE, activations=103, memory_access=107,
        kernel=(3, 5), stride=(2, 1), groups=1),
    row("stem.bn", "batch_norm", params=109, elementwise=113, memory_access=127),
    row("body.0.conv", "depthwise", params=131, macs=137, elementwise=139, activations=149,
        memory_access=151, kernel=(3, 3), stride=(1, 1), groups=5),
    row("body.0.bn", "batch_norm", params=157, elementwise=163, memory_access=167),
    row("body.1.conv", "depthwise", params=173, macs=179, activations=181, memory_access=191),
    row("body.1.conv#2", "depthwise", macs=193, activations=197, memory_access=199, calls=3),
    row("head", "fc", params=211, macs=223, elementwise=227, activations=229, memory_access=233),
)  # fmt: skip

TOTALS = {
    "params": 882,
    "macs": HUGE + 732,
    "elementwise": 642,
    "activations": 859,
    "memory_access": 1175,
}


def made(**changes: Any) -> ModelReport:
    """The hand-made report; anything of it by keyword."""
    given: dict[str, Any] = {
        "name": "made",
        "layers": ROWS,
        "options": {"variant": "paper", "alpha": 0.5},
        "input_shapes": ((2, 3, 11, 13),),
        "buffers": 239,
    }
    return ModelReport(**{**given, **changes})


TRAINING = Training(Cost(macs=1193, elementwise=1201), trainable=211, unknown={"aten.odd": 3})
# Two operations without a formula: of the first nothing is known, of the second a part.
MYSTERIES = (
    row("fft", "fft_r2c", formula="unknown", known=False),
    row("svd", "svd", formula="unknown", known=False, macs=241, memory_access=251),
)
DIFFERENCE = Difference("body.0.conv", "macs", 137, 139, "trace", "kernel or groups are not so")
AGREES = Verdict(7, "meta")
DISAGREES = Verdict(7, "cpu", (DIFFERENCE,))
WITNESSES = (
    Witness("fvcore", 1009, 1009, ("+ 2: a habit",), habits=(("a habit", 2),)),
    Witness("torch", 1013, None, ("could not run: KeyError: x",)),
)
