"""Two outside counters, asked for their totals; their habits are named, not waved through."""

import logging
import warnings
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from torch.utils._pytree import tree_map

from complexity.tracing import arguments_of
from complexity.tracing.borrowing import borrowed
from reports.numbers import integer
from reports.rows import ModelReport
from reports.verdict import Witness


def torch_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """torch's ``FlopCounterMode``: two FLOPs for each MAC, nothing else."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    args, kwargs = arguments_of(inputs)
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(*args, **kwargs)
    return Witness(
        "torch FlopCounterMode",
        expected=2 * report.macs,
        counted=counter.get_total_flops(),
        explained=("2 for each MAC",),
    )


def fvcore_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """fvcore: one for each MAC, 2 per normalised and 1 per adaptively averaged input element."""
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports and of torch.jit, which it traces with
        from fvcore.nn import FlopCountAnalysis

        counter = FlopCountAnalysis(model, arguments_of(inputs)[0])
        counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        counter.tracer_warnings("none")
        counted = int(counter.total())
    habits = fvcore_habits(report)
    return Witness(
        "fvcore",
        expected=report.macs + sum(figure for _, figure in habits),
        counted=counted,
        explained=tuple(f"+ {integer(figure)}: {why}" for why, figure in habits if figure),
    )


def fvcore_habits(report: ModelReport) -> list[tuple[str, int]]:
    """What fvcore adds to the MACs of these rows, each habit with its figure."""
    norms = [row for row in report.layers if row.kind == "batch_norm"]
    affine = sum(2 * row.elementwise for row in norms if row.params)
    plain = sum(row.elementwise for row in norms if not row.params)
    averaged = sum(
        row.memory_access - row.elementwise
        for row in report.layers
        if row.kind == "adaptive_avg_pool" and len(row.out_shape) == 4
    )
    return [
        ("two per batch-norm element", affine),
        ("one per batch-norm element without weights", plain),
        ("one per adaptively averaged input element", averaged),
    ]


WITNESSES: dict[str, Callable[[ModelReport, nn.Module, Any], Witness]] = {
    "fvcore": fvcore_witness,
    "torch FlopCounterMode": torch_witness,
}


def ask(report: ModelReport, model: nn.Module, inputs: Any) -> tuple[Witness, ...]:
    """Every outside counter's total for ``model``; why, where one could not run it.

    The model runs as it is, with real arithmetic unless it is on the meta device: fvcore
    traces with torch.jit, which takes no strided convolution there.
    """
    answers = []
    for name, witness in WITNESSES.items():
        with borrowed(model, "cpu"):
            fed = tree_map(lambda v: v.detach().clone() if isinstance(v, Tensor) else v, inputs)
            try:
                answers.append(witness(report, model, fed))
            except Exception as error:  # an outsider may fail in any way; that is its answer
                words = str(error).strip().splitlines() or [""]
                reason = f"could not run: {type(error).__name__}: {words[0]}"
                answers.append(Witness(name, report.macs, None, (reason,)))
    return tuple(answers)
