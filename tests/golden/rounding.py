"""How a printed number follows from an exact one.

The rules, strictest first: ``exact``; ``round``, ``trunc`` and ``ceil`` to the last printed
decimal; ``sig3``, ``sig2``, ``sig1`` to so many significant digits, where no decimals are
printed. What follows by no rule ``differs``.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

UNITS = {
    "1": Fraction(1),
    "%": Fraction(1, 100),
    "kB": Fraction(1000),
    "MiB": Fraction(2**20),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
}


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def to_last_decimal(to_int: Callable[[Fraction], int]) -> Callable[[Fraction, str], Fraction]:
    """A rule that keeps as many decimals as the printed number has."""

    def apply(value: Fraction, printed: str) -> Fraction:
        step = Fraction(10) ** len(printed.partition(".")[2])
        return to_int(value * step) / step

    return apply


def to_digits(digits: int) -> Callable[[Fraction, str], Fraction]:
    """A rule that keeps so many significant digits, whatever is printed."""

    def apply(value: Fraction, printed: str) -> Fraction:
        step = Fraction(1)
        while value / step >= 10**digits:
            step *= 10
        while value / step < 10 ** (digits - 1):
            step /= 10
        return half_up(value / step) * step

    return apply


RULES: dict[str, Callable[[Fraction, str], Fraction]] = {
    "exact": lambda value, _: value,
    "round": to_last_decimal(half_up),
    "trunc": to_last_decimal(floor),
    "ceil": to_last_decimal(ceil),
    "sig3": to_digits(3),
    "sig2": to_digits(2),
    "sig1": to_digits(1),
}


def rule_for(value: Fraction, printed: str, unit: str) -> str:
    """The first rule by which ``value`` prints as ``printed`` in ``unit``, or ``"differs"``.

    >>> rule_for(Fraction(568740352), "569", "M"), rule_for(Fraction(568740352), "575", "M")
    ('round', 'differs')
    >>> rule_for(Fraction(3857973248), "3.8", "G"), rule_for(Fraction(724406816), "720", "M")
    ('trunc', 'sig2')
    """
    scaled = value / UNITS[unit]
    for name, rule in RULES.items():
        if name.startswith("sig") and "." in printed:
            continue
        if rule(scaled, printed) == Fraction(printed):
            return name
    return "differs"
