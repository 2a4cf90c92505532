"""Integers to text. The only place that scales or rounds; everything before it is exact.

Decimal units throughout: 1 M is 1,000,000 and 1 MB is 1,000,000 bytes.
"""

import re
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


def share(part: int, whole: int) -> str:
    """Percent with two places, empty where there is no whole: ``share(1, 8) == '12.50'``."""
    return _rounded(100 * part, whole) if whole else ""


def ratio(part: int, whole: int) -> str:
    """``ratio(3, 2) == '1.50'``."""
    return _rounded(part, whole) if whole else ""


def fraction(value: Any) -> str:
    """Two places, halves up: ``fraction(Fraction(521, 4)) == '130.25'``."""
    return _rounded(value.numerator, value.denominator)


def percent(part: Any) -> str:
    """A fraction of one: ``percent(Fraction(1, 8)) == '12.50 %'``."""
    return f"{fraction(100 * part)} %"


def shape(sizes: tuple[Any, ...] | None) -> str:
    """``shape((1, 3, 224, 224)) == '1x3x224x224'``."""
    return "x".join(map(str, sizes)) if sizes else ""


def _rounded(part: int, whole: int) -> str:
    """``part / whole`` to two places, halves up, without a float on the way."""
    hundredths = (200 * part + whole) // (2 * whole)
    return f"{hundredths // 100:,}.{hundredths % 100:02d}"
