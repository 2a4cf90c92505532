"""The way to fvcore's numbers and to torch's own: ``check``'s witnesses, as steps."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor, nn

from complexity.errors import ModelError, in_short
from complexity.interop.bridge.call_text import given, on_cpu
from complexity.interop.bridge.counter_rules import Steps
from complexity.interop.bridge.fused_kernels import plainly
from complexity.interop.bridge.hidden_macs import hidden_steps
from complexity.interop.bridge.hook_counters import lent, silenced
from complexity.interop.fvcore_rules import Flat
from complexity.interop.reference_counters import (
    FVCORE,
    TORCH,
    ask,
    flops_by_torch,
    quiet_fvcore,
)
from complexity.tracing import Arguments, arguments_of, must_fit
from reports.model.bridge import Bridge, bridge_fields, merge_steps
from reports.model.report import ModelReport

HALVED = "one for each MAC, not two"
FVCORE_SAYS = "fvcore counts one for each MAC and calls it flops."
WRAPPED = "FlopCountAnalysis(wrapper, tensors).total(), the wrapper passing no more than tensors on"
Count = Callable[[nn.Module, Any], tuple[int, str]]


def from_fvcore(report: ModelReport, model: nn.Module, inputs: Any, of: str) -> Bridge:
    """To ``FlopCountAnalysis``'s total, or ``parameter_count``'s."""
    said = bridge_fields(report, of, "fvcore", "params" if of == "params" else "flops")
    said["source"] = f"fvcore {version('fvcore')}"
    if of == "params":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its imports
            from fvcore.nn import parameter_count
        counted = int(parameter_count(model)[""])
        return Bridge(**said, measured=counted, call='parameter_count(model)[""]')
    said["notes"] += (FVCORE_SAYS,)
    begins = [(HALVED, -report.macs)] if of == "flops" else []
    return witnessed(FVCORE, fvcore_plainly, said, begins, report, model, inputs)


def from_torch(report: ModelReport, model: nn.Module, inputs: Any, of: str) -> Bridge:
    """To ``FlopCounterMode``'s total; torch's params are the elements of ``parameters()``."""
    said = bridge_fields(report, of, "torch", "params" if of == "params" else "flops")
    said["source"] = f"torch {torch.__version__.partition('+')[0]}"
    if of == "params":
        counted = sum(each.numel() for each in model.parameters())
        return Bridge(**said, measured=counted, call="sum(p.numel() for p in model.parameters())")
    begins = [("2 for each MAC", report.macs)] if of == "macs" else []
    return witnessed(TORCH, torch_plainly, said, begins, report, model, inputs)


def torch_plainly(model: nn.Module, inputs: Any) -> tuple[int, str]:
    """``FlopCounterMode``'s total and the call."""
    return flops_by_torch(model, *inputs), f"with FlopCounterMode(): model({given(*inputs)})"


def fvcore_plainly(model: nn.Module, inputs: Any) -> tuple[int, str]:
    """``FlopCountAnalysis``'s total and the call; a wrapper where it wants tensors alone."""
    args, kwargs = inputs
    if not kwargs and all(isinstance(each, Tensor) for each in args):
        with contextlib.suppress(Exception):  # what it returns may be no tensors either
            named = given(args, {})
            return int(quiet_fvcore(model, args).total()), (
                f"FlopCountAnalysis(model, {named if len(args) == 1 else f'({named})'}).total()"
            )
    flat = Flat(model, Arguments(*args, **kwargs))
    return int(quiet_fvcore(flat, flat.tensors).total()), WRAPPED


def witnessed(
    name: str,
    count: Count,
    said: dict[str, Any],
    begins: Steps,
    report: ModelReport,
    model: nn.Module,
    inputs: Any,
) -> Bridge:
    """The habits that a witness told, what fused kernels change, and the total of a plain call."""
    (witness,) = ask(report, model, inputs, (name,))
    told = "not judged: "
    hidden = [why.removeprefix(told) for why in witness.explained if why.startswith(told)]
    calls: list[str] = []

    def counted() -> int:
        with lent(model, arguments_of(inputs), grad=True) as fed:
            figure, call = count(model, fed)
        calls.append(on_cpu(call, model))
        return figure

    measured, fused, silence = None, [], ""
    try:
        must_fit(model, f"{said['to']} runs the model on the CPU")
        with silenced():
            measured, fused = plainly(counted, witness.counted)
            if name == FVCORE and hidden:
                with lent(model, arguments_of(inputs), grad=True) as (args, kwargs):
                    fused += hidden_steps(model, args, kwargs)
    except ModelError as error:
        silence = str(error)
    except Exception as error:  # it may fail in any way; that is its answer
        silence = f"{name} could not run: {in_short(error)}"
    return Bridge(
        **said,
        steps=merge_steps([*begins, *witness.habits, *fused]),
        measured=measured,
        silence=silence,
        call=calls[0] if measured is not None else "",
        reason="; ".join(hidden),
    )
