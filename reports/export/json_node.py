"""A node of a JSON file that may have been edited by hand, with its place in the file."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from formulas.core.errors import FormulaError


class SavedError(FormulaError):
    """A file that is no valid report: the file, the place in it, and the rule that it breaks."""


MOST_DIGITS = 1000  # of a count: sums and products then stay below Python's limit, 4,300
MOST_SHOWN = 60


class Long(str):
    """The digits of a number that is too long to be one."""

    __slots__ = ()


class Twice(dict[str, Any]):
    """An object that names a member, ``key``, more than once."""

    def __init__(self, pairs: Sequence[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.key = next(name for name in names if names.count(name) > 1)


def in_short(value: Any) -> str:
    """A value as JSON writes it, the first 60 characters of it."""
    shown = value if isinstance(value, Long) else json.dumps(value)
    return shown if len(shown) <= MOST_SHOWN else f"{shown[: MOST_SHOWN - 3]}..."


@dataclass(frozen=True)
class Part:
    """A ``value`` at ``place`` (such as ``layers[3].macs``) of ``file``.

    Each method returns the value as one type, or refuses it with its place.
    """

    file: str
    place: str
    value: Any

    def refused(self, rule: str) -> SavedError:
        """The error of a part that breaks ``rule``: ``old.json: layers[3].macs must be ...``."""
        return SavedError(f"{self.where} {rule}, not {in_short(self.value)}")

    @property
    def where(self) -> str:
        """``old.json: layers[3].macs``."""
        return f"{self.file}: {self.place}" if self.place else self.file

    def kind(self, kind: type, words: str) -> Any:
        """The value, if it has exactly this type: ``true`` is no number.

        Parameters
        ----------
        kind : type
            The type.
        words : str
            The type in words, for the error.

        Returns
        -------
        object
            The value.

        Raises
        ------
        SavedError
            If the value has another type.
        """
        if type(self.value) is not kind:
            raise self.refused(f"must be {words}")
        return self.value

    def __getitem__(self, key: str) -> Part:
        """The member ``key`` of an object. The error of a missing member has its name."""
        members = self.kind(dict, "an object")
        if key not in members:
            raise SavedError(f"{self.where} must have {key!r}")
        return Part(self.file, f"{self.place}.{key}" if self.place else key, members[key])

    def items(self) -> list[Part]:
        """The elements of a list."""
        found = self.kind(list, "a list")
        return [Part(self.file, f"{self.place}[{n}]", each) for n, each in enumerate(found)]

    def members(self) -> dict[str, Part]:
        """The members of an object by name."""
        return {key: self[key] for key in self.kind(dict, "an object")}

    def text(self) -> str:
        found: str = self.kind(str, "a text")
        return found

    def truth(self) -> bool:
        found: bool = self.kind(bool, "true or false")
        return found

    def count(self) -> int:
        """A whole number of at least 0, and of at most 1,000 digits."""
        if type(self.value) is Long or (type(self.value) is int and self.value >= 10**MOST_DIGITS):
            raise self.refused(f"must be a whole number of at most {MOST_DIGITS:,} digits")
        if type(self.value) is not int or self.value < 0:
            raise self.refused("must be a whole number of at least 0")
        return self.value

    def one_of(self, words: Collection[str]) -> str:
        if self.value not in tuple(words):
            raise self.refused(f"must be one of {', '.join(words)}")
        return self.text()

    def sizes(self) -> tuple[int, ...]:
        """A shape."""
        return tuple(each.count() for each in self.items())

    def same_as(self, expected: Any, reason: str) -> None:
        """Refuse the first place at or below this one that differs from the expected value.

        Parameters
        ----------
        expected : object
            A JSON value. Additional members of objects are ignored.
        reason : str
            End of the error's sentence.

        Raises
        ------
        SavedError
            If a value differs.
        """
        if isinstance(expected, dict):
            for key, value in expected.items():
                self[key].same_as(value, reason)
        elif isinstance(expected, list):
            found = self.items()
            if len(found) != len(expected):
                raise self.refused(f"must have {len(expected)} elements{reason}")
            for part, value in zip(found, expected, strict=True):
                part.same_as(value, reason)
        elif type(self.value) is not type(expected) or self.value != expected:
            raise self.refused(f"must be {in_short(expected)}{reason}")

    def once(self) -> None:
        """Refuse the first object at this place or below it that names a member twice."""
        if isinstance(self.value, Twice):
            raise SavedError(f"{self.where} must have {self.value.key!r} once")
        if isinstance(self.value, dict):
            for part in self.members().values():
                part.once()
        elif isinstance(self.value, list):
            for part in self.items():
                part.once()
