"""Integers to text. The only place that scales or rounds; everything before it is exact.

Decimal units throughout: 1 M is 1,000,000 and 1 MB is 1,000,000 bytes.
"""

import re
from fractions import Fraction
from typing import Any

FLOAT32_BYTES = 4


def integer(value: Any) -> str:
    """All digits, in groups of three: ``integer(304102400) == '304,102,400'``."""
    return f"{value:,}"


def counted(count: int, thing: str) -> str:
    """A count and its noun: ``counted(1, "row") == "1 row"``, but ``"2 rows"``."""
    return f"{integer(count)} {thing}" + "s" * (count != 1)


def grouped(text: str) -> str:
    """Every whole number in ``text`` in groups of three: ``grouped("3 * 1024") == "3 * 1,024"``."""
    return re.sub(r"\d+", lambda digits: integer(int(digits.group())), text)


def written(value: Any) -> str:
    """A count, a shape or a word, each as a report writes it."""
    if isinstance(value, tuple):
        return shape(value)
    return integer(value) if isinstance(value, int) else str(value)


def millions(value: int) -> str:
    """In millions, two places: ``millions(872868) == '0.87 M'``."""
    return f"{_rounded(value, 1_000_000)} M"


def float32_megabytes(params: int) -> str:
    """The size of ``params`` stored as float32: ``float32_megabytes(872868) == '3.49 MB'``."""
    return f"{_rounded(params * FLOAT32_BYTES, 1_000_000)} MB"


def share(part: Any, whole: Any) -> str:
    """Percent with two places, empty where there is no whole: ``share(1, 8) == '12.50'``."""
    return _rounded(100 * part, whole) if whole else ""


def ratio(part: Any, whole: Any) -> str:
    """``ratio(3, 2) == '1.50'``."""
    return _rounded(part, whole) if whole else ""


def signed(value: int) -> str:
    """A change: ``signed(1200) == '+1,200'``, ``signed(-7) == '-7'``, and ``'0'``."""
    return f"{value:+,}" if value else "0"


def growth(change: int, whole: int) -> str:
    """A change in percent: ``growth(-1, 8) == '-12.50'``; empty where there was nothing.

    >>> growth(1, 10**9), growth(0, 0), growth(5, 0)
    ('+0.00', '0.00', '')
    """
    if not change:
        return "0.00"
    return ("-" if change < 0 else "+") + _rounded(100 * abs(change), whole) if whole else ""


def decimal(value: Any) -> str:
    """Two places, halves up: ``decimal(Fraction(56448, 625)) == '90.32'``."""
    return _rounded(Fraction(value), 1)


def apart(one: Any, two: Any) -> tuple[str, str]:
    """Two places, or as many as tell them from one another, up to nine.

    ``apart(Fraction(1003, 2000), Fraction(1, 2)) == ('0.502', '0.500')``.
    """
    for places in range(2, 10):
        written = tuple(_rounded(Fraction(each), 1, places) for each in (one, two))
        if written[0] != written[1]:
            break
    return written[0], written[1]


def microseconds(seconds: Any) -> str:
    """Three places, so to the nanosecond: ``microseconds(Fraction(1, 8000)) == '125.000'``."""
    return _rounded(Fraction(seconds) * 1_000_000, 1, places=3)


def rate(value: int) -> str:
    """An amount a second, in G or T: ``rate(484_000_000_000) == '484.00 G'``."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6)):
        if value >= size:
            return f"{_rounded(value, size)} {unit}"
    return integer(value)


def percent(part: Any) -> str:
    """A fraction of one: ``percent(Fraction(1, 8)) == '12.50 %'``."""
    return f"{decimal(100 * part)} %"


def shape(sizes: tuple[Any, ...] | None) -> str:
    """``shape((1, 3, 224, 224)) == '1x3x224x224'``."""
    return "x".join(map(str, sizes)) if sizes else ""


def _rounded(part: Any, whole: Any, places: int = 2) -> str:
    """``part / whole`` to ``places``, halves up, without a float on the way."""
    scale = 10**places
    smallest = (2 * scale * part + whole) // (2 * whole)
    return f"{smallest // scale:,}.{smallest % scale:0{places}d}"
