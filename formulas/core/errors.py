"""What can be wrong with the numbers given to a formula.

Every error is also a ``ValueError``, names the argument, its value and the rule it
breaks, and keeps the three as fields.
"""


class FormulaError(ValueError):
    """The base of every error raised by ``formulas``."""


class SizeError(FormulaError):
    """A size that cannot be: ``SizeError("groups", 5, "must divide in_channels=32")``.

    The words are ``groups=5 must divide in_channels=32``.
    """

    def __init__(self, argument: str, value: object, rule: str) -> None:
        self.argument = argument
        self.value = value
        self.rule = rule
        super().__init__(f"{argument}={value!r} {rule}")


class UnknownNameError(FormulaError):
    """A name that is not in the list it is looked up in; the nearest names are suggested."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        from difflib import get_close_matches  # costs 10 ms to import; needed only here

        self.what = what
        self.name = name
        self.known = known
        near = get_close_matches(name, known, n=3)
        if near:
            hint = "did you mean " + " or ".join(repr(match) for match in near) + "?"
        elif len(known) <= 12:
            hint = "choose from " + ", ".join(known)
        else:
            hint = f"none of the {len(known)} known names is near it"
        super().__init__(f"there is no {what} {name!r}: {hint}")
