"""Memory traffic: what a layer reads and writes, its inputs, outputs and weights apart.

``Cost.memory_access`` is the sum of the three in elements. In bytes it depends on the data types:
``Moved`` keeps the elements of each, and ``bytes_moved`` weighs them. Every tensor is read or
written once, as if no cache held it (source: the memory access cost of Ma et al., arXiv
1807.11164, section 2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity


@dataclass(frozen=True)
class Traffic:
    """What is read as ``inputs`` and ``weights`` and written as ``outputs``: elements, or bytes.

    >>> 2 * Traffic(inputs=10, outputs=20, weights=3) + Traffic(inputs=1)
    Traffic(inputs=21, outputs=40, weights=6)
    """

    inputs: Quantity = 0
    outputs: Quantity = 0
    weights: Quantity = 0

    @property
    def total(self) -> Quantity:
        """All that is moved."""
        return self.inputs + self.outputs + self.weights

    def __add__(self, other: Traffic) -> Traffic:
        if not isinstance(other, Traffic):
            return NotImplemented
        return Traffic(
            self.inputs + other.inputs,
            self.outputs + other.outputs,
            self.weights + other.weights,
        )

    def __mul__(self, count: Quantity) -> Traffic:
        return Traffic(self.inputs * count, self.outputs * count, self.weights * count)

    __rmul__ = __mul__


# Elements by the name of their data type, as torch has it: ``{"float32": Traffic(...)}``.
Moved: TypeAlias = Mapping[str, Traffic]

FLOATS = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "float8_e4m3fn": 1,
    "float8_e4m3fnuz": 1, "float8_e5m2": 1, "float8_e5m2fnuz": 1, "float8_e8m0fnu": 1,
    "float4_e2m1fn_x2": 1,
}  # fmt: skip
# What floating numbers can be weighed as: int8 as if they were quantised, and TF32, which is a way
# to multiply numbers that are stored as float32.
STORED = {**FLOATS, "tf32": 4, "int8": 1}
# Bytes of an element. Types of less than a byte take one; ``x2`` and alike hold several numbers.
DTYPE_BYTES = {
    **FLOATS,
    "bool": 1,
    **{f"{sign}int{bits}": bits // 8 for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"{sign}int{bits}": 1 for sign in ("", "u") for bits in range(1, 8)},
    **{f"complex{bits}": bits // 8 for bits in (32, 64, 128)},
    "qint8": 1, "quint8": 1, "qint32": 4, "quint4x2": 1, "quint2x4": 1,
    "bits8": 1, "bits16": 2, "bits1x8": 1, "bits2x4": 1, "bits4x2": 1,
}  # fmt: skip


def sizes_as(dtype: str | None = None) -> Mapping[str, int]:
    """Bytes of an element of each type, of floating numbers as if they were all ``dtype``.

    >>> sizes_as("float16")["float64"], sizes_as("float16")["int64"]
    (2, 8)
    """
    if dtype is None:
        return DTYPE_BYTES
    if dtype not in STORED:
        raise SizeError("bytes_as", dtype, f"must be one of {', '.join(STORED)}")
    return {**DTYPE_BYTES, **dict.fromkeys(FLOATS, STORED[dtype])}


def added(moved: Iterable[Moved]) -> Moved:
    """All that was moved, type by type."""
    total: dict[str, Traffic] = {}
    for each in moved:
        for dtype, traffic in each.items():
            total[dtype] = total.get(dtype, Traffic()) + traffic
    return total


def elements_moved(moved: Moved) -> Traffic:
    """Elements, whatever their type."""
    return sum(moved.values(), Traffic())


def bytes_moved(moved: Moved, dtype: str | None = None) -> Traffic:
    """Bytes in the types that things have; with ``dtype``, as if all floating numbers had it.

    Indices, masks and what is quantised keep their own.

    >>> read = {"int64": Traffic(inputs=10), "float32": Traffic(outputs=640, weights=640)}
    >>> bytes_moved(read).total, bytes_moved(read, "float16").total
    (5200, 2640)
    """
    sizes = sizes_as(dtype)
    return sum((sizes[name] * traffic for name, traffic in moved.items()), Traffic())
