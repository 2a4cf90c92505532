"""What ptflops counts of functions that are called by name (``ptflops/pytorch_ops.py``).

It puts its own functions in the place of torch's while the model runs, so that ``F.relu(x)`` is
counted, and ``x @ y``, which calls no name, is not. A module that calls such a function is counted
by its own rule as well.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity.interop.bridge.call_trace import Spoken
from complexity.interop.bridge.counter_rules import MACS, size
from complexity.tracing.recording.records import TensorShape

POINTWISE = ("relu", "prelu", "elu", "relu6", "gelu", "silu", "softmax")
POOLING = tuple(
    f"{kind}_pool{dims}d"
    for kind in ("avg", "max", "adaptive_avg", "adaptive_max")
    for dims in (1, 2, 3)
)
RESIZING = ("upsample", "interpolate")
PRODUCTS = ("matmul", "mm", "bmm")
SUMMED = ("addmm", "baddbmm")
ELEMENTWISE = ("mul", "add")
FUNCTIONS: tuple[tuple[Any, str], ...] = (
    *((F, name) for name in (*POINTWISE, *POOLING, *RESIZING)),
    *((torch, name) for name in (*PRODUCTS, *SUMMED, *ELEMENTWISE)),
    *((torch.Tensor, name) for name in (*PRODUCTS, "addmm", *ELEMENTWISE)),
)
# Rows of ours that its rules for products speak of, where the model multiplies by itself.
KINDS = ("matmul",)

ACTIVATED = "activation functions: one for each element"
POOLED = "pooling functions: one for each input element"
RESIZED = "resizing functions: one for each output element"
ADDED = "torch.add and torch.mul: one for each element"
BIASED = "what addmm and baddbmm add: one for each element"
TWICE = "functions inside modules that it counts already"
BY_NAME = "products by another formula, or not called by name"


def spoken_parts(spoken: Spoken) -> dict[str, Any]:
    """What it counts of one call; of products the part that stands against MACs apart."""
    name, args, kwargs = spoken.name, spoken.args, spoken.kwargs
    given = args[0] if args else kwargs.get("input")
    if name in PRODUCTS:
        other = args[1] if len(args) > 1 else kwargs["other"]
        return {MACS: size(given) * other[-1]}
    if name in SUMMED:
        first, second = args[1], args[2]
        more = size(given) if kwargs.get("beta", 1) else 0
        return {MACS: size(first) * second[-1], BIASED: more}
    if name in ELEMENTWISE:
        return {ADDED: _broadcast(given, args[1] if len(args) > 1 else kwargs.get("other"))}
    if name in RESIZING:
        return {RESIZED: _resized(given, args, kwargs)}
    return {ACTIVATED if name in POINTWISE else POOLED: size(given)}


def _broadcast(left: Any, right: Any) -> int:
    """Elements of the result, sides compared from the first one on, not from the last."""
    shapes = [each for each in (left, right) if isinstance(each, TensorShape)]
    if not shapes:
        return 1
    sides = max(map(len, shapes))
    return size(max(s[side] if side < len(s) else 1 for s in shapes) for side in range(sides))


def _resized(given: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """By the size that is asked for, or by the factor, which may be no whole number."""
    wanted = args[1] if len(args) > 1 else kwargs.get("size")
    dims = len(given) - 2
    if wanted is not None:
        sides = size(wanted) if isinstance(wanted, (tuple, list)) else int(wanted) ** dims
        return sides * size(given[:2])
    factor = args[2] if len(args) > 2 else kwargs.get("scale_factor")
    if isinstance(factor, tuple) and len(factor) == dims:
        return size(given) * int(size(factor))
    return size(given) * factor**dims


def steps_of_functions(calls: list[Spoken], counted: dict[nn.Module, Any]) -> list[tuple[str, Any]]:
    """The steps that functions add, whether or not they run in a module that is counted."""
    steps: list[tuple[str, Any]] = []
    for call in calls:
        inside = any(module in counted for module in call.inside)
        for why, figure in spoken_parts(call).items():
            steps.append((TWICE if inside else why or BY_NAME, figure))
    return steps
