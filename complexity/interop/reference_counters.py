"""Two outside counters, asked for their totals; their habits are named, not waved through."""

import logging
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from complexity.closed_form.rows import REGISTERED_FORMULA
from complexity.errors import in_short
from complexity.interop.fvcore_rules import (
    DROPPED,
    Flat,
    Habit,
    Whole,
    fvcore_habits,
    hidden_in,
    watch,
)
from complexity.tracing import WAYS, arguments_of
from complexity.tracing.isolation.isolate import borrowed
from complexity.tracing.torch_state.unfused_kernels import plain_kernels
from formulas.layers import Recurrent
from reports.model.report import LayerRow, ModelReport
from reports.model.verdict import Witness
from reports.render.number_format import integer

FVCORE, TORCH = "fvcore", "torch FlopCounterMode"

# Operators and kinds of rows whose MACs an outsider has no rule for.
TORCH_MISSES = (
    "mv",
    "addmv",
    "dot",
    "vdot",
    "addbmm",
    "addr",
    "outer",
    "einsum",
    "linalg_vecdot",
    "bilinear",
    "_trilinear",
    "_addmm_activation",
    "_int_mm",
    "_grouped_mm",
    "_scaled_grouped_mm",
    "linear",
    "linear_dynamic",
    "linear_relu_dynamic",
    "deform_conv2d",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_fused_attention_overrideable",
)
FVCORE_MISSES = (
    *(name for name in TORCH_MISSES if name != "einsum"),  # fvcore has a rule of its own
    "attention",
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_cudnn_attention",
    "lstm",
    "gru",
    "rnn",
    "baddbmm",
    "_scaled_mm",
)


class Untracked(nullcontext[None]):
    """In place of torch's tracker of modules, which fails on modules that are given parameters."""

    parents = ("Global",)


def torch_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """torch's ``FlopCounterMode``: two FLOPs for each MAC that it has a rule for."""
    counted = flops_by_torch(model, *arguments_of(inputs))
    less = torch_habits(report)
    return Witness(
        TORCH,
        expected=2 * report.macs + sum(figure for _, figure in less),
        counted=counted,
        explained=("2 for each MAC", *map(line, less), *not_theirs(report)),
        judged=not not_theirs(report),
        habits=tuple(less),
    )


