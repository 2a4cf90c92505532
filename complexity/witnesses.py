"""Two outside counters, asked for their totals; their habits are named, not waved through."""

import logging
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import FlopCounterMode

from complexity.tracing import arguments_of
from complexity.tracing.borrowing import borrowed, plain_kernels
from reports.numbers import integer
from reports.rows import LayerRow, ModelReport
from reports.verdict import Witness

FVCORE, TORCH = "fvcore", "torch FlopCounterMode"

# Kinds of rows whose MACs an outsider has no rule for.
TORCH_MISSES = (
    "mv",
    "addmv",
    "dot",
    "vdot",
    "addbmm",
    "addr",
    "outer",
    "bilinear",
    "_int_mm",
    "_grouped_mm",
    "linear_dynamic",
    "deform_conv2d",
)
FVCORE_MISSES = (*TORCH_MISSES, "attention", "lstm", "gru", "rnn", "baddbmm")

Habit = tuple[str, int]


def torch_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """torch's ``FlopCounterMode``: two FLOPs for each MAC that it has a rule for."""
    args, kwargs = arguments_of(inputs)
    with FlopCounterMode(display=False) as counter:
        model(*args, **kwargs)
    missed = misses(report, TORCH_MISSES)
    return Witness(
        TORCH,
        expected=2 * (report.macs - sum(figure for _, figure in missed)),
        counted=counter.get_total_flops(),
        explained=("2 for each MAC", *(f"- {integer(2 * n)}: {why}" for why, n in missed)),
    )


def fvcore_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """fvcore: one for each MAC that it has a rule for, and some for other work."""
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    args, kwargs = arguments_of(inputs)
    if kwargs:
        raise TypeError("it takes no keyword inputs")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports and of torch.jit, which it traces with
        from fvcore.nn import FlopCountAnalysis

        counter = FlopCountAnalysis(model, args)
        counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        counter.tracer_warnings("none")
        counted = int(counter.total())
    added, missed = fvcore_habits(report), misses(report, FVCORE_MISSES)
    more, less = sum(n for _, n in added), sum(n for _, n in missed)
    return Witness(
        FVCORE,
        expected=report.macs + more - less,
        counted=counted,
        explained=(
            *(f"+ {integer(n)}: {why}" for why, n in added),
            *(f"- {integer(n)}: {why}" for why, n in missed),
        ),
    )


def misses(report: ModelReport, kinds: Iterable[str]) -> list[Habit]:
    """What an outsider leaves out of these rows, a kind at a time."""
    habits = []
    for kind in kinds:
        figure = sum(row.macs for row in report.layers if kind in (row.kind, operation_of(row)))
        if figure:
            habits.append((f"{kind} not counted", figure))
    return habits


def operation_of(row: LayerRow) -> str:
    """The last name of a row's path: of an operation between layers, the operator's."""
    return row.name.split("#")[0].rsplit(".", 1)[-1]


def fvcore_habits(report: ModelReport) -> list[Habit]:
    """What fvcore adds to the MACs of these rows, each habit with its figure."""
    affine, plain, norms, averaged, resized = 0, 0, 0, 0, 0
    for row in report.layers:
        if row.kind == "batch_norm":
            scaled = reads_scale(row)
            affine += 2 * row.elementwise if scaled else 0
            plain += 0 if scaled else row.elementwise
        elif row.kind in ("layer_norm", "group_norm", "instance_norm"):
            scaled = row.memory_access > 2 * row.elementwise
            norms += (5 if scaled else 4) * row.elementwise
        elif row.kind == "adaptive_avg_pool" and len(row.out_shape) == 4:
            averaged += row.memory_access - row.elementwise
        elif row.kind == "interpolation":
            steps = {"upsample_nearest2d": 1, "upsample_bilinear2d": 4}
            resized += steps.get(operation_of(row), 0) * row.elementwise
    habits = [
        ("two per batch-norm element", affine),
        ("one per batch-norm element without weights", plain),
        ("five per layer-, group- or instance-norm element, four without weights", norms),
        ("one per adaptively averaged input element", averaged),
        ("one per nearest, four per bilinearly interpolated element", resized),
    ]
    return [(why, figure) for why, figure in habits if figure]


def reads_scale(row: LayerRow) -> bool:
    """Whether a batch norm scales and shifts: then it reads four numbers a channel, not two."""
    read = row.memory_access - 2 * row.elementwise
    return bool(read >= 4 * row.calls * row.out_shape[1])


WITNESSES: dict[str, tuple[Callable[[ModelReport, nn.Module, Any], Witness], str]] = {
    FVCORE: (fvcore_witness, "cpu"),
    TORCH: (torch_witness, "meta"),
}


def ask(report: ModelReport, model: nn.Module, inputs: Any) -> tuple[Witness, ...]:
    """Every outside counter's total for ``model``; why, where one could not run it.

    fvcore runs the model as it is: it traces with torch.jit, which takes no strided convolution
    on the meta device. torch's counter runs where our trace ran.
    """
    traced_on = report.verdict.traced_on if report.verdict else "cpu"
    answers = []
    for name, (witness, device) in WITNESSES.items():
        where = device if traced_on == "meta" else "cpu"

        def fed(value: Any, where: str = where) -> Any:
            if not isinstance(value, Tensor):
                return value
            return value.detach().to("meta") if where == "meta" else value.detach().clone()

        kernels = plain_kernels(fast_convolutions=name == FVCORE)
        with kernels, borrowed(model, where), torch.no_grad():
            try:
                answers.append(witness(report, model, tree_map(fed, inputs)))
            except Exception as error:  # an outsider may fail in any way; that is its answer
                words = str(error).strip().splitlines() or [""]
                reason = f"could not run: {type(error).__name__}: {words[0]}"
                answers.append(Witness(name, report.macs, None, (reason,)))
    return tuple(answers)
