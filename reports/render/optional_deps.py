"""Libraries that only some outputs need, and the sentence where one is missing."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from formulas.core.errors import SizeError

# What draws a picture, by how its file's name ends.
LIBRARY_OF = {".png": "matplotlib", ".svg": "matplotlib", ".html": "plotly"}


def need(library: str, extra: str, argument: str, value: object) -> None:
    """Refuse ``argument`` where the library that it needs is not there, and say how one gets it.

    >>> need("tabulate", "table", "output", "a.txt")
    >>> need("no_such", "plot", "plot", "a.png")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    formulas.core.errors.SizeError: plot='a.png' needs no_such: pip install 'complexity-...[plot]'
    """
    if find_spec(library) is None:
        rule = f"needs {library}: pip install 'complexity-analyzer[{extra}]'"
        raise SizeError(argument, value, rule)


def plottable(path: str, argument: str = "plot", ends: Sequence[str] = tuple(LIBRARY_OF)) -> str:
    """``path``, or a refusal of a name that ends in none of ``ends``, or lacks its library."""
    end = Path(path).suffix.lower()
    if end not in ends:
        raise SizeError(argument, path, f"must end in {', '.join(ends)}")
    need(LIBRARY_OF[end], "plot", argument, path)
    return path
