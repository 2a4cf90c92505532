"""Budgets: ``<=150M`` as a limit that a count meets or not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from formulas.errors import SizeError
from reports import numbers

FACTORS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
FORM = re.compile(r"(<=|<)?\s*(\d+\.?\d*|\.\d+)(e\+?\d{1,2})?\s*([KMGT]?)", re.IGNORECASE)


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
        whole = isinstance(said, int) and not isinstance(said, bool) and said > 0
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
