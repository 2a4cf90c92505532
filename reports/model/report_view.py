"""The options of presentation: the table of a report that is shown, its order and its bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from formulas.core.cost import COST_FIELDS
from formulas.core.errors import SizeError
from formulas.core.quantities import quantity
from reports.model.report import LayerRow
from reports.model.totals import Group

By = Literal["layer", "kind", "block"]
SORTS = ("name", *COST_FIELDS)
Item = TypeVar("Item", LayerRow, Group)


@dataclass(frozen=True)
class ReportView:
    """The options of presentation of a report. They change no number.

    Parameters
    ----------
    by : {"layer", "kind", "block"}
        One line of the table is a layer, a kind of layer or a block.
    depth : int
        Number of leading names of a path that make a block, at least 1.
    sort : str, optional
        ``"name"`` or a cost field, largest first. Default: the order of execution.
    top : int, optional
        Number of lines shown, after sorting. Default: all.
    memory : bool
        Adds the bytes moved and the memory at peak.
    bytes_as : str, optional
        Data type in which floating-point elements are counted as bytes, such as ``"float16"``.
        Default: their own types.

    Raises
    ------
    SizeError
        If `by` or `sort` is not one of the choices, or `depth` or `top` is not an integer of at
        least 1.

    Examples
    --------
    >>> ReportView(top=0)
    Traceback (most recent call last):
    formulas.core.errors.SizeError: top=0 must be an integer of at least 1
    """

    by: By = "layer"
    depth: int = 1
    sort: str | None = None
    top: int | None = None
    memory: bool = False
    bytes_as: str | None = None

    def __post_init__(self) -> None:
        if self.by not in get_args(By):
            raise SizeError("by", self.by, f"must be one of {', '.join(get_args(By))}")
        quantity("depth", self.depth)
        if self.sort is not None and self.sort not in SORTS:
            raise SizeError("sort", self.sort, f"must be one of {', '.join(SORTS)}")
        if self.top is not None:
            quantity("top", self.top)

    def arrange(self, items: Iterable[Item]) -> list[Item]:
        """The rows or groups ``items``, sorted by `sort` and cut to the first `top`."""
        found, field = list(items), self.sort
        if field == "name":
            found.sort(key=lambda item: item.name)
        elif field is not None:
            found.sort(key=lambda item: getattr(item.cost, field), reverse=True)
        return found[: self.top]


DEFAULT_VIEW = ReportView()
