"""torchinfo's rules, as in torchinfo 1.8.0 (``torchinfo/layer_info.py``, ``model_statistics.py``).

It calls mult-adds, of each module without children that runs, the elements of ``weight`` and
``bias`` times the sides of its output: all but the channels for a class named like a convolution,
the first side alone for any other. Work without parameters it does not count.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from complexity.interop.bridge.call_text import given
from complexity.interop.bridge.call_trace import Seen, Visit
from complexity.interop.bridge.counter_rules import (
    MACS,
    Habits,
    Parts,
    Steps,
    held_by,
    is_unbatched,
    owners_of,
    size,
    steps_of_modules,
)
from formulas.core.quantities import Shape
from reports.model.report import ModelReport

BIASES = "biases, for each output position that it sees"
NORMED = "norms: their parameters once an image"
SCALES = "parameters of {}: times the first side of its output"
TRANSPOSED = "transposed convolutions at output size"
FIRST_SIDE = "{} at the first side of its output alone"
RECURRENT = "{} at the first two sides of its output"
PRUNED = "{} without the weights that are pruned"
NOT_SECOND = "{} at all sides of its output but the second"


def _is_convolution(module: nn.Module) -> bool:
    return "Conv" in type(module).__name__


def _first(output: Any) -> Shape:
    """The shape that it takes an output for: a tuple's first, a dict's last."""
    if isinstance(output, dict):
        output = list(output.values())[-1]
    while isinstance(output, (list, tuple)) and output and not isinstance(output[0], int):
        output = output[0]
    if isinstance(output, (list, tuple)):
        return tuple(output)
    data = getattr(output, "data", None)  # of a packed sequence
    return tuple(data.shape) if isinstance(data, Tensor) else ()


def _parts(visit: Visit, has_macs: bool) -> Parts:
    """A weight stands against our MACs where there are any; all else is its own step."""
    module, out = visit.module, _first(visit.output)
    found: Parts = {}
    for name, elements in _parameters(module):
        if name in ("weight", "bias"):
            times = size(out[:1] + out[2:]) if _is_convolution(module) else out[0]
        elif "weight" in name or "bias" in name:
            times = size(out[:2])
        else:
            continue
        why = BIASES if "bias" in name else MACS
        if not has_macs:
            normal = "Norm" in type(module).__name__
            why = NORMED if normal else SCALES.format(type(module).__name__)
        found[why] = found.get(why, 0) + times * elements
    return found


def _parameters(module: nn.Module) -> list[tuple[str, int]]:
    """Each parameter's name and elements; of a pruned one, those that are left."""
    found = []
    for name, parameter in module.named_parameters():
        short = name.removesuffix("_orig")
        mask = getattr(module, f"{short}_mask", None) if short != name else None
        found.append((name, parameter.numel()) if mask is None else (short, int(mask.sum())))
    return found


def _otherwise(visit: Visit) -> str:
    """Of a plain convolution or recurrent layer, and of what gives vectors, it says what we say."""
    module, out = visit.module, _first(visit.output)
    kind, own = type(module).__name__, type(module).__module__.startswith("torch.nn")
    if any(name.endswith("_orig") for name, _ in module.named_parameters()):
        return PRUNED.format(kind)
    if _is_convolution(module):
        if "Transpose" in kind:
            return TRANSPOSED
        return "" if own and not is_unbatched(visit) else NOT_SECOND.format(kind)
    if isinstance(module, (nn.RNNBase, nn.RNNCellBase)):
        return "" if len(out) == 3 else RECURRENT.format(kind)
    return "" if own and len(out) == 2 else FIRST_SIDE.format(kind)


def steps_of(report: ModelReport, model: nn.Module, seen: Seen) -> Steps:
    """Only modules without children count, each of their calls."""
    leaves = [visit for visit in seen.visits if _is_leaf(visit.module)]
    visited = dict.fromkeys((visit.module for visit in leaves), True)
    busy = {owner for row, owner in owners_of(report, model, visited) if owner and row.macs}
    counted: dict[nn.Module, Parts] = {}
    for visit in leaves:
        parts = _parts(visit, visit.module in busy)
        if parts:
            held = counted.setdefault(visit.module, {})
            for why, figure in parts.items():
                held[why] = held.get(why, 0) + figure
    return steps_of_modules(report, model, counted, seen, _otherwise)


def _is_leaf(module: nn.Module) -> bool:
    return not any(True for _ in module.children())


def params_of(model: nn.Module, seen: Seen) -> Steps:
    """All params; what several modules share, once for each that runs."""
    leaves = list(dict.fromkeys(v.module for v in seen.visits if _is_leaf(v.module)))
    (_, (why, again)) = held_by(model, leaves, "", "shared params counted once a module")
    return [(why, again)]


def run(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, int]:
    """What torchinfo itself says."""
    from torchinfo import summary

    found = summary(model, input_data=list(args), verbose=0, **kwargs)
    return found.total_mult_adds, found.total_params


def written(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    named = "".join(f", {key}={key}" for key in kwargs)
    return f"torchinfo.summary(model, input_data=[{given(args, {})}]{named})"


def limits(model: nn.Module, of: str) -> str:
    """Containers of a module in several places it counts anew, by the order of calls."""
    shared = len(list(model.modules())) < len(list(model.named_modules(remove_duplicate=False)))
    return "containers of shared modules, counted anew" if shared and of == "params" else ""


TORCHINFO = Habits("torchinfo", "torchinfo", "mult-adds", steps_of, params_of, run, written, limits)
