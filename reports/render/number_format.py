"""Numbers to text. The only file that scales or rounds; everything before it is exact.

Units are decimal: 1 M is 1,000,000 and 1 MB is 1,000,000 bytes.
"""

import re
from fractions import Fraction
from typing import Any

FLOAT32_BYTES = 4


def integer(value: Any) -> str:
    """All digits of ``value``, in groups of three: ``integer(304102400) == '304,102,400'``."""
    return f"{value:,}"


def count_of(count: int, thing: str) -> str:
    """A count and its noun.

    Parameters
    ----------
    count : int
        Any number, 0 too.
    thing : str
        The noun in the singular. Its plural ends in s.

    Returns
    -------
    str
        ``"1 row"``, ``"2 rows"``.

    Examples
    --------
    >>> count_of(1, "row"), count_of(3000, "row")
    ('1 row', '3,000 rows')
    """
    return f"{integer(count)} {thing}" + "s" * (count != 1)


def grouped(text: str) -> str:
    """Every whole number in ``text`` in groups of three: ``grouped("3 * 1024") == "3 * 1,024"``."""
    return re.sub(r"\d+", lambda digits: integer(int(digits.group())), text)


def value_text(value: Any) -> str:
    """A count, a shape or a word, ``value``, in the form of a report."""
    if isinstance(value, tuple):
        return shape(value)
    return integer(value) if isinstance(value, int) else str(value)


def millions(value: int) -> str:
    """``value`` in millions, two places: ``millions(872868) == '0.87 M'``."""
    return f"{_rounded(value, 1_000_000)} M"


def float32_megabytes(params: int) -> str:
    """The size of ``params`` stored as float32: ``float32_megabytes(872868) == '3.49 MB'``."""
    return f"{_rounded(params * FLOAT32_BYTES, 1_000_000)} MB"


def share(part: Any, whole: Any) -> str:
    """A part of a whole in percent.

    Parameters
    ----------
    part, whole : int
        Numbers of the same unit.

    Returns
    -------
    str
        Two places without a sign of percent, halves up; empty if `whole` is 0.

    Examples
    --------
    >>> share(1, 8)
    '12.50'
    """
    return _rounded(100 * part, whole) if whole else ""


def ratio(part: Any, whole: Any) -> str:
    """One number over another.

    Parameters
    ----------
    part, whole : int or Fraction
        Numbers of the same unit.

    Returns
    -------
    str
        Two places, halves up; empty if `whole` is 0.

    Examples
    --------
    >>> ratio(3, 2)
    '1.50'
    """
    return _rounded(part, whole) if whole else ""


def signed(value: int) -> str:
    """A change ``value`` with its sign: ``signed(1200) == '+1,200'``, and ``'0'``."""
    return f"{value:+,}" if value else "0"


def growth(change: int, whole: int) -> str:
    """A change in percent of the number before it.

    Parameters
    ----------
    change : int
        The difference, with its sign.
    whole : int
        The number before the change.

    Returns
    -------
    str
        Two places with a sign; empty if a change starts from 0.

    Examples
    --------
    >>> growth(-1, 8), growth(1, 10**9), growth(0, 0), growth(5, 0)
    ('-12.50', '+0.00', '0.00', '')
    """
    if not change:
        return "0.00"
    return ("-" if change < 0 else "+") + _rounded(100 * abs(change), whole) if whole else ""


def decimal(value: Any) -> str:
    """``value`` with two places, halves up: ``decimal(Fraction(56448, 625)) == '90.32'``."""
    return _rounded(Fraction(value), 1)


def distinct_decimals(one: Any, two: Any) -> tuple[str, str]:
    """Two numbers with so many places that their texts differ.

    Parameters
    ----------
    one, two : int or Fraction
        The numbers.

    Returns
    -------
    tuple of str
        Both with two places, or more if needed, at most nine.

    Examples
    --------
    >>> distinct_decimals(Fraction(1003, 2000), Fraction(1, 2))
    ('0.502', '0.500')
    """
    for places in range(2, 10):
        written = tuple(_rounded(Fraction(each), 1, places) for each in (one, two))
        if written[0] != written[1]:
            break
    return written[0], written[1]


def microseconds(seconds: Any) -> str:
    """``seconds`` in µs, to the nanosecond: ``microseconds(Fraction(1, 8000)) == '125.000'``."""
    return _rounded(Fraction(seconds) * 1_000_000, 1, places=3)


def rate(value: int) -> str:
    """A ``value`` per second, in M, G or T: ``rate(484_000_000_000) == '484.00 G'``."""
    for unit, size in (("T", 10**12), ("G", 10**9), ("M", 10**6)):
        if value >= size:
            return f"{_rounded(value, size)} {unit}"
    return integer(value)


def percent(part: Any) -> str:
    """``part``, a fraction of one, in percent: ``percent(Fraction(1, 8)) == '12.50 %'``."""
    return f"{decimal(100 * part)} %"


def shape(sizes: tuple[Any, ...] | None) -> str:
    """The ``sizes`` of a shape: ``shape((1, 3, 224, 224)) == '1x3x224x224'``."""
    return "x".join(map(str, sizes)) if sizes else ""


def _rounded(part: Any, whole: Any, places: int = 2) -> str:
    """``part / whole`` with ``places`` digits after the point, halves up, in exact arithmetic."""
    scale = 10**places
    smallest = (2 * scale * part + whole) // (2 * whole)
    return f"{smallest // scale:,}.{smallest % scale:0{places}d}"
