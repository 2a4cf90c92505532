"""Formulas that a user registers for an operation or a module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn
from torch._ops import OpOverload, OpOverloadPacket

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.quantities import quantity

Formula = Callable[..., "int | Cost"]


class Registration:
    """A registered formula. ``remove()`` or the end of a ``with`` block undoes it."""

    def __init__(self, target: Any, before: Formula | None) -> None:
        self.target = target
        self.before = before

    def remove(self) -> None:
        """Restore the formula that the target had before, or none."""
        if self.before is None:
            REGISTERED.pop(self.target, None)
        else:
            REGISTERED[self.target] = self.before

    def __enter__(self) -> Registration:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


REGISTERED: dict[Any, Formula] = {}


def register(target: Any, formula: Formula) -> Registration:
    """Count a target by a formula from now on.

    Parameters
    ----------
    target : operator or nn.Module class
        An operator such as ``torch.ops.mylib.scan``, or a class whose instances become rows.
    formula : callable
        ``formula(output, *arguments)`` of an operator, ``formula(module, output, *inputs)`` of a
        module. Returns its MACs, or a whole ``Cost``.

    Returns
    -------
    Registration
        Undoes the registration, by ``remove()`` or as a context manager.

    Raises
    ------
    TypeError
        If `target` is of another type, or `formula` cannot be called.

    Examples
    --------
    >>> import torch
    >>> done = register(torch.ops.aten.cumsum, lambda out, x, dim: out.numel())
    >>> done.remove()
    """
    is_module = isinstance(target, type) and issubclass(target, nn.Module)
    if not is_module and not isinstance(target, (OpOverload, OpOverloadPacket)):
        raise TypeError(f"target={target!r} must be an operator of torch.ops or a Module class")
    if not callable(formula):
        raise TypeError(f"formula={formula!r} must be a function that returns MACs or a Cost")
    registration = Registration(target, REGISTERED.get(target))
    REGISTERED[target] = formula
    return registration


def registered_operator(func: Any) -> Formula | None:
    """Formula of an executed operator ``func``: of its overload, or of all overloads."""
    if not REGISTERED:
        return None
    return REGISTERED.get(func) or REGISTERED.get(func.overloadpacket)


def has_registered_operators() -> bool:
    """True if an operator, not only a module, has a registered formula."""
    return any(not isinstance(target, type) for target in REGISTERED)


def registered_module(module: nn.Module) -> Formula | None:
    """The formula of a module's class, or of the nearest base class that has one."""
    if not REGISTERED:
        return None
    return next((REGISTERED[base] for base in type(module).__mro__ if base in REGISTERED), None)


def as_cost(result: int | Cost) -> Cost:
    """A formula's result as a cost: a bare number is MACs."""
    cost = result if isinstance(result, Cost) else Cost(macs=result)
    for name in COST_FIELDS:
        quantity(f"a registered formula's {name}", getattr(cost, name), minimum=0)
    return cost
