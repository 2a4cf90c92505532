"""Budgets: ``<=150M`` as the limit of a total, and the limit of its growth."""

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
    """Largest value that a total may have.

    Parameters
    ----------
    quantity : str
        One of ``reports.diff.diff.TOTALS``, such as ``"macs"``.
    limit : Fraction
        The limit, in units of the quantity.
    strict : bool
        The total must be less than `limit`; by default it may be equal.
    """

    quantity: str
    limit: Fraction
    strict: bool = False

    @classmethod
    def of(cls, quantity: str, text: Any) -> Budget:
        """Parse a budget.

        Parameters
        ----------
        quantity : str
            Total that it limits.
        text : str or int
            A limit such as ``"<=150M"``, ``"<3e6"`` or ``"2.5G"``, or a whole number.

        Returns
        -------
        Budget
            The budget.

        Raises
        ------
        SizeError
            If `text` is no limit.

        Examples
        --------
        >>> [Budget.of("macs", text).allows(1_500_000) for text in ("<1.5M", "1.5M")]
        [False, True]
        """
        whole = isinstance(text, int) and not isinstance(text, bool) and text >= 0
        found = FORM.fullmatch(str(text).strip()) if whole or isinstance(text, str) else None
        if found is None:
            rule = "must be the most there may be, such as <=150M, <3e6 or 2.5G"
            raise SizeError(quantity, text, rule)
        sign, digits, exponent, unit = found.groups()
        limit = Fraction(digits + (exponent or "")) * FACTORS[unit.upper()]
        return cls(quantity, limit, sign == "<")

    def allows(self, count: Any) -> bool:
        """True if ``count`` is within the budget. The comparison is exact."""
        return bool(count < self.limit if self.strict else count <= self.limit)

    def __str__(self) -> str:
        """``macs <= 150,000,000``."""
        limit = self.limit
        shown = numbers.integer(int(limit) if limit.denominator == 1 else float(limit))
        return f"{self.quantity} {'<' if self.strict else '<='} {shown}"


def budgets_of(spec: str | Mapping[str, Any]) -> list[Budget]:
    """Parse several budgets from a text, or from a mapping of quantities to limits.

    ``spec`` is ``"macs<=600M,unknown=0"`` or ``{"macs": "<=600M"}``; ``=`` means ``<=``. Each
    budget limits one of ``reports.diff.diff.TOTALS``. ``unknown`` counts operations without a
    formula. Raises ``SizeError`` if a limit cannot be parsed or a total has two budgets.

    >>> [str(budget) for budget in budgets_of("macs<=600M, params<4.3M, unknown=0")]
    ['macs <= 600,000,000', 'params < 4,300,000', 'unknown <= 0']
    >>> budgets_of({"macs": "<=600M"}) == budgets_of("macs<=600M")
    True
    """
    if isinstance(spec, Mapping):
        return [Budget.of(of_totals("budget", name), limit) for name, limit in spec.items()]
    found: list[Budget] = []
    for item in spec.split(","):
        name, sign, limit = re.fullmatch(r"\s*([^<=]*?)\s*(<=|<|=|$)(.*)", item, re.DOTALL).groups()
        if not sign or limit.lstrip().startswith("<"):  # macs=<5 does not mean macs<5
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
    """Quantity that a budget may limit.

    Parameters
    ----------
    argument : str
        Argument that a refusal names.
    name : str
        The quantity as it is typed; ``-`` stands for ``_``.

    Returns
    -------
    str
        One of ``reports.diff.diff.TOTALS``.

    Raises
    ------
    SizeError
        If there is no such total.
    """
    found = name.strip().replace("-", "_")
    if found not in TOTALS:
        raise SizeError(argument, name, f"must name one of {', '.join(TOTALS)}")
    return found


