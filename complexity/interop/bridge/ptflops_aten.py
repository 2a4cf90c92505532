"""ptflops's rules with ``backend="aten"``, as in ptflops 0.7.5 (``ptflops/aten_ops.py``).

It sees torch's operators, knows the products of matrices and the convolutions among them, and
counts what these add as biases. The batch is not divided.
"""

from __future__ import annotations

from functools import partial

from torch import nn

from complexity.interop.bridge.call_trace import Executed, Seen
from complexity.interop.bridge.counter_rules import (
    COMPLEX,
    MACS,
    OTHERWISE,
    Habits,
    Parts,
    Steps,
    size,
)
from complexity.interop.bridge.ptflops import params_of, run, written
from complexity.tracing.recording.records import TensorShape
from reports.model.report import ModelReport

BIASES = "biases: one for each output element"
MISSED = "{}: an operator that it does not know"


def _product(call: Executed) -> Parts:
    left, right = call.args
    return {MACS: size(left) * right[-1]}


def _product_plus(call: Executed) -> Parts:
    """A bias is one for each output element."""
    _, (rows, sides), (_, columns) = call.args[:3]
    return {MACS: rows * sides * columns, BIASES: rows * columns}


def _convolution(call: Executed) -> Parts:
    x, weight, bias, *_ = call.args
    transposed = call.args[6]
    macs = x[0] * size(weight) * size((x if transposed else call.output)[2:])
    return {MACS: macs, BIASES: 0 if bias is None else x[0] * size(call.output[1:])}


RULES = {
    "mm": _product,
    "bmm": _product,
    "matmul": _product,
    "addmm": _product_plus,
    "convolution": _convolution,
    "_convolution": _convolution,
}


def is_complex(call: Executed) -> bool:
    """Whether it multiplies complex numbers."""
    shapes = [each for each in call.args if isinstance(each, TensorShape)]
    return any(each.dtype.is_complex for each in shapes)


def steps_of(report: ModelReport, model: nn.Module, seen: Seen) -> Steps:
    """Operator by operator; an operator in which our own rules see no MACs is no step here."""
    steps: Steps = []
    for call in seen.executed:
        if call.name not in RULES:
            steps.append((MISSED.format(call.name), -call.macs))
            continue
        for why, figure in RULES[call.name](call).items():
            if why == MACS:
                words = COMPLEX if is_complex(call) else OTHERWISE.format(call.name)
                steps.append((words, figure - call.macs))
            else:
                steps.append((why, figure))
    return steps


PTFLOPS_ATEN = Habits(
    "ptflops-aten",
    "ptflops",
    "macs",
    steps_of,
    params_of,
    partial(run, backend="aten"),
    partial(written, backend="aten"),
    operators=True,
    grad=True,
)
