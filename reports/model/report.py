"""The contract between the packages: what a report may know of a layer, and of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from formulas.core.cost import CONVENTION, Cost
from formulas.core.expressions import in_numbers
from formulas.core.memory_traffic import Moved, added
from formulas.core.quantities import Quantity, Shape
from formulas.kinds import KINDS, count, kind_of, moved
from formulas.layers import Layer
from formulas.networks import Network
from reports.model.cost_view import CostView
from reports.model.dataflow import Flow
from reports.model.peak_memory import Memory
from reports.model.training import Training
from reports.model.verdict import Verdict
from reports.model.views import text_view, view
from reports.render import number_format as numbers

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True)
class LayerRow(CostView):
    """One layer, or one operation between layers, as it was met in one place.

    ``name`` is its path in the model; ``formula`` is the kind's formula with the numbers put
    in. ``calls`` counts runs with the same shapes: ``cost`` covers all of them, params once.
    Of an operation without a formula (``known`` is False) the cost is only a lower bound, and is
    never shown as 0. ``operation`` is the operator of a row between layers, ``layer`` the
    description that was counted, where there is one. ``moved`` are the elements of its
    ``memory_access`` by data type, inputs, outputs and weights apart.
    """

    name: str
    kind: str
    in_shapes: tuple[Shape, ...]
    out_shape: Shape
    formula: str
    cost: Cost
    kernel: Shape | None = None
    stride: Shape | None = None
    groups: Quantity | None = None
    calls: int = 1
    known: bool = True
    operation: str = ""
    layer: Layer | None = None
    moved: Moved = field(default_factory=dict)


def row_of(name: str, layer: Layer, *in_shapes: Shape) -> LayerRow:
    """The row of a described layer, counted by its kind's formula."""
    kind = kind_of(layer)
    expression = KINDS[kind].expression.main
    dims = getattr(layer, "dims", 2)
    return LayerRow(
        name=name,
        kind=kind,
        in_shapes=in_shapes,
        out_shape=layer.out_shape(*in_shapes),
        formula=in_numbers(expression, layer.symbols(*in_shapes), dims),
        cost=count(layer, *in_shapes),
        kernel=getattr(layer, "kernel", None),
        stride=getattr(layer, "stride", None),
        groups=getattr(layer, "groups", None),
        layer=layer,
        moved=moved(layer, *in_shapes),
    )


@dataclass(frozen=True, repr=False)
class ModelReport(CostView):
    """A model's cost: its rows, their totals, and how far they can be trusted.

    ``unknown`` names the operations without a formula and how often each ran; where it is not
    empty, every total is a lower bound. ``verdict`` is the comparison of the closed form with a
    traced run, None where nothing was traced. ``coverage`` says how many executed operators were
    counted, free by definition (views, copies) and unknown; ``training`` what a training step
    costs, ``memory`` what is held at the peak and ``flow`` which runs wait for which, where they
    were asked for. ``caveats`` are sentences on what the figures leave out, which every view of
    them shows; ``notes`` are further sentences for the reader.
    """

    name: str
    layers: tuple[LayerRow, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    input_shapes: tuple[Shape, ...] = ()
    buffers: Quantity = 0
    unknown: Mapping[str, int] = field(default_factory=dict)
    coverage: Mapping[str, int] = field(default_factory=dict)
    training: Training | None = None
    memory: Memory | None = None
    flow: Flow | None = None
    verdict: Verdict | None = None
    caveats: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    convention: str = CONVENTION

    @cached_property
    def cost(self) -> Cost:
        """All rows added up."""
        return sum((row.cost for row in self.layers), Cost())

    @cached_property
    def moved(self) -> Moved:
        """Elements read and written by all rows, by data type."""
        return added(row.moved for row in self.layers)

    @property
    def complete(self) -> bool:
        """Whether every operation has a formula, so that the totals are exact."""
        return not self.unknown

    def layer(self, name: str) -> LayerRow:
        """The row of that name; ``KeyError`` where there is none."""
        for row in self.layers:
            if row.name == name:
                return row
        raise KeyError(name)

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a pandas frame, one a layer, numbers as exact integers."""
        frame: pandas.DataFrame = view("report frame", self)
        return frame

    def __repr__(self) -> str:
        """``<ModelReport mobilenet: 83 rows, 872,868 params, 304,102,400 macs>``."""
        least = "" if self.complete else "at least "
        rows = numbers.counted(len(self.layers), "row")
        params, macs = numbers.integer(self.params), numbers.integer(self.macs)
        return f"<ModelReport {self.name}: {rows}, {params} params, {least}{macs} macs>"

    def __str__(self) -> str:
        return text_view("report text", self)

    def _repr_html_(self) -> str:
        return text_view("report html", self)


def report_of(network: Network) -> ModelReport:
    """The report of a network's closed form."""
    return ModelReport(
        name=network.name,
        layers=tuple(row_of(p.name, p.layer, *p.in_shapes) for p in network.layers),
        options={"variant": network.variant, **network.options},
        input_shapes=(network.input_shape,),
        buffers=network.buffers,
    )
