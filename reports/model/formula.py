"""The cost of a model as exact expressions in its sizes: the contract of ``complexity.derive``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf, lcm
from numbers import Real
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity
from formulas.symbolic.polynomial import Polynomial, exact
from reports.model.report import ModelReport
from reports.model.totals import by_kind
from reports.model.views import text_view

FIELDS = ("params", "macs", "flops", "elementwise", "activations", "memory_access")


@dataclass(frozen=True)
class Dimension:
    """A size that is left open, and the values at which the expressions hold.

    ``least`` and ``most`` bound it (``most`` is None without a known limit). Values are ``start``
    plus multiples of ``step``. ``why`` are the reasons of the bounds, ``tried`` the largest value
    that was compared (None if a proof needs no trial).
    """

    name: str
    meaning: str
    least: Any = 1
    most: int | None = None
    step: int | Fraction = 1
    start: int = 0
    why: tuple[str, ...] = ()
    tried: int | None = None

    @property
    def rule(self) -> str:
        """The values in words: ``"r a multiple of 32, r >= 64"``, ``"1 <= S <= 1024"``."""
        if self.most is None:
            bound = f"{self.name} >= {self.least}"
        else:
            bound = f"{self.least} <= {self.name} <= {self.most}"
        if isinstance(self.step, int) and self.step == 1:
            return bound
        kind = "whole number" if self.step == 1 else f"multiple of {self.step}"
        rest = f" plus {self.start}" if self.start else ""
        bound = "" if self.most is None and self.least == self.step else f", {bound}"
        return f"{self.name} a {kind}{rest}{bound}"

    def holds(self, value: Any) -> bool:
        """True if the expressions hold at ``value``."""
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or value != value or value in (inf, -inf):
            return False
        within = value >= self.least and (self.most is None or value <= self.most)
        return within and (Fraction(value) - self.start) % self.step == 0

    def refuse(self, value: Any) -> None:
        """Raise ``SizeError`` if the expressions are not known to hold at ``value``."""
        if not self.holds(value):
            raise SizeError(self.name, value, f"is outside the range that was derived: {self.rule}")


@dataclass(frozen=True, repr=False)
class Formula:
    """Expressions for the cost of one model: ``formula.macs``, ``formula.params``, ...

    Each expression is a ``Polynomial`` with ``str()``, ``to_latex()``, ``to_sympy()`` and
    ``to_python()``; a call returns its value: ``formula.macs(N=2, S=128)``. ``report`` holds the
    rows, with costs in symbols. ``fixed`` names the sizes that could not be left open, each with
    the reason. ``verified`` lists sizes that were not used to derive the expressions and at which
    they equal the counts. ``formula.at(N=2, S=128)`` is the whole ``Cost`` at these sizes.
    """

    report: ModelReport
    dimensions: tuple[Dimension, ...]
    fixed: Mapping[str, str] = field(default_factory=dict)
    verified: tuple[Mapping[str, Any], ...] = ()
    against: str = "traced counts"
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.report.name

    @property
    def convention(self) -> str:
        return self.report.convention

    @property
    def cost(self) -> Cost:
        return self.report.cost

    @property
    def params(self) -> Any:
        return expression(self.cost.params)

    @property
    def macs(self) -> Any:
        return expression(self.cost.macs)

    @property
    def flops(self) -> Any:
        return expression(self.cost.flops)

    @property
    def elementwise(self) -> Any:
        return expression(self.cost.elementwise)

    @property
    def activations(self) -> Any:
        return expression(self.cost.activations)

    @property
    def memory_access(self) -> Any:
        return expression(self.cost.memory_access)

    @property
    def simple(self) -> tuple[Cost, int]:
        """The totals without floors, and the step: they hold where sizes are its multiples."""
        found, step = {}, 1
        for each in COST_FIELDS:
            found[each], own = expression(getattr(self.cost, each)).on_multiples()
            step = lcm(step, own)
        return Cost(**found), step

    def at(self, **sizes: Any) -> Cost:
        """The exact cost at ``sizes``. Raises ``SizeError`` where the formula does not hold."""
        names = [dimension.name for dimension in self.dimensions]
        for name, value in sizes.items():
            if name not in names:
                raise SizeError(name, value, f"is not open here: choose from {', '.join(names)}")
        for dimension in self.dimensions:
            if dimension.name not in sizes:
                raise SizeError(dimension.name, None, f"must be given: {dimension.meaning}")
            dimension.refuse(sizes[dimension.name])
        return value_of(self.cost, sizes)

    def by(self, what: str) -> list[tuple[str, Cost]]:
        """Names and costs. ``what`` is ``"total"``, ``"kind"`` or ``"layer"``."""
        if what == "total":
            return [("total", self.cost)]
        if what == "kind":
            return [(group.name, group.cost) for group in by_kind(self.report.layers)]
        return [(row.name, row.cost) for row in self.report.layers]

    def __repr__(self) -> str:
        names = ", ".join(dimension.name for dimension in self.dimensions)
        return f"<Formula {self.name}({names}): macs = {self.macs}>"

    def __str__(self) -> str:
        return text_view("formula text", self)

    def _repr_latex_(self) -> str:
        return text_view("formula latex", self)


def expression(value: Quantity) -> Polynomial:
    """``value`` as a polynomial, also if it is a constant."""
    return value if isinstance(value, Polynomial) else Polynomial({(): value} if value else {})


def value_of(cost: Cost, sizes: Mapping[str, Any]) -> Cost:
    """The value of a cost in symbols.

    Parameters
    ----------
    cost : Cost
        Fields are polynomials or integers.
    sizes : mapping of str to number
        Value of each symbol. A float is taken exactly.

    Returns
    -------
    Cost
        Exact integers.
    """
    exactly = {name: Fraction(v) if isinstance(v, float) else v for name, v in sizes.items()}
    return Cost(*(exact(expression(getattr(cost, each)).value(exactly)) for each in COST_FIELDS))
