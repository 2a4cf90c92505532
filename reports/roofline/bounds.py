"""Lower bounds on the time of a model's layers on a device, and what limits each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from formulas.bounds.roofline import intensity, memory_bound, time_bound
from formulas.core.errors import SizeError
from formulas.core.memory_traffic import FLOATS, Moved, bytes_moved
from formulas.core.quantities import Quantity
from reports.model.report import LayerRow, ModelReport
from reports.roofline.devices import Device

MEMORY, ARITHMETIC = "memory", "arithmetic"
# What devices call the types that multiply like it.
QUANTISED = ("qint8", "quint8")
RATES = dict.fromkeys(("uint8", *QUANTISED), "int8")
USUAL = "float32"  # of a model that multiplies nothing


@dataclass(frozen=True)
class Bound:
    """What a layer, or a group of them, takes at least. Where it is not ``known`` in full, the
    figures are lower bounds too, and None where there is none. ``dtype`` is the data type that a
    layer computes in, empty where it multiplies nothing."""

    name: str
    kind: str
    flops: Quantity
    moved: Quantity
    seconds: Fraction
    limit: str
    known: bool = True
    layers: int = 1
    dtype: str = ""

    @property
    def shown(self) -> Fraction | None:
        """Its seconds; None where nothing is known."""
        return self.seconds if self.known or self.seconds else None

    @property
    def bound_by(self) -> str | None:
        """What limits it; None where that depends on what is not known."""
        return self.limit if self.known else None

    @property
    def intensity(self) -> Fraction | None:
        """Operations a byte; None where one of the two is not known, or no byte is moved."""
        whole = self.known and self.moved
        found: Fraction | None = intensity(self.flops, self.moved) if whole else None
        return found


def own_types(moved: Moved) -> list[str]:
    """The data types that are computed in where these are moved: quantised ones, or else floating
    and complex ones, or else whatever is read. Quantised weights meet numbers that are quantised
    for them, and products of integers are summed in larger ones.

    >>> from formulas.core.memory_traffic import Traffic
    >>> own_types({"int64": Traffic(inputs=3), "bfloat16": Traffic(outputs=5)})
    ['bfloat16']
    """
    quantised = [name for name in moved if name in QUANTISED]
    floats = [name for name in moved if name in FLOATS or name.startswith("complex")]
    read = [name for name, each in moved.items() if each.inputs or each.weights]
    return list(dict.fromkeys(RATES.get(name, name) for name in quantised or floats or read))


def types_of(report: ModelReport, dtype: str | None = None) -> list[str]:
    """The data types that a model multiplies in, its own or as if floating ones were ``dtype``."""
    rows = [row for row in report.layers if row.calls and row.cost.flops]
    found = dict.fromkeys(name for row in rows for name in own_types(row.moved)) or [USUAL]
    return list(dict.fromkeys(as_if(name, dtype) for name in found))


def as_if(name: str, dtype: str | None) -> str:
    """``dtype``, where there is one and ``name`` is a floating type."""
    return dtype if dtype and name in FLOATS else name


def computed_in(row: LayerRow, device: Device, dtype: str | None = None) -> str:
    """The data type that a layer multiplies in: its own, or where those are several, the one in
    which the device is fastest, so that the bound holds. Empty where it multiplies nothing.

    With ``dtype``, floating numbers are of that type; others stay what they are. Raises
    ``SizeError`` where the device has no figure for one of them.
    """
    if not row.cost.flops:
        return ""
    own = own_types(row.moved) or [USUAL]
    types = [as_if(name, dtype) for name in own]
    for name in types:
        if name not in device.peak:
            rule = f"is what {row.name} computes in, and {device.without()}"
            if dtype and name != dtype:
                rule = f"cannot stand for {name}, which {rule}"
            raise SizeError("dtype", dtype or name, rule)
    return max(types, key=device.peak_of)


def bound_of(row: LayerRow, device: Device, dtype: str | None = None) -> Bound:
    """The bound of one layer, in its own data types or as if floating numbers were ``dtype``."""
    flops, moved = row.cost.flops, bytes_moved(row.moved, dtype).total
    computed = computed_in(row, device, dtype)
    peak = device.peak_of(computed) if computed else 1  # of no operation
    roof = (peak, device.bandwidth)
    limit = MEMORY if memory_bound(flops, moved, *roof) else ARITHMETIC
    seconds = time_bound(flops, moved, *roof)
    return Bound(row.name, row.kind, flops, moved, seconds, limit, row.known, dtype=computed)


@dataclass(frozen=True)
class Roofline:
    """A model's layers under the roof of a device, in their own data types or as if ``dtype``."""

    report: ModelReport
    device: Device
    dtype: str | None = None

    @cached_property
    def layers(self) -> list[Bound]:
        """One bound a row that ran."""
        return [bound_of(row, self.device, self.dtype) for row in self.report.layers if row.calls]

    @cached_property
    def kinds(self) -> list[Bound]:
        """The layers of each kind together; their limit is that of most of their time."""
        kinds = dict.fromkeys(each.kind for each in self.layers)
        return [together([b for b in self.layers if b.kind == kind]) for kind in kinds]

    @cached_property
    def dtypes(self) -> list[str]:
        """The data types that its layers multiply in; of a model without any, what there is."""
        found = list(dict.fromkeys(each.dtype for each in self.layers if each.dtype))
        usual = USUAL if USUAL in self.device.peak else next(iter(self.device.peak))
        return found or [self.dtype or usual]

    @property
    def seconds(self) -> Fraction:
        """All layers one after the other."""
        return sum((each.seconds for each in self.layers), Fraction(0))

    @property
    def complete(self) -> bool:
        """Whether all is known of every layer; where it is not, ``seconds`` are at least those."""
        return all(each.known for each in self.layers)

    @property
    def shown(self) -> Fraction | None:
        """Its seconds; None where nothing is known."""
        return self.seconds if self.complete or self.seconds else None

    @property
    def known(self) -> list[Bound]:
        """The layers of which all is known."""
        return [each for each in self.layers if each.known]

    @property
    def in_memory(self) -> list[Bound]:
        """The layers whose limit is the memory."""
        return [each for each in self.layers if each.bound_by == MEMORY]

    @property
    def own(self) -> list[str]:
        """The floating types that the model moves."""
        return [name for name in self.report.moved if name in FLOATS]

    @property
    def differs(self) -> bool:
        """Whether ``dtype`` is another type than the model's; TF32 is stored as float32."""
        stored = "float32" if self.dtype == "tf32" else self.dtype
        return stored is not None and self.own not in ([], [stored])


def together(bounds: Sequence[Bound]) -> Bound:
    """Bounds added up, under the kind that they share."""
    seconds = sum((each.seconds for each in bounds), Fraction(0))
    memory = sum((each.seconds for each in bounds if each.limit == MEMORY), Fraction(0))
    dtypes = dict.fromkeys(each.dtype for each in bounds if each.dtype)
    return Bound(
        name=bounds[0].kind,
        kind=bounds[0].kind,
        flops=sum(each.flops for each in bounds),
        moved=sum(each.moved for each in bounds),
        seconds=seconds,
        limit=MEMORY if 2 * memory >= seconds else ARITHMETIC,
        known=all(each.known for each in bounds),
        layers=len(bounds),
        dtype=", ".join(dtypes),
    )
