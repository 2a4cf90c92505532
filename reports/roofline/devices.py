"""Devices for a roofline: the most that their arithmetic and memory can do, and who says so."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from formulas.core.errors import SizeError
from reports.render.table import Column, Table

# Of those in which numbers can be stored, the ones that a sheet gives a peak for.
DTYPES = ("float64", "float32", "tf32", "float16", "bfloat16", "int8")
WORDS = ("name", "kind", "source")
KEYS = (*WORDS, "bandwidth", "peak", "derivation")


@dataclass(frozen=True)
class Device:
    """``bandwidth`` in bytes a second, ``peak`` in operations a second for each data type.

    ``derivation`` says how a figure that no sheet states follows from stated ones.
    """

    key: str
    name: str
    kind: str
    source: str
    bandwidth: int
    peak: Mapping[str, int]
    derivation: Mapping[str, str] = field(default_factory=dict)

    def peak_of(self, dtype: str) -> int:
        """The peak for a data type; one without a figure is refused."""
        if dtype not in self.peak:
            raise SizeError("dtype", dtype, self.without())
        return self.peak[dtype]

    def without(self) -> str:
        """What to say of a data type that has no figure."""
        return f"has no figure for {self.key}, which has {', '.join(self.peak)}"


@cache
def devices() -> dict[str, Device]:
    """The devices of the table, by their short names."""
    text = resources.files("reports.roofline").joinpath("devices.toml").read_text(encoding="utf-8")
    return {key: device_of(key, table, "devices.toml") for key, table in parsed(text).items()}


def device_named(name: str) -> Device:
    """A device of the table, or of a TOML file of the user's (``my.toml``)."""
    if name.endswith(".toml"):
        return device_from_file(name)
    if name not in devices():
        rule = f"must be measure, a file that ends in .toml, or one of {', '.join(devices())}"
        raise SizeError("device", name, rule)
    return devices()[name]


def merged(measured: Sequence[Device]) -> Device:
    """One machine, measured once in each data type, as one device: the best of each figure."""
    best = max(measured, key=lambda each: each.bandwidth)
    sources = [f"{', '.join(each.peak)}: {each.source}" for each in measured]
    return replace(
        best,
        peak={name: value for each in measured for name, value in each.peak.items()},
        derivation={k: v for each in (*measured, best) for k, v in each.derivation.items()},
        source="; ".join(sources) if len(measured) > 1 else best.source,
    )


def device_from_file(path: str) -> Device:
    """The one device that a TOML file describes: ``bandwidth = 5e10`` and ``[peak]``.

    ``name``, ``kind``, ``source`` and ``derivation`` may be given too. What is wrong in it raises
    ``SizeError`` with the key and the rule.
    """
    try:
        table = parsed(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SizeError("device", path, f"cannot be read: {reason}") from error
    except ValueError as error:
        raise SizeError("device", path, f"must be TOML: {error}") from error
    stem = Path(path).stem
    given = {"name": stem, "kind": "own", "source": path, **table}
    return device_of(stem, given, path)


def parsed(text: str) -> dict[str, Any]:
    """TOML as dicts; what is none is a ``ValueError``."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def device_of(key: str, table: Mapping[str, Any], path: str) -> Device:
    """A device from its table in ``path``; every key is looked at."""

    def must(holds: bool, rule: str) -> None:
        if not holds:
            raise SizeError("device", path, rule)

    def amount(name: str, value: Any) -> int:
        rule = f"gives {name} = {value!r}, which must be a finite number of at least 1"
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        must(number and 1 <= value < float("inf"), rule)
        whole: int = round(value)
        return whole

    for name in table:
        must(name in KEYS, f"gives {name}, which must be one of {', '.join(KEYS)}")
    for name in ("bandwidth", "peak"):
        must(name in table, f"must give {name}")
    for name in WORDS:
        must(isinstance(table.get(name), str) and table[name].strip() != "",
             f"must give {name} as words")  # fmt: skip
    peak, derivation = table["peak"], table.get("derivation", {})
    must(isinstance(peak, dict) and len(peak) > 0, "must give peak as a table, one a data type")
    must(isinstance(derivation, dict), "must give derivation as a table")
    for dtype in peak:
        must(dtype in DTYPES,
             f"gives peak.{dtype}, which must be one of {', '.join(DTYPES)}")  # fmt: skip
    for name, words in derivation.items():
        must(name == "bandwidth" or name in peak, f"derives {name}, which it does not give")
        must(isinstance(words, str), f"must give derivation.{name} as words")
    return Device(
        key=key,
        name=table["name"],
        kind=table["kind"],
        source=table["source"],
        bandwidth=amount("bandwidth", table["bandwidth"]),
        peak={dtype: amount(f"peak.{dtype}", value) for dtype, value in peak.items()},
        derivation=derivation,
    )


def device_table(listed: list[Device]) -> Table:
    """One row a device; a data type is a column where one of them has a figure for it."""
    dtypes = [dtype for dtype in DTYPES if any(dtype in each.peak for each in listed)]
    return Table(
        (
            Column("device"),
            Column("kind"),
            *(Column(f"{dtype} op/s", "rate") for dtype in dtypes),
            Column("byte/s", "rate"),
            Column("name"),
            Column("source"),
        ),
        [
            (
                each.key,
                each.kind,
                *(each.peak.get(dtype) for dtype in dtypes),
                each.bandwidth,
                each.name,
                each.source,
            )
            for each in listed
        ],
    )


def derivations(listed: list[Device], figures: Sequence[str] = ()) -> list[str]:
    """A sentence for each figure, or each of those ``figures``, that is derived."""
    return [
        f"Derived: {each.key}, {name} = {words}."
        for each in listed
        for name, words in each.derivation.items()
        if not figures or name in figures
    ]


def device_dict(device: Device) -> dict[str, Any]:
    """The device for JSON: exact figures, their sources, their derivations."""
    return {
        "device": device.key,
        "name": device.name,
        "kind": device.kind,
        "bandwidth": device.bandwidth,
        "peak": dict(device.peak),
        "derivation": dict(device.derivation),
        "source": device.source,
    }
