"""A table before it is written: typed columns, and rows of exact values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reports.render import number_format as numbers

UNKNOWN = "unknown"
NUMBERS: dict[str, Callable[[Any], str]] = {
    "integer": numbers.integer,
    "signed": numbers.signed,
    "decimal": numbers.decimal,
    "microseconds": numbers.microseconds,
    "rate": numbers.rate,
    "change": numbers.signed,
}


@dataclass(frozen=True)
class Limit:
    """A figure that is a limit of the real one; ``word`` says on which side."""

    value: Any
    word: Literal["at least", "at most"] = "at least"


@dataclass(frozen=True)
class Column:
    """A column. ``holds`` decides how a cell is written, and on which side it is aligned.

    A number that is None is written as unknown; None in a ``rate`` or ``signed`` column is an empty
    cell. A ``share`` or ``growth`` cell is a pair ``(part, whole)``, written in percent. ``growth``
    and ``change`` have a sign. ``microseconds`` are given in seconds. Any cell may be a ``Limit``,
    of which ``plain`` returns the bare number.
    """

    name: str
    holds: Literal[
        "text",
        "integer",
        "signed",
        "share",
        "shape",
        "decimal",
        "microseconds",
        "rate",
        "change",
        "growth",
    ] = "text"

    def text_of(self, value: Any) -> str:
        """The cell of ``value`` for a reader: grouped digits, shapes as 1x3x32x32."""
        if isinstance(value, Limit):
            return f"{value.word} {self.text_of(value.value)}"
        if value is None:
            counts = ("integer", "decimal", "microseconds", "change")
            return UNKNOWN if self.holds in counts else ""
        if self.holds in NUMBERS:
            return NUMBERS[self.holds](value)
        if self.holds == "share":
            return numbers.share(*value)
        if self.holds == "growth":
            return numbers.growth(*value)
        return numbers.shape(value) if self.holds == "shape" else str(value)

    def plain(self, value: Any) -> Any:
        """The cell of ``value`` for a program: integers stay so, other numbers lose no digit."""
        if isinstance(value, Limit):
            value = value.value
        if value is None or self.holds not in NUMBERS:
            return self.text_of(value)
        if self.holds == "microseconds":
            return float(value * 1_000_000)
        return float(value) if self.holds == "decimal" else value


@dataclass(frozen=True)
class Table:
    """Columns and rows. Every row has one value for each column."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]

    def cells(self) -> list[list[str]]:
        """Every cell as text for a reader."""
        return [
            [column.text_of(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def values(self) -> list[list[Any]]:
        """Every cell for a program."""
        return [
            [column.plain(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def alignment(self) -> list[str]:
        right = ("share", "growth", *NUMBERS)
        return ["right" if column.holds in right else "left" for column in self.columns]