@dataclass(frozen=True)
class BudgetResult:
    """Result of one budget.

    Parameters
    ----------
    budget : Budget
        The budget.
    said : str
        Sentence that says why it does not hold; empty if it does.
    """

    budget: Budget
    said: str = ""

    @property
    def holds(self) -> bool:
        """True if the total is within the budget."""
        return not self.said

    @property
    def failures(self) -> tuple[str, ...]:
        """The sentence, or nothing if the budget holds."""
        return (self.said,) if self.said else ()


def results_of(report: ModelReport, budgets: Sequence[Budget]) -> list[BudgetResult]:
    """Compare a report with budgets.

    Parameters
    ----------
    report : ModelReport
        The report.
    budgets : sequence of Budget
        The budgets. A total that is only a lower bound meets no budget, unless ``unknown`` has
        one: then the bound is compared.

    Returns
    -------
    list of BudgetResult
        One result for each budget.
    """
    admitted = any(budget.quantity == "unknown" for budget in budgets)
    return [BudgetResult(budget, _over(report, budget, admitted)) for budget in budgets]


def _over(report: ModelReport, budget: Budget, admitted: bool) -> str:
    name, count = budget.quantity, total(report, budget.quantity)
    least = "" if report.complete or name in EXACT else "at least "
    is_ = f"{report.name}: {name} is {least}{numbers.integer(count)}"
    if not budget.allows(count):
        return f"{is_}, which exceeds the budget: {budget}."
    if least and not admitted:
        why = f"{', '.join(report.unknown)} has no formula"
        return f"{is_}: {why}, so it may exceed {budget} (unknown=N admits it)."
    return ""


@dataclass(frozen=True)
class Growth:
    """Largest growth that a total may have.

    Parameters
    ----------
    quantity : str
        One of ``reports.diff.diff.TOTALS``.
    limit : Fraction
        The limit, in units of the quantity or in percent of its old value.
    percent : bool
        `limit` is in percent.
    """

    quantity: str
    limit: Fraction
    percent: bool = False

    @classmethod
    def of(cls, text: str) -> Growth:
        """Parse a ``text`` such as ``macs=5%`` or ``params=100K``.

        >>> Growth.of("macs=5%").budget(200_000).limit, Growth.of("params=1K").budget(500).limit
        (Fraction(210000, 1), Fraction(1500, 1))
        """
        name, _, limit = text.partition("=")
        found = FORM.fullmatch(limit.strip().removesuffix("%").strip())
        percent = limit.rstrip().endswith("%")
        if found is None or found.group(1) or (percent and found.group(4)):
            raise SizeError("max_increase", text, "must be such as macs=5% or params=100K")
        quantity = of_totals("max_increase", name)
        return cls(quantity, Budget.of(quantity, found.group()).limit, percent)

    def budget(self, old: int) -> Budget:
        """Budget of the new value, from the ``old`` one."""
        return Budget(self.quantity, old + (self.limit * old / 100 if self.percent else self.limit))

    def __str__(self) -> str:
        """``5 %`` or ``100,000``."""
        return str(Budget("", self.limit)).removeprefix(" <= ") + (" %" if self.percent else "")


def grown_too_much(diff: Diff, growths: Sequence[Growth]) -> list[str]:
    """Sentences on the totals that grew by more than they may.

    Parameters
    ----------
    diff : Diff
        Difference of two reports.
    growths : sequence of Growth
        The limits.

    Returns
    -------
    list of str
        One sentence for each limit that is exceeded. If operations without a formula run more often
        or on other inputs, the growth of every other total is unknown and exceeds its limit, unless
        ``unknown`` has a limit of its own.
    """
    admitted = any(growth.quantity == "unknown" for growth in growths)
    return [line for growth in growths if (line := _grown(diff, growth, admitted))]


def _grown(diff: Diff, growth: Growth, admitted: bool) -> str:
    name = growth.quantity
    old, new = total(diff.old, name), total(diff.new, name)
    share = numbers.growth(new - old, old).removeprefix("+")
    by = f"{numbers.integer(new - old)}" + (f" ({share} %)" if share else "")
    ends = f"from {numbers.integer(old)} to {numbers.integer(new)}"
    if not growth.budget(old).allows(new):
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
