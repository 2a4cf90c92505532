"""Ranges as they are written on a command line: ``0.25:1:0.05``, ``128:224:32``, ``0.5,0.75``."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from typing import Any

from formulas.core.errors import SizeError

MOST_POINTS = 1_000_000
FORM = "must be a number, a list such as 0.5,0.75 or a range start:stop:step such as 128:224:32"


def number(text: str) -> int | float:
    """The number that is written, an int where it is written as one."""
    value = Decimal(text)
    if not value.is_finite() or not -18 < (value.adjusted() if value else 0) < 18:
        raise InvalidOperation
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else float(value)


def span(name: str, text: str) -> list[int | float]:
    """``start:stop:step`` with both ends, exact in decimals: 0.25:1:0.05 holds 0.3 and 1.0.

    >>> span("alpha", "0.25:0.4:0.05")
    [0.25, 0.3, 0.35, 0.4]
    """
    parts = text.split(":")
    try:
        ints = [isinstance(number(part), int) for part in parts]
        start, stop, step = (Fraction(Decimal(part)) for part in parts)
    except (InvalidOperation, ValueError):
        raise SizeError(name, text, FORM) from None
    if step <= 0 or stop < start:
        raise SizeError(name, text, "must have start <= stop and a step above 0")
    count = (stop - start) // step + 1
    if count > MOST_POINTS:
        raise SizeError(name, text, f"must have at most {MOST_POINTS:,} values")
    if all(ints):
        return list(range(int(start), int(stop) + 1, int(step)))
    whole = lcm(start.denominator, step.denominator)
    first, more = int(start * whole), int(step * whole)
    return [(first + index * more) / whole for index in range(count)]  # each rounded once


def numbers(name: str, text: str) -> list[int | float]:
    """Numbers and ranges of them, each once, in the order that is written.

    >>> numbers("groups", "1,2,4:8:4")
    [1, 2, 4, 8]
    """
    return listed(name, text, lambda part: number(part))


def sides(name: str, text: str) -> list[Any]:
    """Sides and ranges of them, or heights and widths: ``128:224:32,160x128``."""

    def side(part: str) -> Any:
        pair = tuple(int(each) for each in part.split("x"))
        return pair[0] if len(pair) == 1 else pair

    return listed(name, text, side)


def words(name: str, text: str) -> list[str]:
    """Words, with commas between them."""
    return listed(name, text, str)


def values(name: str, text: str) -> list[Any]:
    """Values of a factory's argument: literals, words and ranges; brackets keep commas.

    >>> values("width", "8:24:8,64"), values("sizes", "(1,2),(3,4)"), values("act", "relu,gelu")
    ([8, 16, 24, 64], [(1, 2), (3, 4)], ['relu', 'gelu'])
    """

    def value(part: str) -> Any:
        try:
            return literal_eval(part)
        except (ValueError, SyntaxError):
            return part  # a word

    return listed(name, text, value)


def listed(name: str, text: str, read: Callable[[str], Any]) -> list[Any]:
    """The parts between commas, each read as a range or by ``read``; what repeats stands once."""
    found: list[Any] = []
    for part in separated(text):
        if read is not str and ":" in part and re.match(r"[+-]?\.?\d", part):
            found += span(name, part)
            continue
        try:
            if not part:
                raise ValueError
            found.append(read(part))
        except (ValueError, InvalidOperation):
            raise SizeError(name, text, FORM) from None
    return list({repr(each): each for each in found}.values())


def separated(text: str) -> list[str]:
    """``text`` at its commas, but for those in brackets or quotes."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth and not quote:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]
