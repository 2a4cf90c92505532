"""From counts at a few sizes to expressions: each row's own closed form, fed with symbols.

A number that a row meets, such as the side of its map, is recognised by its values at the traced
sizes; the row's formula then takes the symbols in place of the numbers, as it takes SymPy's. What
comes out must equal the counts that were traced at all of the sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import combinations_with_replacement
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from formulas.core.quantities import elements
from formulas.symbolic.fitting import Recognition, UnrecognizedError
from formulas.symbolic.polynomial import Polynomial
from reports.model.report import LayerRow, ModelReport, row_of


class DiffersError(Exception):
    """Sizes at which the model does not do the same things, or not in a way that is followed.

    ``name`` is the size that is at fault, where one is.
    """

    def __init__(self, reason: str, name: str | None = None) -> None:
        super().__init__(reason)
        self.name = name


def difference(one: ModelReport, other: ModelReport) -> str | None:
    """The first row that only one of two runs has; None where they have the same rows in order."""
    first, second = named(one), named(other)
    for mine, theirs in zip(first, second, strict=False):
        if mine != theirs:
            if mine not in second:
                return f"{mine[0]} ({mine[1]}) is not there"
            return f"{theirs[0]} ({theirs[1]}) appears"
    if len(first) != len(second):
        longer, verb = (first, "is not there") if len(first) > len(second) else (second, "appears")
        name, kind = longer[min(len(first), len(second))]
        return f"{name} ({kind}) {verb}"
    return None


def named(report: ModelReport) -> list[tuple[str, str]]:
    return [(row.name, row.kind) for row in report.layers]


def generalized(reports: Sequence[ModelReport], known: Recognition) -> ModelReport:
    """One report in symbols from runs with the same rows at the points of ``known``.

    Raises ``DiffersError`` where a row's numbers follow no expression that is looked for.
    """
    seen: dict[Any, LayerRow] = {}
    rows = []
    for group in zip(*(report.layers for report in reports), strict=True):
        alike = tuple((r.kind, r.layer, r.in_shapes, r.out_shape, r.calls, r.cost) for r in group)
        if alike not in seen:
            seen[alike] = general_row(group, known)
        rows.append(replace(seen[alike], name=group[0].name))
    shapes = general_shapes([report.input_shapes for report in reports], known)
    return replace(reports[0], layers=tuple(rows), input_shapes=shapes, verdict=None, coverage={})


def general_row(group: Sequence[LayerRow], known: Recognition) -> LayerRow:
    """One row in symbols; by its closed form where it has one, else by its numbers."""
    first = group[0]
    try:
        in_shapes = general_shapes([row.in_shapes for row in group], known)
        row = described(group, in_shapes, known)
        if row is None:
            (out_shape,) = general_shapes([(row.out_shape,) for row in group], known)
            cost = counted(group, (*in_shapes, out_shape), known)
            row = replace(first, in_shapes=in_shapes, out_shape=out_shape, cost=cost)
    except UnrecognizedError as error:
        found = ", ".join(map(str, error.args[0]))
        said = f"{found}, which follow no polynomial or floor" if found else "other forms of input"
        raise DiffersError(f"{first.name} ({first.kind}) has {said}") from error
    for side in row.out_shape:
        known.learn(side)
    return row


def described(
    group: Sequence[LayerRow], in_shapes: tuple[Any, ...], known: Recognition
) -> LayerRow | None:
    """The row by its layer's formula in symbols; None where that is not what was traced.

    A row's inputs may hold more than its layer describes, such as a mask or the weights.
    """
    first = group[0]
    if first.layer is None:
        return None
    try:
        layer = general_value([row.layer for row in group], known)
    except UnrecognizedError:  # what is padded, say; its cost may still be plain
        return None
    calls, params = known(r.calls for r in group), known(r.params for r in group)
    for count in range(len(in_shapes), 0, -1):
        try:
            row = row_of(first.name, layer, *in_shapes[:count])
            cost = row.cost.repeated(calls, params)
            right = is_cost(cost, group, known) and is_shape(row.out_shape, group, known)
        except (ValueError, TypeError, AttributeError, IndexError):  # not a formula for symbols
            continue
        if right:
            kept = {"operation": first.operation, "in_shapes": in_shapes}
            return replace(row, cost=cost, calls=calls, **kept)
    return None


def is_cost(cost: Cost, group: Sequence[LayerRow], known: Recognition) -> bool:
    """Whether a cost in symbols is what was traced at each of the points."""
    return all(
        known.values(getattr(cost, each)) == tuple(getattr(row.cost, each) for row in group)
        for each in COST_FIELDS
    )


def is_shape(shape: Sequence[Any], group: Sequence[LayerRow], known: Recognition) -> bool:
    """Whether a shape in symbols is what came out at each of the points."""
    traced = zip(*(row.out_shape for row in group), strict=True)
    return [known.values(side) for side in shape] == list(traced)


def counted(group: Sequence[LayerRow], shapes: tuple[Any, ...], known: Recognition) -> Cost:
    """The cost of a row without a formula for symbols, from its counts and its tensors' sizes."""
    sides = {side for shape in shapes for side in shape if isinstance(side, Polynomial)}
    whole = [elements(shape) for shape in shapes]
    products = [elements(each) for n in (1, 2) for each in combinations_with_replacement(sides, n)]
    features = [each for each in dict.fromkeys([*whole, *products]) if isinstance(each, Polynomial)]
    found = {
        each: known.combination((getattr(row.cost, each) for row in group), features)
        for each in COST_FIELDS
    }
    return Cost(**found)


def general_shapes(shapes: Sequence[Any], known: Recognition) -> tuple[Any, ...]:
    """Shapes in symbols from those at each point; ``UnrecognizedError`` where forms differ."""
    if len({tuple(len(shape) for shape in each) for each in shapes}) != 1:
        raise UnrecognizedError(())
    return tuple(
        tuple(known(sides) for sides in zip(*each, strict=True))
        for each in zip(*shapes, strict=True)
    )


def general_value(values: Sequence[Any], known: Recognition) -> Any:
    """A layer's description in symbols: the numbers in it that change are recognised."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if isinstance(first, int) and not isinstance(first, bool):
        return known(values)
    if isinstance(first, tuple):
        return tuple(general_value(each, known) for each in zip(*values, strict=True))
    if is_dataclass(first):
        parts = {
            part.name: [getattr(value, part.name) for value in values] for part in fields(first)
        }
        changed = {
            name: general_value(each, known)
            for name, each in parts.items()
            if any(value != each[0] for value in each)
        }
        return replace(first, **changed)  # type: ignore[type-var]
    raise UnrecognizedError(())


def on_steps(report: ModelReport, steps: Mapping[str, int]) -> ModelReport:
    """The same without the floors that leave no remainder at multiples of ``steps``."""
    seen: dict[int, Cost] = {}
    rows = []
    for row in report.layers:
        if id(row.cost) not in seen:
            seen[id(row.cost)] = Cost(*(plain(getattr(row.cost, f), steps) for f in COST_FIELDS))
        rows.append(replace(row, cost=seen[id(row.cost)]))
    return replace(report, layers=tuple(rows))


def plain(value: Any, steps: Mapping[str, int]) -> Any:
    """An expression without floors, where its names move in fitting steps."""
    if not isinstance(value, Polynomial) or not value.floors:
        return value
    names = set().union(*(floor.inner.free_symbols for floor in value.floors))
    without, step = value.on_multiples()
    return without if all(steps.get(name, 1) % step == 0 for name in names) else value
