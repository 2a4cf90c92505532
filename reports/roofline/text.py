"""A model under a device's roof: for each layer, whether arithmetic or memory is its limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from formulas.bounds.roofline import attainable, ridge
from formulas.core.quantities import Quantity
from reports.plots.scatter import Line, Panel, Points
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.table import Column, Table
from reports.roofline.bounds import Bound, Roofline
from reports.roofline.devices import Device, derivations, device_dict
from reports.text.report import title

CAVEAT = (
    "The bound has each layer read its input and weights from memory once and write its output "
    "there once; where bytes stay in a cache, or a layer is fused with its neighbour, it can be "
    "faster than that."
)

UNKNOWN_BOUND = "Bound: unknown; what the layers that ran compute or move is not known of any."


def dearest(bounds: Iterable[Bound], top: int | None) -> list[Bound]:
    """All in their order, or the ``top`` with the longest bounds."""
    if top is None:
        return list(bounds)
    return sorted(bounds, key=lambda each: each.seconds, reverse=True)[:top]


def roofline_table(roofline: Roofline, by: str = "layer", top: int | None = None) -> Table:
    """One row a layer or a kind: what it does, moves and takes at least, and which is the limit."""
    layers = by == "layer"
    first = (Column("layer"), Column("kind")) if layers else (Column("kind"), Column("rows"))
    whole, several = roofline.seconds, len(roofline.dtypes) > 1
    return Table(
        (
            *first,
            *((Column("data type"),) if several else ()),
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
                *((each.dtype,) if several else ()),
                known(each, each.flops),
                known(each, each.moved),
                each.intensity,
                each.bound_by,
                each.shown,
                None if each.shown is None else (each.seconds, whole),
            )
            for each in dearest(roofline.layers if layers else roofline.kinds, top)
        ],
    )


def known(bound: Bound, value: Quantity) -> Quantity | None:
    """A figure; None where it is 0 for want of knowledge."""
    return value if bound.known or value else None


def device_line(device: Device, dtypes: Iterable[str]) -> str:
    """What the roof is made of, and who says so."""
    peaks = ", ".join(f"{numbers.rate(device.peak_of(each))} op/s in {each}" for each in dtypes)
    return (
        f"Device: {device.name}: {peaks}, {numbers.rate(device.bandwidth)} B/s. "
        f"Source: {device.source}."
    )


def closing_lines(roofline: Roofline) -> list[str]:
    """The roof, the model's bound, what limits it, and what it leaves out."""
    device, whole, slow = roofline.device, roofline.seconds, roofline.in_memory
    counted = numbers.count_of(len(roofline.known), "layer")
    share = numbers.share(sum((each.seconds for each in slow), Fraction(0)), whole) or "0.00"
    flops = sum((Fraction(each.flops, device.peak_of(each.dtype))
                 for each in roofline.layers if each.dtype), Fraction(0))  # fmt: skip
    moved = Fraction(sum(each.moved for each in roofline.layers), device.bandwidth)
    least = "" if roofline.complete else "at least "
    if roofline.shown is None:
        bounds = [UNKNOWN_BOUND]
    else:
        bounds = [
            f"Bound: {least}{numbers.microseconds(whole)} us: {len(slow)} of "
            f"{counted}, {share} % of it, are limited by memory.",
            f"Arithmetic alone: {numbers.microseconds(flops)} us; "
            f"memory alone: {numbers.microseconds(moved)} us.",
        ]
    lines = [
        device_line(device, roofline.dtypes),
        *derivations([device], ("bandwidth", *roofline.dtypes)),
        *instead_line(roofline),
        f"Ridge: {ridges(roofline)}; below it memory is the limit.",
        *bounds,
    ]
    missing = [each.name for each in roofline.layers if not each.known]
    if missing:
        named = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        lines.append(f"Unknown: {numbers.count_of(len(missing), 'layer')} without a formula "
                     f"({named}); what is not known of them is in no total.")  # fmt: skip
    return [*lines, *roofline.report.caveats, CAVEAT]


