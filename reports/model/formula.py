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
    """A size that is left open, and the values for which the expressions hold.

    ``least`` and ``most`` (None where no limit was met) bound it; ``step`` and ``start`` say that
    it is ``start`` plus a multiple of ``step``. ``why`` is where a bound comes from, ``tried`` the
    largest value that was compared (None where a proof needs no trial).
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
        """``"r a multiple of 32, r >= 64"``, ``"1 <= S <= 1024"``."""
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
        """Whether the expressions are said to hold for ``value``."""
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or value != value or value in (inf, -inf):
            return False
        within = value >= self.least and (self.most is None or value <= self.most)
        return within and (Fraction(value) - self.start) % self.step == 0

    def refuse(self, value: Any) -> None:
        """Raise ``SizeError`` where the expressions are not known to hold for ``value``."""
        if not self.holds(value):
            raise SizeError(self.name, value, f"is outside of what was derived: {self.rule}")


@dataclass(frozen=True, repr=False)
class Formula:
    """Expressions for the cost of one model: ``formula.macs``, ``formula.params``, ...

    Each is a ``Polynomial`` with ``str()``, ``to_latex()``, ``to_sympy()``, ``to_python()``, and is
    called for its value: ``formula.macs(N=2, S=128)``. ``report`` holds the rows, their costs in
    symbols. ``fixed`` names the sizes that could not be left open, each with the reason;
    ``verified`` lists sizes that the expressions were not derived from and were found equal at.
    ``formula.at(N=2, S=128)`` is the whole ``Cost`` there, and refuses what was not derived.
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
        """The totals without floors, and the step of which the sizes are multiples there."""
        found, step = {}, 1
        for each in COST_FIELDS:
            found[each], own = expression(getattr(self.cost, each)).on_multiples()
            step = lcm(step, own)
        return Cost(**found), step

    def at(self, **sizes: Any) -> Cost:
        """The exact cost at these sizes; raises ``SizeError`` outside of the validity."""
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
        """Names and costs: ``"total"``, ``"kind"`` or ``"layer"``."""
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
    """``value`` as a polynomial, constants too."""
    return value if isinstance(value, Polynomial) else Polynomial({(): value} if value else {})


def value_of(cost: Cost, sizes: Mapping[str, Any]) -> Cost:
    """A cost in symbols as a cost in numbers."""
    exactly = {name: Fraction(v) if isinstance(v, float) else v for name, v in sizes.items()}
    return Cost(*(exact(expression(getattr(cost, each)).value(exactly)) for each in COST_FIELDS))
