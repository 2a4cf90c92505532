"""The five networks in symbols: their closed forms, fed with names in place of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from formulas.core.errors import FormulaError, SizeError
from formulas.networks import EXACT_ALPHA, network
from formulas.symbolic.polynomial import variable
from reports.model.formula import Dimension, Formula, value_of
from reports.model.report import report_of

# The words of --in: the network's own option, its name in the expressions, what it means.
OPEN = {
    "batch": ("batch", "N", "batch"),
    "res": ("resolution", "r", "resolution"),
    "alpha": ("alpha", "alpha", "width multiplier"),
}
CHECKED = 3  # settings at which the expressions are compared with the closed form in numbers


def network_formula(
    name: str, options: Mapping[str, Any], dims: Sequence[str] | None = None
) -> Formula:
    """The cost of a network in the sizes ``dims``; where None, in all that ``options`` leaves open.

    >>> network_formula("shufflenet", {"variant": "paper"}, ["res"]).macs
    648 ceil(r/2)^2 + 1440 ceil(r/4)^2 + 44880 ceil(r/8)^2 + 325440 ceil(r/16)^2 + \
507840 ceil(r/32)^2 + 960000
    """
    possible = [word for word in OPEN if word != "alpha" or scales(name, options)]
    free = [word for word in possible if options.get(OPEN[word][0]) is None]
    for word in dims or ():
        if word not in free:
            rule = f"must be among {', '.join(free)}, which this network leaves open"
            raise SizeError("dims", word, rule)
    words = free if dims is None else list(dict.fromkeys(dims))
    if not words:
        raise SizeError("dims", "", "must leave a size open: batch, res or alpha")
    symbols = {OPEN[word][0]: variable(OPEN[word][1]) for word in words}
    report = report_of(network(name, **{**options, **symbols}))
    least = {"batch": 1, "res": least_resolution(name, options), "alpha": EXACT_ALPHA.get(name, 1)}
    dimensions = tuple(
        Dimension(
            OPEN[word][1], OPEN[word][2], least[word],
            step=least["alpha"] if word == "alpha" else 1,
            why=(ALPHA_RULES[name],) if word == "alpha" else (),
        )
        for word in words
    )  # fmt: skip
    formula = Formula(report, dimensions, against="the closed form in numbers")
    return verified(formula, name, options, words)


ALPHA_RULES = {
    "mobilenet": "between these, int(channels * alpha) cuts a part of a channel off",
    "mobilenetv2": "between these, channels are rounded to multiples of 8",
}


def scales(name: str, options: Mapping[str, Any]) -> bool:
    """Whether the network has a width multiplier."""
    return name == "mobilenet" or (name == "mobilenetv2" and options.get("variant") == "paper")


def least_resolution(name: str, options: Mapping[str, Any]) -> int:
    """The smallest side from which on every map is there."""
    side = 1
    while True:
        try:
            network(name, **{**options, "resolution": side})
        except SizeError as error:
            if error.argument != "resolution":
                raise
            side += 1
        else:
            return side


def verified(
    formula: Formula, name: str, options: Mapping[str, Any], words: Sequence[str]
) -> Formula:
    """The same, compared with the closed form in numbers; it holds or raises."""
    points = []
    for turn in range(1, CHECKED + 1):
        sizes = {
            d.name: d.least + d.step * turn**3 if d.name == "alpha" else d.least + 37 * turn**2
            for d in formula.dimensions
        }
        told = {OPEN[word][0]: sizes[OPEN[word][1]] for word in words}
        closed = network(name, **{**options, **told})
        if value_of(formula.cost, sizes) != closed.cost:
            raise FormulaError(f"the expressions of {name} do not hold at {sizes}")
        points.append({k: str(v) if isinstance(v, Fraction) else v for k, v in sizes.items()})
    return Formula(formula.report, formula.dimensions, verified=tuple(points),
                   against=formula.against)  # fmt: skip
