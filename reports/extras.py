"""Libraries that only some outputs need, and the sentence where one is missing."""

from formulas.errors import SizeError


def missing(argument: str, value: object, library: str, extra: str) -> SizeError:
    """The refusal of ``argument``: which library it needs, and how one installs it.

    >>> str(missing("plot", "a.png", "matplotlib", "plot"))
    "plot='a.png' needs matplotlib: pip install 'complexity-analyzer[plot]'"
    """
    rule = f"needs {library}: pip install 'complexity-analyzer[{extra}]'"
    return SizeError(argument, value, rule)
