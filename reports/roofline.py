"""A model under a device's roof: for each layer, whether arithmetic or memory is its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from formulas.quantities import Quantity
from formulas.roofline import attainable, intensity, memory_bound, ridge, time_bound
from formulas.traffic import bytes_moved
from reports import numbers, writers
from reports.devices import Device, derivations, device_dict
from reports.report_text import title
from reports.rows import LayerRow, ModelReport
from reports.scatter import Line, Panel, Points
from reports.tables import Column, Table

MEMORY, ARITHMETIC = "memory", "arithmetic"
CAVEAT = (
    "Each layer is taken to read its input and weights from memory once and to write its output "
    "there once; what stays in a cache, or is fused with its neighbour, can be faster."
)


@dataclass(frozen=True)
class Bound:
    """What a layer, or a group of them, takes at least. Where it is not ``known`` in full, the
    figures are lower bounds too, and None where there is none."""

    name: str
    kind: str
    flops: Quantity
    moved: Quantity
    seconds: Fraction
    limit: str
    known: bool = True
    layers: int = 1

    @property
    def shown(self) -> Fraction | None:
        """Its seconds; None where nothing is known."""
        return self.seconds if self.known or self.seconds else None

    @property
    def intensity(self) -> Fraction | None:
        """Operations a byte; None where one of the two is not known, or no byte is moved."""
        whole = self.known and self.moved
        found: Fraction | None = intensity(self.flops, self.moved) if whole else None
        return found


def bound_of(row: LayerRow, device: Device, dtype: str) -> Bound:
    """The bound of one layer, its floating numbers stored as ``dtype``."""
    flops, moved = row.cost.flops, bytes_moved(row.moved, dtype).total
    roof = (device.peak_of(dtype), device.bandwidth)
    limit = MEMORY if memory_bound(flops, moved, *roof) else ARITHMETIC
    seconds = time_bound(flops, moved, *roof)
    return Bound(row.name, row.kind, flops, moved, seconds, limit, row.known)


@dataclass(frozen=True)
class Roofline:
    """A model's layers under the roof of a device, for one data type."""

    report: ModelReport
    device: Device
    dtype: str

    @cached_property
    def layers(self) -> list[Bound]:
        """One bound a row that ran."""
        return [bound_of(row, self.device, self.dtype) for row in self.report.layers if row.calls]

    @cached_property
    def kinds(self) -> list[Bound]:
        """The layers of each kind together; their limit is that of most of their time."""
        kinds = dict.fromkeys(each.kind for each in self.layers)
        return [together([b for b in self.layers if b.kind == kind]) for kind in kinds]

    @property
    def seconds(self) -> Fraction:
        """All layers one after the other."""
        return sum((each.seconds for each in self.layers), Fraction(0))

    @property
    def in_memory(self) -> list[Bound]:
        """The layers whose limit is the memory."""
        return [each for each in self.layers if each.limit == MEMORY and each.shown is not None]


def together(bounds: Sequence[Bound]) -> Bound:
    """Bounds added up, under the kind that they share."""
    seconds = sum((each.seconds for each in bounds), Fraction(0))
    memory = sum((each.seconds for each in bounds if each.limit == MEMORY), Fraction(0))
    return Bound(
        name=bounds[0].kind,
        kind=bounds[0].kind,
        flops=sum(each.flops for each in bounds),
        moved=sum(each.moved for each in bounds),
        seconds=seconds,
        limit=MEMORY if 2 * memory >= seconds else ARITHMETIC,
        known=all(each.known for each in bounds),
        layers=len(bounds),
    )


def dearest(bounds: Iterable[Bound], top: int | None) -> list[Bound]:
    """All in their order, or the ``top`` with the longest bounds."""
    if top is None:
        return list(bounds)
    return sorted(bounds, key=lambda each: each.seconds, reverse=True)[:top]


def roofline_table(roofline: Roofline, by: str = "layer", top: int | None = None) -> Table:
    """One row a layer or a kind: what it does, moves and takes at least, and which is the limit."""
    layers = by == "layer"
    first = (Column("layer"), Column("kind")) if layers else (Column("kind"), Column("rows"))
    whole = roofline.seconds
    return Table(
        (
            *first,
            Column("flops", "integer"),
            Column("bytes", "integer"),
            Column("flops/byte", "decimal"),
            Column("bound by"),
            Column("bound us", "microseconds"),
            Column("bound %", "share"),
        ),
        [
            (
                each.name,
                each.kind if layers else each.layers,
                known(each, each.flops),
                known(each, each.moved),
                each.intensity,
                None if each.shown is None else each.limit,
                each.shown,
                None if each.shown is None else (each.seconds, whole),
            )
            for each in dearest(roofline.layers if layers else roofline.kinds, top)
        ],
    )


def known(bound: Bound, value: Quantity) -> Quantity | None:
    """A figure; None where it is 0 for want of knowledge."""
    return value if bound.known or value else None


