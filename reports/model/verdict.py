"""The result of a check: agreement, or the places where two counts differ."""

from dataclasses import dataclass
from typing import Any

from reports.model.views import text_view
from reports.render import number_format as numbers
from reports.render.titles import title_list


@dataclass(frozen=True)
class Difference:
    """One number on which two counts differ.

    ``layer`` is a row's name, or "model" for a total; ``field`` the quantity; ``closed`` and
    ``counted`` are the two values, "missing" if one side has no such row; ``by`` names the counter,
    ``reason`` is the likely cause in words.
    """

    layer: str
    field: str
    closed: Any
    counted: Any
    by: str
    reason: str


@dataclass(frozen=True)
class Witness:
    """The total of a reference counter, and the total that follows from our rows.

    ``explained`` lists its counting rules that apply, each with its figure; they are part of
    ``expected``, and ``habits`` holds them as words and numbers. ``counted`` is None if the counter
    could not run; then ``explained`` has the reason. It also has the reason if the total is shown
    and not ``judged``.
    """

    name: str
    expected: int
    counted: int | None
    explained: tuple[str, ...] = ()
    judged: bool = True
    habits: tuple[tuple[str, int], ...] = ()

    @property
    def agrees(self) -> bool | None:
        """True if the counter found the expected total, None if it could not run."""
        return None if self.counted is None else self.expected == self.counted


@dataclass(frozen=True)
class Verdict:
    """The closed form compared with a traced run in ``rows`` rows, and with reference counters.

    ``others`` counts the rows without a closed form.
    """

    rows: int
    traced_on: str
    differences: tuple[Difference, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    others: int = 0

    @property
    def compared(self) -> str:
        """How many rows were compared: ``"83 rows"``, or ``"25 of 32 rows"``."""
        if not self.others:
            return numbers.count_of(self.rows, "row")
        return f"{numbers.integer(self.rows)} of {numbers.count_of(self.rows + self.others, 'row')}"

    @property
    def agrees(self) -> bool:
        return not self.differences

    def __str__(self) -> str:
        if not self.agrees:
            found = numbers.count_of(len(self.differences), "difference")
            return f"NOT confirmed: {found} between counts"
        if not self.rows:
            return f"nothing that ran has a closed form to compare; traced on {self.traced_on}"
        rows = "its one row" if self.rows == 1 else f"all {self.compared}"
        rest = ""
        if self.others:
            rows = self.compared
            have = "has" if self.others == 1 else "have"
            rest = f"; the other {numbers.integer(self.others)} {have} no closed form to compare"
        return (
            f"closed form = traced counts in {rows} ({title_list()}; "
            f"traced on {self.traced_on}){rest}"
        )

    def _repr_html_(self) -> str:
        return text_view("verdict html", self)
