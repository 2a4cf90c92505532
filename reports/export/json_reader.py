"""Saved reports, read back: what ``report`` and ``compare`` write with ``--format json``.

``report.schema.json`` describes the file for other programs.
"""

import json
import math
from pathlib import Path
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from reports.export.json_node import (
    MOST_DIGITS,
    MOST_SHOWN,
    Long,
    Part,
    SavedError,
    Twice,
)
from reports.export.json_writer import SCHEMA, report_dict
from reports.model.report import LayerRow, ModelReport
from reports.model.report_view import ReportView
from reports.model.training import OPTIMIZER_STATE, Training
from reports.model.verdict import Difference, Verdict, Witness

FOLLOWS = ", which follows from the layers (a report saved with --top does not hold them all)"


def is_saved(target: object) -> bool:
    """True if ``target`` names a saved report: its name ends in ``.json``."""
    return isinstance(target, str) and target.lower().endswith(".json")


def read_saved(path: str | Path) -> tuple[ModelReport, ...]:
    """The reports of a file.

    Parameters
    ----------
    path : str or Path
        A file that ``report`` or ``compare`` wrote. One of an older version, without ``schema``, is
        read too.

    Returns
    -------
    tuple of ModelReport
        One report, or each one of a comparison.

    Raises
    ------
    SavedError
        If the file is no report, or a total does not follow from its layers.
    """
    whole = _loaded(Path(path))
    if not isinstance(whole.value, list):
        return (report_from(whole),)
    if not whole.value:
        raise whole.refused("must hold a report")
    return tuple(map(report_from, whole.items()))


def _loaded(path: Path) -> Part:
    twice: list[Twice] = []

    def no_number(word: str) -> None:
        raise ValueError(f"{word} is no number in JSON")

    def finite(digits: str) -> float:
        if math.isinf(found := float(digits)):
            raise ValueError(f"{digits[:MOST_SHOWN]} is more than a float holds")
        return found

    def whole(digits: str) -> int | Long:  # Python refuses more than 4,300 digits
        return int(digits) if len(digits) <= 4 * MOST_DIGITS else Long(digits)

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.append(Twice(pairs))
            return twice[-1]
        return found

    try:
        text = path.read_text(encoding="utf-8-sig")
        found = Part(str(path), "", json.loads(text, parse_int=whole, parse_float=finite,
                                               parse_constant=no_number,
                                               object_pairs_hook=members))  # fmt: skip
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SavedError(f"{path} cannot be read: {reason}") from error
    except RecursionError:
        raise SavedError(f"{path} must be JSON: it is nested too deeply") from None
    except ValueError as error:  # neither UTF-8 nor JSON
        raise SavedError(f"{path} must be JSON: {error}") from error
    if twice:
        found.once()
    return found


def report_from(part: Part) -> ModelReport:
    """The report that ``part`` holds, without layer specs and bytes."""
    members = part.members()
    if "schema" in members and members["schema"].value != SCHEMA:
        raise members["schema"].refused(f"must be {SCHEMA!r}, the version that this program knows")
    report = ModelReport(
        name=part["model"].text(),
        layers=tuple(map(row_from, part["layers"].items())),
        options={name: each.value for name, each in part["options"].members().items()},
        input_shapes=tuple(shape.sizes() for shape in part["inputs"].items()),
        buffers=part["buffers"].count(),
        unknown=counts_from(part["unknown"]),
        coverage=counts_from(part["coverage"]),
        training=None if part["training"].value is None else training_from(part["training"]),
        verdict=None if part["check"].value is None else verdict_from(part["check"]),
        notes=tuple(note.text() for note in part["notes"].items()),
        convention=part["convention"].text(),
    )
    must_add_up(part, report)
    return report


