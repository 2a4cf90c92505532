"""The way to fvcore's numbers and to torch's own: ``check``'s witnesses, as steps."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import Any

import torch
from torch import nn

from complexity.witnesses import FVCORE, TORCH, ask
from formulas.layers import Recurrent
from reports.bridge import Bridge, begun, merged
from reports.rows import ModelReport

HALVED = "one for each MAC, not two"
PLAIN = "Attention was run as two products and a softmax, recurrent layers step by step."
FVCORE_SAYS = "fvcore counts one for each MAC and calls it flops."


def from_fvcore(report: ModelReport, model: nn.Module, inputs: Any, of: str) -> Bridge:
    """To ``FlopCountAnalysis``'s total, or ``parameter_count``'s."""
    said = begun(report, of, "fvcore", "params" if of == "params" else "flops")
    said["source"] = f"fvcore {version('fvcore')}"
    if of == "params":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its imports
            from fvcore.nn import parameter_count
        return Bridge(**said, measured=int(parameter_count(model)[""]))
    said["notes"] += (FVCORE_SAYS, *how_run(report))
    begins = [(HALVED, -report.macs)] if of == "flops" else []
    return witnessed(FVCORE, said, begins, report, model, inputs)


def from_torch(report: ModelReport, model: nn.Module, inputs: Any, of: str) -> Bridge:
    """To ``FlopCounterMode``'s total; torch's params are the elements of ``parameters()``."""
    said = begun(report, of, "torch", "params" if of == "params" else "flops")
    said["source"] = f"torch {torch.__version__}"
    if of == "params":
        return Bridge(**said, measured=sum(each.numel() for each in model.parameters()))
    said["notes"] += how_run(report)
    begins = [("2 for each MAC", report.macs)] if of == "macs" else []
    return witnessed(TORCH, said, begins, report, model, inputs)


def how_run(report: ModelReport) -> tuple[str, ...]:
    """What was done for the counters' sake, where it makes a difference to them."""
    fused = any(
        row.kind == "attention" or isinstance(row.layer, Recurrent) for row in report.layers
    )
    return (PLAIN,) if fused else ()


def witnessed(
    name: str,
    said: dict[str, Any],
    begins: list[tuple[str, int]],
    report: ModelReport,
    model: nn.Module,
    inputs: Any,
) -> Bridge:
    """The habits that a witness told, and the total that it gave."""
    (witness,) = ask(report, model, inputs, (name,))
    silence = f"{name} {witness.explained[0]}" if witness.counted is None else ""
    told = "not judged: "
    hidden = [why.removeprefix(told) for why in witness.explained if why.startswith(told)]
    return Bridge(
        **said,
        steps=merged([*begins, *witness.habits]),
        measured=witness.counted,
        silence=silence,
        reason="; ".join(hidden),
    )
