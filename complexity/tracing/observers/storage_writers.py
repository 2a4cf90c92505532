"""Who wrote which bytes of one piece of memory."""

from __future__ import annotations

from math import gcd, prod
from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOBODY = -1


class Writers:
    """The runs that wrote a storage: one all of it, until others write parts.

    Only then is a number kept for each element: that of the run which was the last to write it.
    """

    def __init__(self) -> None:
        self._whole = NOBODY
        self._places: NDArray[Any] | None = None
        self._unit = 1  # bytes of a place
        self._written: dict[int, dict[int, int]] = {}  # by run, bytes by where they begin

    def write(self, tensor: Tensor, run: int) -> None:
        """``run`` wrote ``tensor``."""
        size = tensor.numel() * tensor.element_size()
        if size >= tensor.untyped_storage().nbytes():
            self._whole, self._places = run, None
            self._written = {run: {0: size}}
        elif size and (self._places is not None or self._whole != run):
            self._looked_at(tensor)[...] = run
            self._written.setdefault(run, {})[tensor.storage_offset()] = size

    def read(self, tensor: Tensor) -> dict[int, int]:
        """Bytes of ``tensor`` by the run that wrote them; what nobody wrote is left out."""
        if self._places is None:
            whole = tensor.untyped_storage().nbytes()
            apart = prod(side for side, _ in sides_of(tensor))
            size = min(apart * tensor.element_size(), whole)
            return {self._whole: size} if self._whole != NOBODY else {}
        import numpy

        counts = numpy.bincount(self._looked_at(tensor).ravel() - NOBODY)
        found = {run + NOBODY: int(counts[run]) * self._unit for run in numpy.flatnonzero(counts)}
        return {int(run): size for run, size in found.items() if run != NOBODY}

    def written_by(self, run: int) -> int:
        """Bytes that ``run`` wrote, whoever wrote there later."""
        return sum(self._written[run].values())

    def _looked_at(self, tensor: Tensor) -> NDArray[Any]:
        """The places of ``tensor``, each once where it is spread out."""
        import numpy
        from numpy.lib.stride_tricks import as_strided

        item, total = tensor.element_size(), tensor.untyped_storage().nbytes()
        if self._places is None:
            self._unit = gcd(item, total) or item
            self._places = numpy.full(total // self._unit, self._whole, numpy.int32)
        missing = total // self._unit - self._places.size
        if missing > 0:  # the storage was given more memory
            self._places = numpy.append(self._places, numpy.full(missing, NOBODY, numpy.int32))
        if item % self._unit:
            smaller = gcd(item, self._unit)
            self._places = numpy.repeat(self._places, self._unit // smaller)
            self._unit = smaller
        each = item // self._unit
        kept = sides_of(tensor)
        strides = [each * step * self._places.itemsize for _, step in kept]
        return as_strided(
            self._places[each * tensor.storage_offset() :],
            (*(side for side, _ in kept), each),
            (*strides, self._places.itemsize),
        )


def sides_of(tensor: Tensor) -> list[tuple[int, int]]:
    """Its sides and strides, one place where it is spread out over several."""
    sides = zip(tensor.shape, tensor.stride(), strict=True)
    return [(side if step else min(side, 1), step) for side, step in sides]
