"""One colour for each kind of layer, on the page and in pictures."""

from reports.model.report import ModelReport
from reports.model.totals import by_kind

# Of a kind, the dearest first; the last is of all that come after.
LIGHT = ("#35708f", "#c8923a", "#5b8c62", "#a75d78", "#7e70a8", "#b56c44", "#4c9492", "#8d893f",
         "#979b9c")  # fmt: skip
DARK = ("#6ba8c6", "#dfb468", "#8dbd93", "#d290a8", "#b1a5d5", "#da9d79", "#83c4c1", "#bfbb7b",
        "#9ca2a3")  # fmt: skip
MODULE = "#e8e3d8"


def colours_of(report: ModelReport) -> dict[str, int]:
    """The number of each kind's colour; kinds that move most elements have one of their own."""
    order = sorted(by_kind(report.layers), key=lambda group: -group.cost.memory_access)
    return {group.name: min(place, len(LIGHT) - 1) for place, group in enumerate(order)}