def must_add_up(part: Part, report: ModelReport) -> None:
    """Refuse a file whose totals, kinds or blocks do not follow from its layers.

    Parameters
    ----------
    part : Part
        The node of the report.
    report : ModelReport
        The report that was read from it.

    Raises
    ------
    SavedError
        At the first place that differs.
    """
    nameless = [row.name for row in report.layers if not row.known]
    if bool(nameless) != bool(report.unknown) or 0 in report.unknown.values():
        held = f"as {nameless[0]} is not known" if nameless else "as all layers are known"
        raise part["unknown"].refused(f"must name what has no formula and how often it ran, {held}")
    names = {each: [group["name"].text() for group in part[each].items()]
             for each in ("kinds", "blocks")}  # fmt: skip
    depth = 1 + max((name.count(".") for name in names["blocks"]), default=0)
    expected = json.loads(json.dumps(report_dict(report, ReportView(depth=depth))))
    if "schema" not in part.value:
        del expected["schema"]
    for each, order in names.items():  # --sort has moved the layers, not the groups
        groups = {group["name"]: group for group in expected[each]}
        if set(order) == set(groups):
            expected[each] = [groups[name] for name in order]
    part.same_as(expected, FOLLOWS)


def row_from(part: Part) -> LayerRow:
    """The layer's row that ``part`` holds."""
    known = part["known"].truth()
    kernel, stride, groups = part["kernel"], part["stride"], part["groups"]
    return LayerRow(
        name=part["name"].text(),
        kind=part["kind"].text(),
        in_shapes=tuple(shape.sizes() for shape in part["inputs"].items()),
        out_shape=part["output"].sizes(),
        formula=part["formula"].text(),
        cost=cost_from(part, known),
        kernel=None if kernel.value is None else kernel.sizes(),
        stride=None if stride.value is None else stride.sizes(),
        groups=None if groups.value is None else groups.count(),
        calls=part["calls"].count(),
        known=known,
    )


def cost_from(part: Part, known: bool = True) -> Cost:
    """The cost of a row.

    Parameters
    ----------
    part : Part
        The node of the row.
    known : bool
        False for an operation without a formula: then null is an unknown amount.

    Returns
    -------
    Cost
        Exact integers.

    Raises
    ------
    SavedError
        If a figure is missing or is no count.
    """
    figures = {name: part[name] for name in COST_FIELDS}
    return Cost(
        **{
            name: 0 if figure.value is None and not known else figure.count()
            for name, figure in figures.items()
        }
    )


def counts_from(part: Part) -> dict[str, int]:
    """The counts by name that ``part`` holds."""
    return {name: each.count() for name, each in part.members().items()}


def training_from(part: Part) -> Training:
    """The training step that ``part`` holds."""
    return Training(
        cost_from(part["backward"]),
        part["trainable"].count(),
        part["optimizer"].one_of(OPTIMIZER_STATE),
        counts_from(part["unknown"]),
    )


def verdict_from(part: Part) -> Verdict:
    """The verdict that ``part`` holds."""
    return Verdict(
        part["rows"].count(),
        part["traced_on"].text(),
        tuple(map(difference_from, part["differences"].items())),
        tuple(map(witness_from, part["witnesses"].items())),
        part["others"].count(),
    )


def difference_from(part: Part) -> Difference:
    """The difference that ``part`` holds."""
    closed, counted = (figure_from(part[side]) for side in ("closed", "counted"))
    layer, field, by, reason = (part[name].text() for name in ("layer", "field", "by", "reason"))
    return Difference(layer, field, closed, counted, by, reason)


def figure_from(part: Part) -> Any:
    """One side of a difference in ``part``: a number, a shape, a word or None."""
    if isinstance(part.value, list):
        return part.sizes()
    return part.value


def witness_from(part: Part) -> Witness:
    """The result of a reference counter that ``part`` holds."""
    counted = part["counted"]
    habits = part.members().get("habits")
    return Witness(
        part["name"].text(),
        part["expected"].count(),
        None if counted.value is None else counted.count(),
        tuple(each.text() for each in part["explained"].items()),
        part["judged"].truth(),
        tuple(map(habit_from, habits.items() if habits else ())),
    )


def habit_from(part: Part) -> tuple[str, int]:
    """A counting rule of another counter in ``part``, and its figure, which may be below 0."""
    found = part.items()
    if len(found) != 2:
        raise part.refused("must be a word and a figure")
    figure: int = found[1].kind(int, "a whole number")
    return found[0].text(), figure
