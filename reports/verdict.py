"""What a check found: nothing, or the places where two counts of one thing differ."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """One number that two counts do not agree on.

    ``layer`` is a row's name, or "model" for a total; ``field`` the quantity; ``closed`` and
    ``counted`` are the two values, "missing" where one side has no such row; ``by`` says who
    counted; ``reason`` is the likely cause in words.
    """

    layer: str
    field: str
    closed: Any
    counted: Any
    by: str
    reason: str


@dataclass(frozen=True)
class Witness:
    """The total of an outside counter beside what our rows say that it must find.

    ``explained`` lists its known habits that apply here, each with its figure; they are part
    of ``expected``. ``counted`` is None where it could not run; then ``explained`` says why, as
    it does where the total is shown and not ``judged``.
    """

    name: str
    expected: int
    counted: int | None
    explained: tuple[str, ...] = ()
    judged: bool = True

    @property
    def agrees(self) -> bool | None:
        """Whether it found what it must; None where it could not run: that is no agreement."""
        return None if self.counted is None else self.expected == self.counted


@dataclass(frozen=True)
class Verdict:
    """The closed form against a traced run of ``rows`` rows, and against outside counters."""

    rows: int
    traced_on: str
    differences: tuple[Difference, ...] = ()
    witnesses: tuple[Witness, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        if not self.agrees:
            count = len(self.differences)
            return f"NOT confirmed: {count} difference{'s' * (count > 1)} between counts"
        if not self.rows:
            return f"nothing that ran has a closed form to compare; traced on {self.traced_on}"
        rows = "its one row" if self.rows == 1 else f"all {self.rows} rows"
        return (
            f"closed form = traced counts in {rows} "
            f"(params, macs, elementwise, activations, memory access; traced on {self.traced_on})"
        )
