"""The contract between the packages: the data of a layer's row and of a model's report."""

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
    """One layer, or one operation between layers, at one place of the model.

    ``name`` is its path in the model; ``formula`` is the kind's formula with numbers. ``calls``
    counts runs with the same shapes: ``cost`` covers all of them, params once. The cost of an
    operation without a formula (``known`` is False) is a lower bound and is never shown as 0.
    ``operation`` is the operator of a row between layers, ``layer`` the layer spec that was
    counted, if there is one. ``moved`` are the elements of its ``memory_access`` by data type:
    inputs, outputs and weights.
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
    """The row of a layer spec, counted by the formula of its kind.

    Parameters
    ----------
    name : str
        Path of the layer in its model.
    layer : Layer
        The layer spec.
    *in_shapes : tuple of int
        Shape of each input.

    Returns
    -------
    LayerRow
        The row with its exact cost.
    """
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
    """A model's cost: rows, totals, and how far they can be trusted.

    ``unknown`` names the operations without a formula and how often each ran; if there are any,
    every total is a lower bound. ``verdict`` compares the closed form with a traced run, None
    without a run. ``coverage`` counts the executed operators: counted, zero-cost operations (views)
    and unknown. ``training`` is the cost of a training step, ``memory`` the memory at peak and
    ``flow`` the dataflow graph, each None unless requested. ``caveats`` say what the figures leave
    out, and every view shows them; ``notes`` are further sentences for the reader.
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
        """The sum of the costs of all rows."""
        return sum((row.cost for row in self.layers), Cost())

    @cached_property
    def moved(self) -> Moved:
        """Elements read and written by all rows, by data type."""
        return added(row.moved for row in self.layers)

    @property
    def complete(self) -> bool:
        """True if every operation has a formula, so that the totals are exact."""
        return not self.unknown

    def layer(self, name: str) -> LayerRow:
        """The row called ``name``. Raises ``KeyError`` if there is none."""
        for row in self.layers:
            if row.name == name:
                return row
        raise KeyError(name)

    def to_frame(self) -> pandas.DataFrame:
        """The rows as a pandas frame, one line a layer, with exact integers."""
        frame: pandas.DataFrame = view("report frame", self)
        return frame

    def __repr__(self) -> str:
        """``<ModelReport mobilenet: 83 rows, 872,868 params, 304,102,400 macs>``."""
        least = "" if self.complete else "at least "
        rows = numbers.count_of(len(self.layers), "row")
        params, macs = numbers.integer(self.params), numbers.integer(self.macs)
        return f"<ModelReport {self.name}: {rows}, {params} params, {least}{macs} macs>"

    def __str__(self) -> str:
        return text_view("report text", self)

    def _repr_html_(self) -> str:
        return text_view("report html", self)


def report_of(network: Network) -> ModelReport:
    """The report of the closed form of ``network``."""
    return ModelReport(
        name=network.name,
        layers=tuple(row_of(p.name, p.layer, *p.in_shapes) for p in network.layers),
        options={"variant": network.variant, **network.options},
        input_shapes=(network.input_shape,),
        buffers=network.buffers,
    )
