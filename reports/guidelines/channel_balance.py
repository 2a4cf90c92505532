"""G1 and G2 of the layers of a report: what each moves, what it could move, and at which widths.

The layers at the ends of a model are left out: the first takes the channels of the input, the last
gives classes or a vocabulary, and neither is free to change. The first are those before which no
other multiplies or looks up, the last those behind which none does: a traced flow tells them, and a
closed form has one of each, in the order of its rows. A layer alone is no model and has no ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from formulas.bounds.channel_balance import (
    access,
    access_bound,
    channel_costs,
    ungrouped_access,
    whole_widths,
)
from formulas.core.memory_traffic import bytes_moved, elements_moved
from formulas.core.quantities import elements
from formulas.layers import Conv, Linear
from reports.guidelines.blocks import is_look_up, module_of
from reports.model.report import LayerRow, ModelReport
from reports.render import number_format as numbers

Widths = tuple[int, int]


@dataclass(frozen=True)
class Figure:
    """The access of a layer as it is, at the bound, and as ``least`` at the whole widths that have
    the same MACs; in elements, of one run."""

    code: str
    row: LayerRow
    access: int
    bound: float
    least: int
    widths: Widths
    what: str
    without: str = ""

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.access) / Fraction(self.bound)

    @property
    def above(self) -> int:
        """Bytes above the bound, in all runs; above ``least`` where that is lower yet, for groups
        whose maps differ are compared at widths in their proportion, which need not be the best."""
        return self._bytes(self.access - min(self.bound, self.least))

    @property
    def saved(self) -> int:
        """Bytes that ``widths`` would move less, in all runs; 0 where they are the layer's own."""
        return self._bytes(self.access - self.least)

    def _bytes(self, more: float) -> int:
        """Of the type that the layer writes."""
        written = elements_moved(self.row.moved).outputs
        size: int = bytes_moved(self.row.moved).outputs // written if written else 0
        return max(0, int(more * self.row.calls)) * size

    @property
    def advice(self) -> str:
        if not self.saved:
            above = numbers.integer(self.above)
            return f"no whole widths with the same MACs move less, the bound is {above} bytes below"
        saved = numbers.integer(self.saved)
        return f"{arrow(*self.widths)}{self.without} have the same MACs and move {saved} bytes less"


def figures_of(report: ModelReport) -> list[Figure]:
    """The figure of each layer that G1 or G2 speaks of, those at the ends of the model aside."""
    fixed = ends(report)
    inner = (row for row in report.layers if module_of(row) not in fixed)
    return [figure for row in inner if (figure := figure_of(row)) is not None]


def ends(report: ModelReport) -> set[str]:
    """The names of the first and the last layers, whose widths are given from outside."""
    if len(report.layers) == 1:
        return set()
    names = [module_of(row) for row in report.layers if row.macs or is_look_up(row)]
    if report.flow is not None:
        return report.flow.ends(set(names))
    return {*names[:1], *names[-1:]}


def figure_of(row: LayerRow) -> Figure | None:
    """G1 or G2 of a layer; None where neither speaks of it."""
    layer = row.layer
    if isinstance(layer, Linear):
        widths, kernel, groups = (layer.in_features, layer.out_features), 1, 1
    elif isinstance(layer, Conv) and row.kind in ("pointwise", "group"):
        widths = layer.in_channels, layer.out_channels
        kernel, groups = elements(layer.kernel), layer.groups
    else:
        return None
    positions = elements(row.out_shape) // widths[1]
    maps = {"in_positions": elements(row.in_shapes[0]) // widths[0], "bias": layer.bias}
    given = {**maps, "kernel": kernel}
    costs = channel_costs(positions, **maps)
    moved = access(positions, *widths, groups=groups, **given)
    product = widths[0] * widths[1] // groups
    if groups == 1:
        found = whole_widths(product, (product * costs[1] / costs[0]) ** 0.5, costs)
        return Figure(
            "G1",
            row,
            moved,
            access_bound(positions, positions * product, **maps),
            access(positions, *found, **given),
            found,
            f"of the least access, {arrow(*widths)}",
        )
    found = whole_widths(product, widths[0] / groups**0.5, costs)
    return Figure(
        "G2",
        row,
        moved,
        ungrouped_access(positions, *widths, groups=groups, **given),
        access(positions, *found, **given),
        found,
        f"of the access without groups, {groups} groups of {arrow(*widths)}",
        " without groups",
    )


def arrow(one: int, two: int) -> str:
    return f"{one} -> {two} channels"
