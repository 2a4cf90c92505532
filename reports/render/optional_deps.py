"""Optional libraries: the check that one is installed, and the sentence that says how to get it."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from formulas.core.errors import SizeError

# The library that draws a picture, by the suffix of its file.
LIBRARY_OF = {".png": "matplotlib", ".svg": "matplotlib", ".html": "plotly"}


def need(library: str, extra: str, argument: str, value: object) -> None:
    """Refuse an argument whose library is not installed.

    Parameters
    ----------
    library : str
        Name of the module that is imported.
    extra : str
        Extra of this package that installs it.
    argument : str
        Name of the argument that needs the library.
    value : object
        Its value, shown in the error.

    Raises
    ------
    SizeError
        If `library` is not installed. The message has the command that installs it.

    Examples
    --------
    >>> need("tabulate", "table", "output", "a.txt")
    >>> need("no_such", "plot", "plot", "a.png")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    formulas.core.errors.SizeError: plot='a.png' needs no_such: pip install 'complexity-...[plot]'
    """
    if find_spec(library) is None:
        rule = f"needs {library}: pip install 'complexity-analyzer[{extra}]'"
        raise SizeError(argument, value, rule)


def plottable(path: str, argument: str = "plot", ends: Sequence[str] = tuple(LIBRARY_OF)) -> str:
    """The name of a picture file, if it can be written.

    Parameters
    ----------
    path : str
        Name of the file.
    argument : str
        Name of the argument for the error.
    ends : sequence of str
        Suffixes that are allowed. Default: all of `LIBRARY_OF`.

    Returns
    -------
    str
        `path`.

    Raises
    ------
    SizeError
        If the suffix is not allowed, or its library is not installed.
    """
    end = Path(path).suffix.lower()
    if end not in ends:
        raise SizeError(argument, path, f"must end in {', '.join(ends)}")
    need(LIBRARY_OF[end], "plot", argument, path)
    return path
