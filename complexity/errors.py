"""Errors of a model or of its arguments, each one sentence."""

from formulas.core.errors import SizeError

MOST = 300  # characters of a message


class ModelError(ValueError):
    """A model cannot be analysed: it raised, takes no such input, or is no module."""


class ArgumentError(ModelError, SizeError):
    """A value of an argument is refused: ``ArgumentError("dtype", "nn", "must be ...")``.

    Names the argument, its value and the rule, and keeps the three as fields.
    """


def in_short(error: BaseException) -> str:
    """Class of an ``error`` and the first line of its message, of at most 300 characters.

    >>> in_short(OSError("no such thing\\nand much more"))
    'OSError: no such thing'
    """
    kind, lines = type(error).__name__, str(error).strip().splitlines()
    message = lines[0] if lines else ""
    message = message if len(message) <= MOST else f"{message[:MOST]} ..."
    return f"{kind}: {message}" if message else kind
