"""How the call is written that a counter was asked by, so that anyone can make it."""

from __future__ import annotations

from typing import Any

from torch import nn


def given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The inputs as a call names them: ``x``, or ``x1, x2, mask=mask``."""
    names = ["x"] if len(args) == 1 else [f"x{number}" for number in range(1, len(args) + 1)]
    return ", ".join([*names, *(f"{key}={key}" for key in kwargs)])


def on_cpu(call: str, model: nn.Module) -> str:
    """The whole of a call: where, and in which mode."""
    where = "meta device" if any(p.is_meta for p in model.parameters()) else "CPU"
    return f"{call}, after model.eval(), on the {where}"
