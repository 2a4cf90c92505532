"""A request with named sizes, which take a value at each point of a grid: ``1x3xSxS``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from complexity.targets.request import Request
from formulas.core.errors import SizeError

FORM = "must be [NAME=]SHAPE[:DTYPE], such as 1x3x224x224, or with a name for a side, 1x3xSxS"


@dataclass(frozen=True)
class Template:
    """A request whose inputs and arguments have values only at a point of a grid.

    Parameters
    ----------
    request : Request
        The target, without inputs and arguments.
    inputs : tuple of str
        Inputs whose sides may be names, such as ``"1x3xSxS"``.
    arguments : tuple of str
        Names of the factory's arguments that are axes of the grid.
    sizes : tuple of str
        Names of sides that are axes of the grid. Each must stand in an input.

    Raises
    ------
    SizeError
        If a name is no word, stands for two axes, or stands in no input.
    """

    request: Request
    inputs: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        from complexity.targets.loader import subject_of

        for name in self.sizes:
            if not name.isidentifier() or "x" in name:
                raise SizeError("sizes", name, "must be a word without an x, such as S=64:128:32")
            if name in self.arguments:
                raise SizeError("sizes", name, "is an argument of the factory too")
        subject_of(self.request.target, {})  # an unknown target is refused at once
        named = [name for text in self.inputs for name in self.names_in(text)]
        for name in self.sizes:
            if name not in named:
                raise SizeError("sizes", name, "is no side of an input, such as --input 1x3xSxS")

    def names_in(self, text: str) -> list[str]:
        """The named sides of an input."""
        _, sides, dtype = split_input(text)
        if dtype[:1].isdigit():
            rule = "has a range: name the side, as in 1x3xSxS, and give --size S=64:128:32"
            raise SizeError("inputs", text, rule)
        names = [side for side in sides if not side.isdigit() and sides != ["scalar"]]
        for name in names:
            if name not in self.sizes:
                rule = f"has a side {name!r}, which needs its values, such as --size S=64:128:32"
                raise SizeError("inputs", text, FORM if not name.isidentifier() else rule)
        return names

    def at(self, setting: Mapping[str, Any]) -> Request:
        """The request at one point, whose ``setting`` has a value for each axis.

        >>> point = Template(Request("torch.nn:Conv2d"), ("1x3xSxS",), ("kernel_size",), ("S",))
        >>> point.at({"kernel_size": 5, "S": 64}).inputs
        ('1x3x64x64',)
        """
        return replace(
            self.request,
            inputs=tuple(fill_sides(text, setting, self.sizes) for text in self.inputs),
            arguments={name: setting[name] for name in self.arguments},
        )


def split_input(text: str) -> tuple[str, list[str], str]:
    """Name, sides and data type of an input ``text``.

    ``"input_ids=1xS:int64"`` is ``("input_ids", ["1", "S"], "int64")``.
    """
    name, _, rest = text.rpartition("=")
    shape, _, dtype = rest.partition(":")
    return name, ["scalar"] if shape == "scalar" else shape.split("x"), dtype


def fill_sides(text: str, setting: Mapping[str, Any], sizes: tuple[str, ...]) -> str:
    """An input with numbers for its named sides.

    Parameters
    ----------
    text : str
        The input, such as ``"1x3xSxS"``.
    setting : mapping
        Number of each name.
    sizes : tuple of str
        Names that may stand for a side.

    Returns
    -------
    str
        The input, such as ``"1x3x64x64"``.
    """
    name, sides, dtype = split_input(text)
    shape = "x".join(str(setting[side]) if side in sizes else side for side in sides)
    return (f"{name}=" if name else "") + shape + (f":{dtype}" if dtype else "")
