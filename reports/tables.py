"""A table before it is written: columns that know what they hold, rows of exact values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reports import numbers

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Column:
    """A column; ``holds`` decides how it is written and on which side it is aligned.

    An integer that is None is unknown, and says so. A ``share`` cell is a pair ``(part, whole)``,
    written in percent; a ``number`` is a fraction, written with two places.
    """

    name: str
    holds: Literal["text", "integer", "share", "shape", "number"] = "text"

    def written(self, value: Any) -> str:
        """The cell for a reader: grouped digits, shapes as 1x3x32x32."""
        if value is None:
            return UNKNOWN if self.holds == "integer" else ""
        if self.holds == "integer":
            return numbers.integer(value)
        if self.holds == "share":
            return numbers.share(*value)
        if self.holds == "number":
            return numbers.fraction(value)
        return numbers.shape(value) if self.holds == "shape" else str(value)

    def plain(self, value: Any) -> Any:
        """The cell for a machine: integers stay integers."""
        return value if self.holds == "integer" and value is not None else self.written(value)


@dataclass(frozen=True)
class Table:
    """Columns and rows; every row has one value for each column."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]

    def cells(self) -> list[list[str]]:
        """Every cell as text for a reader."""
        return [
            [column.written(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def values(self) -> list[list[Any]]:
        """Every cell for a machine."""
        return [
            [column.plain(value) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    @property
    def header(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def alignment(self) -> list[str]:
        right = ("integer", "share", "number")
        return ["right" if column.holds in right else "left" for column in self.columns]
