"""The output of a check: one line a model, and a table of the differences."""

from collections.abc import Sequence
from html import escape
from typing import Any

from reports.model.report import ModelReport
from reports.model.verdict import Difference, Verdict, Witness
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.number_format import value_text
from reports.render.table import Column, Table
from reports.text.model_table import settings

COLUMNS = (
    Column("model"),
    Column("layer"),
    Column("field"),
    Column("closed form"),
    Column("counted"),
    Column("by"),
    Column("likely reason"),
)


def check_line(report: ModelReport, number: int, count: int) -> str:
    """The result of one model in one line.

    Parameters
    ----------
    report : ModelReport
        A report with a verdict.
    number, count : int
        Position of the model, and number of models.

    Returns
    -------
    str
        Begins with ``ok``, ``FAIL``, or ``PART`` if something has no formula or no closed form:
        ``[ 7/150] ok  mobilenet (paper, alpha=1) 1x3x224x224: 83 rows, ...``.

    Raises
    ------
    ValueError
        If the model was not checked.
    """
    verdict = report.verdict
    if verdict is None:
        raise ValueError(f"{report.name} was not checked")
    place = f"[{number:>{len(str(count))}}/{count}]"
    mark = "ok  " if verdict.agrees else "FAIL"
    if verdict.agrees and not (verdict.rows and report.complete):
        mark = "PART"
    shape = ", ".join(map(numbers.shape, report.input_shapes))
    outside = ", ".join(map(witness_words, verdict.witnesses))
    totals = f"{numbers.integer(report.params)} params, {numbers.integer(report.macs)} macs"
    said = settings(report)
    named = f"{report.name} ({said})" if said else report.name
    return f"{place} {mark} {named} {shape}: {verdict.compared}, {totals}; {outside}"


def witness_words(witness: Witness) -> str:
    """The result of a reference counter (``witness``): ``fvcore agrees``, or its difference."""
    if witness.counted is None:
        return f"{witness.name} {witness.explained[0]}"
    if witness.agrees:
        habits = [habit for habit in witness.explained if habit[:1] in "+-"]
        return f"{witness.name} agrees" + (f" ({'; '.join(habits)})" if habits else "")
    found = f"{numbers.integer(witness.counted)}, not {numbers.integer(witness.expected)}"
    reasons = [why for why in witness.explained if why.startswith("not judged")]
    return f"{witness.name} {found}" + (f" ({'; '.join(reasons)})" if reasons else "")


def silent(reports: Sequence[ModelReport]) -> str:
    """The reference counters that could not run in ``reports``, as the end of a sentence."""
    verdicts = [report.verdict for report in reports if report.verdict is not None]
    names = [each.name for v in verdicts for each in v.witnesses if each.counted is None]
    of = f" {{}} of {len(reports)}" if len(reports) > 1 else ""
    return "".join(
        f"; {name} could not run{of.format(names.count(name))}" for name in dict.fromkeys(names)
    )


def differences_text(reports: Sequence[ModelReport]) -> str:
    """The end of a check of ``reports``: agreement, or a table of every number that differs."""
    rows = [
        (report.name, d.layer, d.field, value_text(d.closed), value_text(d.counted), d.by, d.reason)
        for report in reports
        if report.verdict is not None
        for d in report.verdict.differences
    ]
    if not rows and not all(r.verdict and r.verdict.rows and r.complete for r in reports):
        part = "No count differs, but not everything that ran could be compared (PART)"
        return f"{part}{silent(reports)}.\n"
    if not rows:
        which = f"All {len(reports)} agree" if len(reports) > 1 else "It agrees"
        partly = any(r.verdict and r.verdict.others for r in reports)
        where = ", in every row that has a closed form" if partly else ", layer by layer"
        return f"{which}: closed form = traced counts{where}{silent(reports)}.\n"
    failed = sum(1 for report in reports if report.verdict and not report.verdict.agrees)
    table = writers.text(Table(COLUMNS, rows))
    return f"\n{table}\n\n{failed} of {len(reports)} do not agree.\n"


def budgets_text(budgets: Sequence[Any]) -> str:
    """One sentence for each of the ``budgets`` that is exceeded; empty without budgets."""
    over = [each.said for each in budgets if not each.holds]
    if over:
        return "\n".join([*over, f"{len(over)} of {len(budgets)} budgets exceeded."]) + "\n"
    kept = ", ".join(dict.fromkeys(str(each.budget) for each in budgets))
    return f"Within budget: {kept}.\n" if budgets else ""


def lost_text(names: Sequence[str], count: int) -> str:
    """The models that could not be checked.

    Parameters
    ----------
    names : sequence of str
        Their names.
    count : int
        Number of all models.

    Returns
    -------
    str
        A line, or empty if all could be checked.
    """
    return f"{len(names)} of {count} could not be checked: {', '.join(names)}.\n" if names else ""


def difference_line(found: Difference) -> str:
    """The difference ``found`` in words, for a list below the verdict."""
    return (
        f"{found.layer}, {found.field}: closed form {value_text(found.closed)}, "
        f"{found.by} {value_text(found.counted)}: {found.reason}"
    )


def verdict_html(verdict: Verdict) -> str:
    """The ``verdict``, its differences and the reference counters, a paragraph each."""
    lines = (
        f"Checked: {verdict}.",
        *map(difference_line, verdict.differences),
        *map(witness_words, verdict.witnesses),
    )
    return "".join(f"<p>{escape(line)}</p>" for line in lines)
