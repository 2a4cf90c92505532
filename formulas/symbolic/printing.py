"""A polynomial in words: plain text, LaTeX, Python and SymPy. One order of terms for all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

from formulas.symbolic.polynomial import (
    Floor,
    Monomial,
    Number,
    Polynomial,
    Variable,
    order,
)


@dataclass(frozen=True)
class Style:
    """How one notation writes powers, products and floors."""

    times: str
    power: str
    floor: str
    ceiling: str


TEXT = Style(" ", "{}^{}", "floor({}/{})", "ceil({}/{})")
LATEX = Style(r" \, ", "{}^{{{}}}", r"\lfloor {}/{} \rfloor", r"\lceil {}/{} \rceil")
PYTHON = Style("*", "{}**{}", "({}//{})", "-(-{}//{})")
GREEK = {"alpha": r"\alpha"}


def text(polynomial: Polynomial) -> str:
    """``3/4 N r^2 + 5``: the highest degree first."""
    return _sum(polynomial, TEXT)


def latex(polynomial: Polynomial) -> str:
    return _sum(polynomial, LATEX)


def python(polynomial: Polynomial) -> str:
    """Whole numbers throughout: one division at the end, where there are fractions."""
    scale = lcm(*(Fraction(c).denominator for c in polynomial.terms.values()))
    if scale == 1:
        return _sum(polynomial, PYTHON)
    return f"({_sum(polynomial * scale, PYTHON)})//{scale}"


def sympy_of(value: Any) -> Any:
    """The SymPy expression of a polynomial or a number."""
    import sympy  # type: ignore[import-untyped]

    if not isinstance(value, Polynomial):
        return sympy.Rational(value)
    total = sympy.Integer(0)
    for monomial, coefficient in value.terms.items():
        product = sympy.Rational(coefficient)
        for name, power in monomial:
            if isinstance(name, Floor) and name.ceiling is not None:
                base = sympy.ceiling(sympy_of(name.ceiling) / name.divisor)
            elif isinstance(name, Floor):
                base = sympy.floor(sympy_of(name.inner) / name.divisor)
            else:
                base = sympy.Symbol(name, positive=True, **({} if name in GREEK else WHOLE))
            product *= base**power
        total += product
    return total


WHOLE = {"integer": True}


def ordered(polynomial: Polynomial) -> list[tuple[Monomial, Number]]:
    """The terms as they are written: higher degrees first, then by their variables."""

    def place(term: tuple[Monomial, Number]) -> tuple[Any, ...]:
        monomial = term[0]
        degree = sum(power for _, power in monomial)
        return (-degree, [(order(name), -power) for name, power in monomial])

    return sorted(polynomial.terms.items(), key=place)


def _sum(polynomial: Polynomial, style: Style) -> str:
    parts: list[str] = []
    for monomial, coefficient in ordered(polynomial):
        sign = "-" if coefficient < 0 else "+"
        factors: list[str] = [_power(name, power, style) for name, power in monomial]
        size = coefficient * (-1 if coefficient < 0 else 1)
        if size != 1 or not factors:
            factors.insert(0, _number(size, style))
        word = style.times.join(factors)
        if not parts:
            parts.append(f"-{word}" if sign == "-" else word)
        else:
            parts.append(f" {sign} {word}")
    return "".join(parts) or "0"


def _number(value: Number, style: Style) -> str:
    if style is LATEX and isinstance(value, Fraction):
        return rf"\frac{{{value.numerator}}}{{{value.denominator}}}"
    return str(value)


def _power(name: Variable, power: int, style: Style) -> str:
    word = _variable(name, style)
    return word if power == 1 else style.power.format(word, power)


def _variable(name: Variable, style: Style) -> str:
    if isinstance(name, str):
        return GREEK.get(name, name) if style is LATEX else name
    above = name.ceiling
    written, form = (name.inner, style.floor) if above is None else (above, style.ceiling)
    inner = _sum(written, style)
    if len(written.terms) > 1 or (style is PYTHON and not inner.isidentifier()):
        inner = f"({inner})"
    word = form.format(inner, name.divisor)
    return f"({word})" if style is PYTHON and above is not None else word
