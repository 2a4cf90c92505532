"""A formula as text, LaTeX, JSON, Python and SymPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from formulas.core.cost import Cost
from reports.model.formula import FIELDS, Dimension, Formula, expression
from reports.render.titles import TITLES
from reports.text.report import title

BY = ("total", "kind", "layer")


def formula_text(formula: Formula, by: str = "total") -> str:
    """Every expression, one a line, and where they hold.

    Parameters
    ----------
    formula : Formula
        The formula.
    by : str
        ``"total"``, ``"kind"`` or ``"layer"``.

    Returns
    -------
    str
        Text with a line end.
    """
    lines = [title(formula.report), ""]
    for name, cost in formula.by(by):
        shown = [field for field in FIELDS if by == "total" or getattr(cost, field) != 0]
        lines += [] if by == "total" else [name]
        pad = "" if by == "total" else "  "
        lines += [f"{pad}{TITLES[field]:13} = {getattr(cost, field)}" for field in shown]
        lines += [] if by == "total" else [""]
    return "\n".join([*lines, *([""] if by == "total" else []), *closing(formula)]) + "\n"


def closing(formula: Formula) -> list[str]:
    """The range of ``formula``, the sizes at which it is verified, and the convention."""
    lines = []
    simple, step = formula.simple
    if step > 1:
        names = [d.name for d in formula.dimensions if d.name in floored(formula)]
        are = "is a multiple" if len(names) == 1 else "are multiples"
        lines.append(f"Where {' and '.join(names)} {are} of {step}: macs = {simple.macs}.")
    for each in formula.dimensions:
        why = f" ({'; '.join(each.why)})" if each.why else ""
        tried = f", tried up to {each.tried}" if each.tried and each.most is None else ""
        lines.append(f"Holds for {each.rule}{tried}{why}; {each.name} is the {each.meaning}.")
    lines += [f"Fixed: {reason}." for reason in formula.fixed.values()]
    tried = "; ".join(sizes(each) for each in formula.verified)
    if tried:
        lines.append(f"Verified: equal to {formula.against} at {tried}: sizes not used to derive.")
    least = formula.report.unknown
    lines += [f"At least: {name} has no formula." for name in least]
    report = formula.report
    return [*lines, f"Convention: {formula.convention}.", *report.caveats, *report.notes]


def floored(formula: Formula) -> set[str]:
    """The names of the sizes that stand inside a floor in ``formula``."""
    totals = [expression(getattr(formula.cost, field)) for field in FIELDS]
    return {name for total in totals for floor in total.floors for name in floor.inner.free_symbols}


def sizes(point: Mapping[str, Any]) -> str:
    """The sizes of a ``point``: ``N = 2, S = 128``."""
    return ", ".join(f"{name} = {value}" for name, value in point.items())


def formula_latex(formula: Formula, by: str = "total") -> str:
    """The expressions as an ``align*`` environment of amsmath.

    Parameters
    ----------
    formula : Formula
        The formula.
    by : str
        ``"total"``, ``"kind"`` or ``"layer"``.

    Returns
    -------
    str
        LaTeX with a line end.
    """
    rows = [
        rf"\mathrm{{{word(name, field, by)}}} &= {expression(getattr(cost, field)).to_latex()}"
        for name, cost, field in entries(formula, by)
    ]
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}\n"


def entries(formula: Formula, by: str) -> list[tuple[str, Cost, str]]:
    """The figures that are written: every total, and others unless they are 0.

    Parameters
    ----------
    formula : Formula
        The formula.
    by : str
        ``"total"``, ``"kind"`` or ``"layer"``.

    Returns
    -------
    list of tuple
        Name, cost and field of each figure.
    """
    return [
        (name, cost, field)
        for name, cost in formula.by(by)
        for field in FIELDS
        if by == "total" or getattr(cost, field) != 0
    ]


def word(name: str, field: str, by: str) -> str:
    r"""The left side of an equation in LaTeX.

    Parameters
    ----------
    name : str
        Name of the layer or kind.
    field : str
        A cost field.
    by : str
        ``"total"``, ``"kind"`` or ``"layer"``.

    Returns
    -------
    str
        Escaped text for ``\mathrm``.
    """
    said = field if by == "total" else f"{name}: {field}"
    return said.replace("_", r"\_").replace("#", r"\#").replace(" ", r"\ ")


def formula_dict(formula: Formula, by: str = "total") -> dict[str, Any]:
    """The expressions for JSON.

    Parameters
    ----------
    formula : Formula
        The formula.
    by : str
        ``"total"``, ``"kind"`` or ``"layer"``.

    Returns
    -------
    dict
        Each expression as text and as Python, and where they hold.
    """
    return {
        "name": formula.name,
        "by": by,
        "dimensions": [
            {
                "name": each.name, "meaning": each.meaning, "least": number(each.least),
                "most": each.most, "step": number(each.step), "start": each.start,
                "rule": each.rule, "why": list(each.why), "tried": each.tried,
            }
            for each in formula.dimensions
        ],
        "fixed": dict(formula.fixed),
        "verified": [dict(each) for each in formula.verified],
        "against": formula.against,
        "convention": formula.convention,
        "unknown": dict(formula.report.unknown),
        "expressions": [
            {
                "name": name,
                **{
                    field: {
                        "text": str(expression(getattr(cost, field))),
                        "python": expression(getattr(cost, field)).to_python(),
                    }
                    for field in FIELDS
                },
            }
            for name, cost in formula.by(by)
        ],
    }  # fmt: skip


def number(value: Any) -> Any:
    """``value`` for JSON: a whole number as it is, a fraction as text."""
    return value if isinstance(value, int) else str(value)


def formula_python(formula: Formula) -> str:
    """A Python module with a function for each total of ``formula``; it refuses other sizes."""
    names = [each.name for each in formula.dimensions]
    rules = "; ".join(each.rule for each in formula.dimensions)
    lines = [f'"""The cost of {formula.name}: {rules}."""', ""]
    lines += ["from fractions import Fraction", "", "", f"def _check({', '.join(names)}):"]
    for each in formula.dimensions:
        lines += [
            f"    if not ({condition(each)}):",
            f'        raise ValueError(f"{each.name}={{{each.name}}} must be {each.rule}")',
        ]
    for field in FIELDS:
        lines += ["", "", f"def {field}({', '.join(names)}):"]
        if "alpha" in names:
            lines.append("    alpha = Fraction(alpha)")
        lines.append(f"    _check({', '.join(names)})")
        lines.append(f"    return int({expression(getattr(formula.cost, field)).to_python()})")
    return "\n".join(lines) + "\n"


def condition(dimension: Dimension) -> str:
    """The validity of a ``dimension`` as Python: ``224 <= r and r % 32 == 0``."""
    name = dimension.name
    most = "" if dimension.most is None else f" <= {dimension.most}"
    rest = f"({name} - {dimension.start})" if dimension.start else name
    least, step = (
        str(value) if isinstance(value, int) else f'Fraction("{value}")'
        for value in (dimension.least, dimension.step)
    )
    return f"{least} <= {name}{most} and {rest} % {step} == 0"


def formula_sympy(formula: Formula) -> str:
    """Python code that builds each total of ``formula`` as a SymPy expression."""
    names = [each.name for each in formula.dimensions]
    lines = ["from sympy import Symbol, sympify", ""]
    lines += [f"{name} = Symbol({name!r}, {kind(name)})" for name in names]
    known = ", ".join(f"{name!r}: {name}" for name in names)
    for field in FIELDS:
        found = expression(getattr(formula.cost, field)).to_sympy()
        lines.append(f"{field} = sympify({str(found)!r}, locals={{{known}}})")
    return "\n".join(lines) + "\n"


def kind(name: str) -> str:
    """The assumptions of the SymPy symbol called ``name``."""
    return "positive=True" if name == "alpha" else "integer=True, positive=True"