def flops_by_torch(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """``FlopCounterMode``'s total; its tracker of modules is not used."""
    counter = FlopCounterMode(display=False)
    counter.mod_tracker = Untracked()  # type: ignore[assignment]
    with counter:
        model(*args, **kwargs)
    return counter.get_total_flops()


def fvcore_witness(report: ModelReport, model: nn.Module, inputs: Any) -> Witness:
    """fvcore: one for each MAC that it has a rule for, and some for other work.

    Where that is not what our rows tell, it is asked again with every result in use: what it then
    finds more, torch.jit has dropped, and our rows must tell that greater total.
    """
    told = counted, beyond, hidden = told_by_fvcore(Flat(model, inputs))
    habits = habits_of_fvcore(report)
    rows = report.macs + sum(figure for _, figure in habits)
    if counted != rows + beyond.total() and not hidden:
        with suppress(Exception):  # it may fail in any way; nothing is known of drops then
            told = told_by_fvcore(Whole(model, inputs))
    whole, beyond, _ = told
    found = (*beyond.items(), (DROPPED, counted - whole))
    habits += [(why, figure) for why, figure in found if figure]
    hidden += not_theirs(report)
    return Witness(
        FVCORE,
        expected=report.macs + sum(figure for _, figure in habits),
        counted=counted,
        explained=(*map(line, habits), *hidden),
        judged=not hidden,
        habits=tuple(habits),
    )


def told_by_fvcore(flat: Flat) -> tuple[int, Counter[str], tuple[str, ...]]:
    """fvcore's total, what of it watched nodes make beyond ours, and what it cannot look into."""
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports and of torch.jit, which it traces with
        counter = quiet_fvcore(flat, flat.tensors)
        beyond = watch(counter)
        counted = int(counter.total())
    hidden = tuple(f"not judged: it cannot look into {name}" for name in hidden_in(counter))
    return counted, beyond, hidden


def quiet_fvcore(model: nn.Module, tensors: tuple[Tensor, ...]) -> Any:
    """fvcore's counter of a model; it says nothing of what it does not know."""
    from fvcore.nn import FlopCountAnalysis

    counter = FlopCountAnalysis(model, tensors)
    counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return counter.tracer_warnings("none")


def torch_habits(report: ModelReport) -> list[Habit]:
    """What torch's counter leaves out of two FLOPs for each MAC."""
    return [(why, -2 * figure) for why, figure in misses(report, TORCH_MISSES)]


def habits_of_fvcore(report: ModelReport) -> list[Habit]:
    """What fvcore adds to our MACs and leaves out of them, as far as rows tell."""
    left_out = [(why, -figure) for why, figure in misses(report, FVCORE_MISSES)]
    return [*fvcore_habits(report), *left_out]


def line(habit: Habit) -> str:
    """``+ 924: two per batch-norm element``."""
    why, figure = habit
    return f"{'+' if figure > 0 else '-'} {integer(abs(figure))}: {why}"


def misses(report: ModelReport, kinds: Iterable[str]) -> list[Habit]:
    """What an outsider leaves out of these rows, a kind at a time; complex products at the end."""
    left_out, simple = dict.fromkeys(kinds, 0), 0
    for row in report.layers:
        kind = known_as(row)
        kind = kind if kind in left_out or kind == "einsum" else row.kind
        if kind in left_out and not is_step(row):
            left_out[kind] += row.macs
        elif getattr(row.layer, "is_complex", False):
            simple += row.macs - row.macs // 4
    habits = [(f"{kind} not counted", figure) for kind, figure in left_out.items() if figure]
    return [*habits, *[("complex products counted as one, not four", simple)] * bool(simple)]


def known_as(row: LayerRow) -> str:
    """The operator that a row is to an outsider: of a product with a vector, torch's own."""
    if row.operation == "linear" and row.layer is not None:
        return "addmm"
    if row.operation == "matmul" and len(row.in_shapes[1]) == 1:
        return "dot" if len(row.in_shapes[0]) == 1 else "mv"
    return row.operation


def is_step(row: LayerRow) -> bool:
    """Whether a row is one recurrent step, whose products torch.jit shows, unlike a layer's."""
    return isinstance(row.layer, Recurrent) and row.layer.is_cell


def not_theirs(report: ModelReport) -> tuple[str, ...]:
    """Why no outsider can be judged: some rows follow formulas that were registered here."""
    kinds = {row.kind for row in report.layers if row.formula == REGISTERED_FORMULA}
    return (f"not judged: registered here for {', '.join(sorted(kinds))}",) if kinds else ()


HABITS = {FVCORE: habits_of_fvcore, TORCH: torch_habits}
WITNESSES: dict[str, tuple[Callable[[ModelReport, nn.Module, Any], Witness], str]] = {
    FVCORE: (fvcore_witness, "cpu"),
    TORCH: (torch_witness, "meta"),
}


def ask(
    report: ModelReport, model: nn.Module, inputs: Any, names: Iterable[str] = (FVCORE, TORCH)
) -> tuple[Witness, ...]:
    """Every outside counter's total for ``model``; why, where one could not run it.

    fvcore runs the model as it is: it traces with torch.jit, which takes no strided convolution
    on the meta device. torch's counter runs where our trace ran, and in the same way.
    """
    traced_on = report.verdict.traced_on if report.verdict else "cpu"
    return tuple(
        _answer(name, report, model, inputs, WITNESSES[name][1] if traced_on == "meta" else "cpu")
        for name in names
    )


def _answer(name: str, report: ModelReport, model: nn.Module, inputs: Any, where: str) -> Witness:
    """What one counter says; the first way to run on that device that works is taken."""
    reason = ""
    for device, default in WAYS:
        if device != where:
            continue
        with (
            plain_kernels(fast_convolutions=name == FVCORE),
            borrowed(model, device, inputs) as fed,
            torch.device(device) if default else nullcontext(),
            torch.no_grad(),
        ):
            try:
                return WITNESSES[name][0](report, model, fed)
            except Exception as error:  # an outsider may fail in any way; that is its answer
                reason = f"could not run: {in_short(error)}"
    return Witness(name, report.macs, None, (reason,), habits=tuple(HABITS[name](report)))
