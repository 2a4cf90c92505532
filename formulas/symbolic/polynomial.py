"""Exact polynomials in named sizes: ``18432 N S^2 + 123532032 N S``, and floors of them.

A polynomial stands where a formula wants a whole number, as an array or a SymPy symbol does: the
counters of this package then give their result in symbols. Coefficients are exact; a floor of a
floor becomes one floor, so that a chain of strides reads ``ceil(r/32)``.

>>> N, r = variable("N"), variable("r")
>>> side = (r + 2 * 3 - 7) // 2 + 1
>>> str(9408 * N * side**2)
'9408 N ceil(r/2)^2'
>>> (9408 * N * side**2)(N=1, r=224)
118013952
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from keyword import iskeyword
from math import lcm
from typing import Any, TypeAlias

from formulas.core.errors import SizeError
from formulas.core.quantities import every, is_array

Number: TypeAlias = int | Fraction


@dataclass(frozen=True)
class Floor:
    """``inner // divisor``, where no part of it can be taken out."""

    inner: Polynomial
    divisor: int

    @property
    def ceiling(self) -> Polynomial | None:
        """``p`` where this is ``ceil(p / divisor)``: the constant of ``inner`` is one short."""
        return self.inner - self.divisor + 1 if self.inner.constant == self.divisor - 1 else None


Variable: TypeAlias = str | Floor
Monomial: TypeAlias = tuple[tuple[Variable, int], ...]


