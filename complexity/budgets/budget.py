"""Budgets: ``<=150M`` as a limit that a count meets or not; how much a count may grow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from formulas.core.errors import SizeError
from reports.diff.diff import EXACT, TOTALS, Diff, total
from reports.model.report import ModelReport
from reports.render import number_format as numbers

FACTORS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
FORM = re.compile(  # of at most 99 digits: a float, as which a fraction is shown, holds 308
    r"(<=|<)?\s*(\d{1,99}(?:\.\d{0,99})?|\.\d{1,99})(e\+?\d{1,2})?\s*([KMGT]?)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True)
class Budget:
    """The most that ``quantity`` may be; less than ``limit`` where it is ``strict``."""

    quantity: str
    limit: Fraction
    strict: bool = False

    @classmethod
    def of(cls, quantity: str, said: Any) -> Budget:
        """A budget as it is written, or a whole number.

        >>> Budget.of("macs", "<1.5M").met(1_500_000), Budget.of("macs", "1.5M").met(1_500_000)
        (False, True)
        """
        whole = isinstance(said, int) and not isinstance(said, bool) and said >= 0
        found = FORM.fullmatch(str(said).strip()) if whole or isinstance(said, str) else None
        if found is None:
            rule = "must be the most there may be, such as <=150M, <3e6 or 2.5G"
            raise SizeError(quantity, said, rule)
        sign, digits, exponent, unit = found.groups()
        limit = Fraction(digits + (exponent or "")) * FACTORS[unit.upper()]
        return cls(quantity, limit, sign == "<")

    def met(self, count: Any) -> bool:
        """Whether so many are within the budget: exact, however many."""
        return bool(count < self.limit if self.strict else count <= self.limit)

    def __str__(self) -> str:
        """``macs <= 150,000,000``."""
        limit = self.limit
        shown = numbers.integer(int(limit) if limit.denominator == 1 else float(limit))
        return f"{self.quantity} {'<' if self.strict else '<='} {shown}"


def budgets_of(said: str | Mapping[str, Any]) -> list[Budget]:
    """Budgets as they are written, one after the other, or by name; ``=`` is ``<=``.

    Each limits one of ``reports.diff.diff.TOTALS``. ``unknown`` counts the runs of operations
    without a formula. No total has two budgets.

    >>> [str(budget) for budget in budgets_of("macs<=600M, params<4.3M, unknown=0")]
    ['macs <= 600,000,000', 'params < 4,300,000', 'unknown <= 0']
    >>> budgets_of({"macs": "<=600M"}) == budgets_of("macs<=600M")
    True
    """
    if isinstance(said, Mapping):
        return [Budget.of(of_totals("budget", name), limit) for name, limit in said.items()]
    found: list[Budget] = []
    for item in said.split(","):
        name, sign, limit = re.fullmatch(r"\s*([^<=]*?)\s*(<=|<|=|$)(.*)", item, re.DOTALL).groups()
        if not sign or limit.lstrip().startswith("<"):  # macs=<5 is no word for macs<5
            raise SizeError("budget", item.strip(), "must be such as macs<=600M or unknown=0")
        quantity = of_totals("budget", name)
        if any(quantity == budget.quantity for budget in found):
            raise SizeError("budget", item.strip(), f"must be the only budget of {quantity}")
        try:
            found.append(Budget.of(quantity, ("<" if sign == "<" else "") + limit))
        except SizeError as error:
            raise SizeError("budget", item.strip(), error.rule) from error
    return found


def of_totals(argument: str, name: str) -> str:
    """``name`` as a quantity that a budget may limit, or a refusal of ``argument``."""
    found = name.strip().replace("-", "_")
    if found not in TOTALS:
        raise SizeError(argument, name, f"must name one of {', '.join(TOTALS)}")
    return found


@dataclass(frozen=True)
class Judged:
    """Whether a budget was kept; ``said`` is the sentence that says why not, or ""."""

    budget: Budget
    said: str = ""

    @property
    def kept(self) -> bool:
        return not self.said

    @property
    def failures(self) -> tuple[str, ...]:
        return (self.said,) if self.said else ()


def judged(report: ModelReport, budgets: Sequence[Budget]) -> list[Judged]:
    """Which of its budgets a model keeps.

    A total that is only a lower bound keeps no budget, for nobody knows how much it is, unless
    ``unknown`` has a budget: then what is known is judged.
    """
    admitted = any(budget.quantity == "unknown" for budget in budgets)
    return [Judged(budget, _over(report, budget, admitted)) for budget in budgets]


def _over(report: ModelReport, budget: Budget, admitted: bool) -> str:
    name, count = budget.quantity, total(report, budget.quantity)
    least = "" if report.complete or name in EXACT else "at least "
    is_ = f"{report.name}: {name} is {least}{numbers.integer(count)}"
    if not budget.met(count):
        return f"{is_}, which is over its budget: {budget}."
    if least and not admitted:
        why = f"{', '.join(report.unknown)} has no formula"
        return f"{is_}: {why}, so nobody knows whether {budget} (unknown=N admits it)."
    return ""


@dataclass(frozen=True)
class Growth:
    """The most by which ``quantity`` may grow: so many, or percent of what it was."""

    quantity: str
    limit: Fraction
    percent: bool = False

    @classmethod
    def of(cls, said: str) -> Growth:
        """``macs=5%`` or ``params=100K``.

        >>> Growth.of("macs=5%").budget(200_000).limit, Growth.of("params=1K").budget(500).limit
        (Fraction(210000, 1), Fraction(1500, 1))
        """
        name, _, limit = said.partition("=")
        found = FORM.fullmatch(limit.strip().removesuffix("%").strip())
        percent = limit.rstrip().endswith("%")
        if found is None or found.group(1) or (percent and found.group(4)):
            raise SizeError("max_increase", said, "must be such as macs=5% or params=100K")
        quantity = of_totals("max_increase", name)
        return cls(quantity, Budget.of(quantity, found.group()).limit, percent)

    def budget(self, old: int) -> Budget:
        """What it may be at most, after ``old``."""
        return Budget(self.quantity, old + (self.limit * old / 100 if self.percent else self.limit))

    def __str__(self) -> str:
        """``5 %`` or ``100,000``."""
        return str(Budget("", self.limit)).removeprefix(" <= ") + (" %" if self.percent else "")


def grown_too_much(diff: Diff, growths: Sequence[Growth]) -> list[str]:
    """A sentence for each total that grew by more than it may.

    Where operations without a formula run more often than before, or on something else, nobody
    knows how much the other totals grew; that is too much, unless ``unknown`` has a limit of its
    own.
    """
    admitted = any(growth.quantity == "unknown" for growth in growths)
    return [line for growth in growths if (line := _grown(diff, growth, admitted))]


def _grown(diff: Diff, growth: Growth, admitted: bool) -> str:
    name = growth.quantity
    old, new = total(diff.old, name), total(diff.new, name)
    share = numbers.growth(new - old, old).removeprefix("+")
    by = f"{numbers.integer(new - old)}" + (f" ({share} %)" if share else "")
    ends = f"from {numbers.integer(old)} to {numbers.integer(new)}"
    if not growth.budget(old).met(new):
        known = "" if name in EXACT or (diff.old.complete and diff.new.complete) else "known "
        return f"{known}{name} grew by {by}, {ends}: at most {growth} is allowed."
    if name in EXACT or admitted or not (diff.grown_unknown or diff.changed_unknown):
        return ""
    why = (
        f"{', '.join(diff.grown_unknown)} has no formula and runs more often"
        if diff.grown_unknown
        else f"{', '.join(diff.changed_unknown)} has no formula and is not what it was"
    )
    return f"{name} grew by an unknown amount: {why}; allowed is {growth} (unknown=N admits it)."
