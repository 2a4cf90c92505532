"""Which run of a layer reads what which other one wrote, by the memory of their tensors."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any, TypeAlias

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.observers.storage_writers import Writers
from complexity.tracing.ops.cost_rules import name_of
from complexity.tracing.ops.op_categories import LOOKUPS
from complexity.tracing.recording.recorder import Recorder
from complexity.tracing.recording.records import Scope, stored, tensors_in
from reports.model.dataflow import OUTPUT

# Its row's name; the earlier runs that it read from; bytes of each; bytes it wrote that were read.
Run: TypeAlias = tuple[str, tuple[int, ...], tuple[int, ...], int]


class Flowing(TorchDispatchMode):
    """Notes of each run who wrote the storages that it reads; a view is the storage it looks at.

    A layer is one run each time that it runs, an operator outside of layers is one of its own, and
    so is at the end whoever takes the output. Weights, and inputs of the model, nobody wrote.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recorder: Recorder | None = None
        self._names: list[str] = []
        self._taken: list[dict[int, int]] = []  # of each run, bytes by who wrote them
        self._handed: list[dict[int, int]] = []  # of each run, bytes by the storage that was read
        self._seen: set[tuple[int, int]] = set()  # what the last run has read: where it begins
        self._layer: Scope | None = None  # the last run, where it is a layer
        self._writers: dict[int, Writers] = {}  # by the address of the storage
        self._watched: dict[int, weakref.ref[Any]] = {}

    def attach(self, recorder: Recorder) -> None:
        """``recorder`` says what is running."""
        self.recorder = recorder

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        assert self.recorder is not None  # it is attached before the model runs
        name = name_of(func)
        if func.is_view or "empty" in name:
            return out  # nothing is read or written yet
        run = self._run(self.recorder, func)
        outputs = tensors_in(out)
        for place, tensor in enumerate(tensors_in((args, kwargs))):
            looked_up = name in LOOKUPS and not place  # of a table, what is taken is read
            self._read(tensor, run, bytes_of(outputs[0]) if looked_up and outputs else None)
        for tensor, storage in stored(outputs):
            address = storage._cdata
            if address not in self._watched:
                self._watched[address] = weakref.ref(storage, partial(self._freed, address))
                self._writers[address] = Writers()
            self._writers[address].write(tensor, run)
        return out

    def runs(self, output: Any = None) -> tuple[Run, ...]:
        """In order: the row's name, before runs that differ are numbered; whom it read, how many
        bytes of each; and the bytes of what it wrote that another one read."""
        self._begin(OUTPUT)
        for tensor in tensors_in(output):
            self._read(tensor, len(self._names) - 1)
        return tuple(
            (name, tuple(sorted(taken)), tuple(taken[each] for each in sorted(taken)), sum(handed))
            for name, taken, handed in zip(
                self._names, self._taken, (each.values() for each in self._handed), strict=True
            )
        )

    def _read(self, tensor: Tensor, run: int, most: int | None = None) -> None:
        """An operator reads each of its inputs; a layer, which may look at its own in several of
        its operators, each place once."""
        for _, storage in stored((tensor,)):
            address = storage._cdata
            writers = self._writers.get(address)
            if writers is None:
                continue
            place = address, tensor.storage_offset()
            again = self._layer is not None and place in self._seen
            for writer, size in writers.read(tensor).items():
                if writer != run:
                    self._seen.add(place)
                    self._handed[writer][address] = writers.written_by(writer)
                    more = 0 if again else size if most is None else min(size, most)
                    self._taken[run][writer] = self._taken[run].get(writer, 0) + more

    def _run(self, recorder: Recorder, func: Any) -> int:
        """The run that ``func`` is a part of, perhaps a new one."""
        scope = recorder.running
        if not scope.is_row or scope is not self._layer:
            self._begin(recorder.row_of(func))
        self._layer = scope if scope.is_row else None
        return len(self._names) - 1

    def _begin(self, name: str) -> None:
        self._names.append(name)
        self._taken.append({})
        self._handed.append({})
        self._seen.clear()

    def _freed(self, address: int, _: Any) -> None:
        del self._watched[address]
        del self._writers[address]


def bytes_of(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()