@dataclass(frozen=True, eq=False)
class Polynomial:
    """A sum of monomials with exact coefficients. Arithmetic that leaves a number gives a number.

    ``polynomial(N=2, S=128)`` is its value, an ``int`` (of arrays an array). Make one from
    ``variable("N")``.
    """

    terms: Mapping[Monomial, Number]

    # What ``quantities`` asks of a symbol: it is one, and its sign is not known.
    is_integer = None
    is_negative = None

    @property
    def free_symbols(self) -> set[str]:
        """The names in it, floors looked into."""
        found: set[str] = set()
        for monomial in self.terms:
            for name, _ in monomial:
                found |= {name} if isinstance(name, str) else name.inner.free_symbols
        return found

    @property
    def floors(self) -> set[Floor]:
        return {v for monomial in self.terms for v, _ in monomial if isinstance(v, Floor)}

    @property
    def constant(self) -> Number:
        return self.terms.get((), 0)

    @property
    def degree(self) -> int:
        """The largest sum of exponents; a floor counts as one."""
        return max((sum(power for _, power in monomial) for monomial in self.terms), default=0)

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, (int, Fraction, Polynomial)):
            return NotImplemented
        terms = dict(self.terms)
        for monomial, coefficient in terms_of(other).items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
        return made(terms)

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, (int, Fraction, Polynomial)):
            return NotImplemented
        terms: dict[Monomial, Number] = {}
        for one, a in self.terms.items():
            for two, b in terms_of(other).items():
                joined = combined(one, two)
                terms[joined] = terms.get(joined, 0) + a * b
        return made(terms)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return -1 * self

    def __sub__(self, other: Any) -> Any:
        return self + -1 * other

    def __rsub__(self, other: Any) -> Any:
        return other + -1 * self

    def __pow__(self, exponent: int) -> Any:
        result: Any = 1
        for _ in range(exponent):
            result = result * self
        return result

    def __truediv__(self, divisor: Any) -> Any:
        """By a number, or by a single term that divides every one of these."""
        if isinstance(divisor, (int, Fraction)):
            return self * (1 / Fraction(divisor))
        if not isinstance(divisor, Polynomial) or len(divisor.terms) > 1:
            return NotImplemented
        ((below, scale),) = divisor.terms.items()
        part = 1 / Fraction(scale)
        return made({combined(m, below, -1): part * c for m, c in self.terms.items()})

    def __floordiv__(self, divisor: int) -> Any:
        """The floor of a division; what divides evenly is taken out of it."""
        if not isinstance(divisor, int) or divisor < 1:
            return NotImplemented
        return floored(self, divisor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    def __call__(self, **values: Any) -> Any:
        """The exact value where each name has a whole number (a fraction where that makes sense).

        Raises ``SizeError`` where a name is missing, or no whole number comes out.
        """
        names = sorted(self.free_symbols)
        for name in names:
            if name not in values:
                rule = f"must be given: the expression has {', '.join(names)}"
                raise SizeError(name, None, rule)
        return exact(self.value(values))

    def value(self, values: Mapping[str, Any]) -> Any:
        """As a call, with the numbers in a mapping; fractions are let through."""
        scale = lcm(*(c.denominator for c in self.terms.values()))
        total: Any = 0
        for monomial, coefficient in self.terms.items():
            product: Any = coefficient.numerator * (scale // coefficient.denominator)
            for name, power in monomial:
                known = values[name] if isinstance(name, str) else floor_value(name, values)
                product = product * known**power
            total = total + product
        if scale == 1:
            return total
        if is_array(total) and every(total % scale == 0):
            return total // scale
        return total * Fraction(1, scale)

    def on_multiples(self) -> tuple[Any, int]:
        """Without floors, and the step of which every name must be a multiple for that.

        >>> variable("r") // 4 * 8 + 3, (variable("r") // 4 * 8 + 3).on_multiples()
        (8 floor(r/4) + 3, (2 r + 3, 4))
        """
        total, step = 0, 1
        for monomial, coefficient in self.terms.items():
            product: Any = coefficient
            for name, power in monomial:
                if isinstance(name, Floor):
                    plain, own = without_floor(name)
                    product, step = product * plain**power, lcm(step, own)
                else:
                    product = product * made({((name, power),): 1})
            total = total + product
        return total, step

    def __str__(self) -> str:
        from formulas.symbolic.printing import text

        return text(self)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"${self.to_latex()}$"

    def to_latex(self) -> str:
        """As mathematics: ``18432 N S^{2} + 123532032 N S``."""
        from formulas.symbolic.printing import latex

        return latex(self)

    def to_python(self) -> str:
        """As an expression of Python: ``18432*N*S**2 + 123532032*N*S``."""
        from formulas.symbolic.printing import python

        return python(self)

    def to_sympy(self) -> Any:
        """As a SymPy expression in positive integers (which needs SymPy)."""
        from formulas.symbolic.printing import sympy_of

        return sympy_of(self)


def variable(name: str) -> Polynomial:
    """The polynomial that is one name: ``str(2 * variable("N")) == "2 N"``."""
    if not name.isidentifier() or iskeyword(name):
        raise SizeError("name", name, "must be a name such as N")
    return Polynomial({((name, 1),): 1})


def exact(value: Any) -> Any:
    """``value`` as an ``int``; arrays pass. Raises ``SizeError`` for a fraction."""
    if isinstance(value, (Fraction, float)):
        if value != int(value):
            raise SizeError("value", value, "must be whole: the expression does not hold there")
        return int(value)
    return value


def terms_of(value: Any) -> Mapping[Monomial, Number]:
    """The terms of a polynomial, or of a number that stands where one may stand."""
    return value.terms if isinstance(value, Polynomial) else {(): value}


def made(terms: Mapping[Monomial, Number]) -> Any:
    """The polynomial of these terms, or the number, where nothing else is left."""
    kept = {m: c.numerator if c.denominator == 1 else c for m, c in terms.items() if c}
    if not kept:
        return 0
    return kept[()] if kept.keys() == {()} else Polynomial(kept)


def order(name: Variable) -> tuple[Any, ...]:
    """Names before floors, a small divisor before a large one."""
    return (0, name) if isinstance(name, str) else (1, name.divisor, str(name.inner))


@lru_cache(4096)
def combined(one: Monomial, two: Monomial, sign: int = 1) -> Monomial:
    """The product of two monomials, or the quotient, which leaves nothing below the line."""
    powers = dict(one)
    for name, power in two:
        powers[name] = powers.get(name, 0) + sign * power
        if powers[name] < 0:
            raise SizeError("divisor", str(name), "must divide each term of a polynomial")
    kept = (pair for pair in powers.items() if pair[1])
    return tuple(sorted(kept, key=lambda pair: order(pair[0])))


def floored(whole: Polynomial, divisor: int) -> Any:
    """``whole // divisor``: multiples of the divisor leave the floor, an inner floor joins it."""
    scale = lcm(*(Fraction(c).denominator for c in whole.terms.values()))
    divisor, whole = divisor * scale, whole * scale
    outside = {m: c // divisor for m, c in whole.terms.items() if c % divisor == 0 or m == ()}
    inside = whole - divisor * made(outside)
    if not isinstance(inside, Polynomial):
        return made(outside)  # a number that is smaller than the divisor is left
    rest = {m: c for m, c in inside.terms.items() if m}
    (_, coefficient), *more = rest.items()
    if more or coefficient > 0:
        return made(outside) + one_floor(inside, divisor)
    # floor(-p / d) = -floor((p + d - 1) / d)
    return made(outside) - (divisor - 1 - inside) // divisor


def one_floor(inside: Polynomial, divisor: int) -> Any:
    """``floor((floor(p / s) + b) / t)`` is ``floor((p + b s) / (s t))``; any other floor stays."""
    floors = inside.floors
    if len(floors) == 1 and len(inside.terms) <= 2:
        (inner,) = floors
        if inside - inside.constant == made({((inner, 1),): 1}):
            return (inner.inner + inside.constant * inner.divisor) // (inner.divisor * divisor)
    return made({((Floor(inside, divisor), 1),): 1})


def floor_value(floor: Floor, values: Mapping[str, Any]) -> Any:
    return floor.inner.value(values) // floor.divisor


def without_floor(floor: Floor) -> tuple[Any, int]:
    """The floor as a plain quotient, and the step on which it is one."""
    inner, step = floor.inner.on_multiples()
    own = [Fraction(floor.divisor) / c for m, c in terms_of(inner).items() if m]
    step = lcm(step, *(part.numerator for part in own))
    return (inner - terms_of(inner).get((), 0) % floor.divisor) / floor.divisor, step