def device_line(device: Device, dtype: str) -> str:
    """What the roof is made of, and who says so."""
    peak, bandwidth = numbers.rate(device.peak_of(dtype)), numbers.rate(device.bandwidth)
    return (
        f"Device: {device.name}: {peak} op/s in {dtype}, {bandwidth} B/s. Source: {device.source}."
    )


def closing_lines(roofline: Roofline) -> list[str]:
    """The roof, the model's bound, what limits it, and what it leaves out."""
    device, whole = roofline.device, roofline.seconds
    roof = (device.peak_of(roofline.dtype), device.bandwidth)
    slow = roofline.in_memory
    counted = numbers.counted(len(roofline.layers), "layer")
    share = numbers.share(sum((each.seconds for each in slow), Fraction(0)), whole) or "0.00"
    flops = Fraction(sum(each.flops for each in roofline.layers), roof[0])
    moved = Fraction(sum(each.moved for each in roofline.layers), roof[1])
    lines = [
        device_line(device, roofline.dtype),
        *derivations([device], ("bandwidth", roofline.dtype)),
        f"Ridge: {numbers.decimal(ridge(*roof))} flops a byte; below it memory is the limit.",
        f"Bound: at least {numbers.microseconds(whole)} us: {len(slow)} of "
        f"{counted}, {share} % of it, are limited by memory.",
        f"Arithmetic alone: {numbers.microseconds(flops)} us; "
        f"memory alone: {numbers.microseconds(moved)} us.",
    ]
    missing = [each.name for each in roofline.layers if not each.known]
    if missing:
        named = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        lines.append(f"Unknown: {numbers.counted(len(missing), 'layer')} without a formula "
                     f"({named}); what is not known of them is in no total.")  # fmt: skip
    return [*lines, CAVEAT]


def roofline_text(
    roofline: Roofline,
    by: str = "layer",
    top: int | None = None,
    write: Callable[[Table], str] = writers.text,
) -> str:
    """Title, table and totals for a reader."""
    heading = "# " if write is writers.markdown else ""
    between = "\n\n" if write is writers.markdown else "\n"
    parts = (
        f"{heading}{title(roofline.report)}, on {roofline.device.key}, {roofline.dtype}",
        write(roofline_table(roofline, by, top)),
        between.join(closing_lines(roofline)),
    )
    return "\n\n".join(parts) + "\n"


def bound_dict(bound: Bound) -> dict[str, Any]:
    """One bound for JSON; null where nothing is known."""
    return {
        "name": bound.name,
        "kind": bound.kind,
        "flops": known(bound, bound.flops),
        "bytes": known(bound, bound.moved),
        "intensity": None if bound.intensity is None else float(bound.intensity),
        "bound_by": None if bound.shown is None else bound.limit,
        "seconds": None if bound.shown is None else float(bound.seconds),
        "known": bound.known,
    }


def roofline_dict(roofline: Roofline) -> dict[str, Any]:
    """The whole for JSON."""
    peak = roofline.device.peak_of(roofline.dtype)
    return {
        "model": roofline.report.name,
        "options": dict(roofline.report.options),
        "inputs": roofline.report.input_shapes,
        **device_dict(roofline.device),
        "dtype": roofline.dtype,
        "ridge": float(ridge(peak, roofline.device.bandwidth)),
        "seconds": float(roofline.seconds),
        "complete": all(each.known for each in roofline.layers),
        "memory_bound": len(roofline.in_memory),
        "layers": [bound_dict(each) for each in roofline.layers],
        "kinds": [bound_dict(each) for each in roofline.kinds],
    }


def roofline_panel(roofline: Roofline) -> Panel:
    """The plot: the roof, and on it each layer that has MACs, at its intensity."""
    peak, bandwidth = roofline.device.peak_of(roofline.dtype), roofline.device.bandwidth
    drawn = [each for each in roofline.layers if each.flops and each.intensity is not None]
    corner = ridge(peak, bandwidth)
    ends = [corner, *(each.intensity for each in drawn if each.intensity is not None)]
    roof = [min(ends) / 2, corner, max(ends) * 2]
    kinds = dict.fromkeys(each.kind for each in drawn)
    points = []
    for kind in kinds:
        found = [each for each in drawn if each.kind == kind]
        at = [each.intensity for each in found if each.intensity is not None]
        y = [float(attainable(x, peak, bandwidth)) for x in at]
        points.append(Points(kind, list(map(float, at)), y, [each.name for each in found]))
    without = len(roofline.layers) - len(drawn)
    rest = f"; {numbers.counted(without, 'layer')} without MACs not drawn" if without else ""
    line = Line("roof", list(map(float, roof)),
                [float(attainable(x, peak, bandwidth)) for x in roof])  # fmt: skip
    return Panel(
        title=f"{roofline.report.name} on {roofline.device.name}, {roofline.dtype}{rest}",
        x_title="arithmetic intensity (flops / byte)",
        y_title="attainable flops / s",
        points=tuple(points),
        lines=(line,),
    )
