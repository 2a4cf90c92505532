"""A bridge from our count of a model to another tool's: steps, each with its figure."""

from dataclasses import dataclass
from typing import Any

from formulas.core.quantities import Shape
from reports.model.report import ModelReport
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Table

NOT_EXPLAINED = "not explained"


@dataclass(frozen=True)
class Step:
    """One difference between two counts: its reason, and how much it adds (or takes, below 0)."""

    why: str
    figure: int

    @property
    def explained(self) -> bool:
        """True if the reason is known."""
        return not self.why.startswith(NOT_EXPLAINED)


@dataclass(frozen=True)
class Bridge:
    """The steps from our count of a model to the count of another tool.

    Parameters
    ----------
    model, to : str
        Name of the model, and of the other tool.
    of : str
        Our quantity: ``params``, ``macs`` or ``flops``.
    theirs : str
        The other tool's name of its quantity.
    ours : int
        Our number.
    steps : tuple of Step
        Known counting rules that apply.
    measured : int, optional
        The tool's own number. Default: the tool could not run.
    silence : str
        Why it could not run.
    source, call : str
        Where the number comes from, and the call that returns it.
    reason : str
        Why a rest is left without an explanation, if a reason is known.
    input_shapes, notes : tuple
        Shapes of the inputs, and sentences for the reader.

    Examples
    --------
    >>> found = Bridge("net", "tool", "macs", "flops", 7, (Step("biases counted", 2),), 10)
    >>> found.total, found.remainder, found.agrees
    (10, 1, False)
    """

    model: str
    to: str
    of: str
    theirs: str
    ours: int
    steps: tuple[Step, ...] = ()
    measured: int | None = None
    silence: str = ""
    source: str = ""
    call: str = ""
    reason: str = ""
    input_shapes: tuple[Shape, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def expected(self) -> int:
        """Our number plus the known steps."""
        return self.ours + sum(step.figure for step in self.steps)

    @property
    def items(self) -> tuple[Step, ...]:
        """All steps, and the rest if there is one. Together they always sum up to ``total``."""
        more = 0 if self.measured is None else self.measured - self.expected
        if not more:
            return self.steps
        why = f"{NOT_EXPLAINED}: {self.reason}" if self.reason else NOT_EXPLAINED
        return (*self.steps, Step(why, more))

    @property
    def remainder(self) -> int:
        """The part of the difference that no known reason explains."""
        return sum(step.figure for step in self.items if not step.explained)

    @property
    def total(self) -> int:
        """The tool's number, or, if it could not run, the number that its known rules give."""
        return self.expected if self.measured is None else self.measured

    @property
    def agrees(self) -> bool:
        """True if nothing is left without an explanation."""
        return all(step.explained for step in self.items)

    def __str__(self) -> str:
        return bridge_text(self)


def merge_steps(steps: list[tuple[str, int]]) -> tuple[Step, ...]:
    """The ``steps`` with those of one reason added up, in order. Steps that add 0 are left out."""
    found: dict[str, int] = {}
    for why, figure in steps:
        found[why] = found.get(why, 0) + figure
    return tuple(Step(why, figure) for why, figure in found.items() if figure)


def bridge_table(found: Bridge) -> Table:
    """The table of the bridge ``found``: our number, each step with its sum, their number."""
    rows: list[tuple[str, int | None, int]] = [(f"complexity: {found.of}", None, found.ours)]
    for step in found.items:
        rows.append((step.why, step.figure, rows[-1][2] + step.figure))
    rows.append((f"{found.to}: {found.theirs}", None, found.total))
    return Table((Column("step"), Column("adds", "signed"), Column("sum", "integer")), rows)


def bridge_text(found: Bridge, style: Any = writers.text) -> str:
    """A bridge as text or Markdown.

    Parameters
    ----------
    found : Bridge
        The bridge.
    style : callable
        Writer of the table: ``table_writers.text`` or ``table_writers.markdown``.

    Returns
    -------
    str
        Heading, table, verdict, call and notes, with a line end.
    """
    shapes = ", ".join(map(numbers.shape, found.input_shapes))
    at = f", input {shapes}" if shapes else ""
    heading = f"{found.model}{at}: from our {found.of} to {found.to}'s {found.theirs}"
    asked = (f"Call: {found.call}.",) if found.call else ()
    lines = writers.lines((verdict(found), *asked, *found.notes), style)
    return f"{writers.heading(heading, style)}\n\n{style(bridge_table(found))}\n\n{lines}\n"


def verdict(found: Bridge) -> str:
    """One sentence on the bridge ``found``: verified, not verified, or the unexplained rest."""
    if found.measured is None and found.agrees:
        return f"Not verified here: {found.silence}; the steps are what its known rules give."
    gives = f"{found.source} gives {numbers.integer(found.total)}"
    if found.measured is None:
        gives = found.silence
    if found.agrees:
        return f"Verified: {gives}."
    left = numbers.signed(found.remainder)
    return f"NOT explained in full: {gives}; {left} have no known reason."


def bridge_dict(found: Bridge) -> dict[str, Any]:
    """The bridge ``found`` for JSON, with every figure."""
    return {
        "model": found.model,
        "input_shapes": [list(shape) for shape in found.input_shapes],
        "to": found.to,
        "of": found.of,
        "theirs": found.theirs,
        "ours": found.ours,
        "steps": [{"why": step.why, "figure": step.figure} for step in found.items],
        "total": found.total,
        "verified": found.measured is not None,
        "agrees": found.agrees,
        "remainder": found.remainder,
        "verdict": verdict(found),
        "call": found.call,
        "notes": list(found.notes),
    }


def bridge_fields(report: ModelReport, of: str, to: str, theirs: str) -> dict[str, Any]:
    """The fields of a bridge that follow from a report.

    Parameters
    ----------
    report : ModelReport
        Our count.
    of : str
        Our quantity: ``params``, ``macs`` or ``flops``.
    to : str
        Name of the other tool.
    theirs : str
        Its name of the quantity.

    Returns
    -------
    dict
        Keyword arguments of `Bridge`.
    """
    least = "Operations without a formula are in no step: our number is at least this."
    return {
        "model": report.name,
        "to": to,
        "of": of,
        "theirs": theirs,
        "ours": int(getattr(report, of)),
        "input_shapes": report.input_shapes,
        "notes": () if report.complete else (least,),
    }
