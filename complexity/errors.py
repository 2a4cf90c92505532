"""What can go wrong with a model, told in one sentence."""

from formulas.core.errors import SizeError

MOST = 300  # characters of what an error says


class ModelError(ValueError):
    """A model that cannot be analysed: it raised, it took no such input, it is no module."""


class ArgumentError(ModelError, SizeError):
    """What was said of a model cannot be: ``ArgumentError("dtype", "nn", "must be ...")``.

    Names the argument, its value and the rule, and keeps the three as fields.
    """


def in_short(error: BaseException) -> str:
    """The kind of an error and the first line of what it says, at most 300 characters of it.

    >>> in_short(OSError("no such thing\\nand much more"))
    'OSError: no such thing'
    """
    kind, lines = type(error).__name__, str(error).strip().splitlines()
    said = lines[0] if lines else ""
    said = said if len(said) <= MOST else f"{said[:MOST]} ..."
    return f"{kind}: {said}" if said else kind