def instead_line(roofline: Roofline) -> list[str]:
    """That the model has other data types than the one that was asked for."""
    if not roofline.differs:
        return []
    return [f"Data type: as if {roofline.dtype}; the model's own: {', '.join(roofline.own)}."]


def ridge_of(roofline: Roofline, dtype: str) -> Fraction:
    """Flops a byte from which on arithmetic is the limit."""
    found: Fraction = ridge(roofline.device.peak_of(dtype), roofline.device.bandwidth)
    return found


def ridges(roofline: Roofline) -> str:
    """The ridge, of each data type where there are several."""
    several = len(roofline.dtypes) > 1
    return ", ".join(
        f"{numbers.decimal(ridge_of(roofline, each))} flops a byte" + f" in {each}" * several
        for each in roofline.dtypes
    )


def roofline_text(
    roofline: Roofline,
    by: str = "layer",
    top: int | None = None,
    write: Callable[[Table], str] = writers.text,
) -> str:
    """Title, table and totals for a reader."""
    dtypes = ", ".join(roofline.dtypes)
    parts = (
        writers.heading(f"{title(roofline.report)}, on {roofline.device.key}, {dtypes}", write),
        write(roofline_table(roofline, by, top)),
        writers.lines(closing_lines(roofline), write),
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
        "dtype": bound.dtype or None,
        "bound_by": bound.bound_by,
        "seconds": None if bound.shown is None else float(bound.seconds),
        "known": bound.known,
    }


def roofline_dict(roofline: Roofline) -> dict[str, Any]:
    """The whole for JSON."""
    dtypes = roofline.dtypes
    ridges = {dtype: float(ridge_of(roofline, dtype)) for dtype in dtypes}
    return {
        "model": roofline.report.name,
        "options": dict(roofline.report.options),
        "inputs": roofline.report.input_shapes,
        **device_dict(roofline.device),
        "dtype": dtypes[0] if len(dtypes) == 1 else None,
        "own_dtypes": roofline.own,
        "ridge": ridges[dtypes[0]] if len(dtypes) == 1 else None,
        "ridges": ridges,
        "seconds": None if roofline.shown is None else float(roofline.shown),
        "complete": roofline.complete,
        "notes": roofline.report.caveats,
        "memory_bound": len(roofline.in_memory),
        "layers": [bound_dict(each) for each in roofline.layers],
        "kinds": [bound_dict(each) for each in roofline.kinds],
    }


def roofline_panel(roofline: Roofline) -> Panel:
    """The plot: the roof, and on it each layer that has MACs, at its intensity."""
    device, bandwidth = roofline.device, roofline.device.bandwidth
    drawn = [each for each in roofline.layers if each.flops and each.intensity is not None]
    corners = [ridge_of(roofline, dtype) for dtype in roofline.dtypes]
    ends = [*corners, *(each.intensity for each in drawn if each.intensity is not None)]
    kinds = dict.fromkeys(each.kind for each in drawn)
    points = []
    for kind in kinds:
        found = [each for each in drawn if each.kind == kind]
        at = [(each.intensity, device.peak_of(each.dtype)) for each in found]
        x = [float(each) for each, _ in at if each is not None]
        y = [float(attainable(each, peak, bandwidth)) for each, peak in at]
        points.append(Points(kind, x, y, [each.name for each in found]))
    lines = []
    for dtype, corner in zip(roofline.dtypes, corners, strict=True):
        along = (min(ends) / 2, corner, max(ends) * 2)
        y = [float(attainable(each, device.peak_of(dtype), bandwidth)) for each in along]
        name = "roof" if len(corners) == 1 else f"roof, {dtype}"
        lines.append(Line(name, list(map(float, along)), y))
    without = len(roofline.layers) - len(drawn)
    rest = f"; {numbers.count_of(without, 'layer')} without MACs not drawn" if without else ""
    return Panel(
        title=f"{roofline.report.name} on {device.name}, {', '.join(roofline.dtypes)}{rest}",
        x_title="arithmetic intensity (flops / byte)",
        y_title="attainable flops / s",
        points=tuple(points),
        lines=tuple(lines),
    )
