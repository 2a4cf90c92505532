"""Which run of a layer reads what which other one wrote, by the memory of their tensors."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any, TypeAlias

from torch import Tensor, UntypedStorage
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.calls import Scope, stored, tensors_in
from complexity.tracing.recorder import Recorder

# Its row's name; the earlier runs that it read from; bytes of each; bytes it wrote that were read.
Run: TypeAlias = tuple[str, tuple[int, ...], tuple[int, ...], int]


class Flowing(TorchDispatchMode):
    """Notes of each run who wrote the storages that it reads; a view is the storage it looks at.

    A layer is one run each time that it runs, an operator outside of layers is one of its own.
    Weights, and inputs of the model, nobody wrote.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recorder: Recorder | None = None
        self._names: list[str] = []
        self._taken: list[dict[int, int]] = []  # of each run, bytes by who wrote them
        self._handed: list[dict[int, int]] = []  # of each run, bytes by the storage that was read
        self._seen: set[tuple[int, int]] = set()  # what the last run has read: where it begins
        self._layer: Scope | None = None  # the last run, where it is a layer
        self._writers: dict[int, int] = {}  # by the address of the storage
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
        if func.is_view:
            return out
        run = self._run(self.recorder, func)
        for tensor, storage in stored(tensors_in((args, kwargs))):
            writer = self._writers.get(storage._cdata, run)
            if writer != run:
                self._read(tensor, storage, run, writer)
        for _, storage in stored(tensors_in(out)):
            self._write(storage, run)
        return out

    def runs(self) -> tuple[Run, ...]:
        """In order: the row's name, before runs that differ are numbered; whom it read, how many
        bytes of each; and the bytes of what it wrote that another one read."""
        return tuple(
            (name, tuple(sorted(taken)), tuple(taken[each] for each in sorted(taken)), sum(handed))
            for name, taken, handed in zip(
                self._names, self._taken, (each.values() for each in self._handed), strict=True
            )
        )

    def _read(self, tensor: Tensor, storage: UntypedStorage, run: int, writer: int) -> None:
        """Each place once, as a layer may look at its input in several of its operators."""
        place, whole = storage._cdata, storage.nbytes()
        self._handed[writer][place] = whole
        taken = self._taken[run]
        taken.setdefault(writer, 0)
        if (place, tensor.storage_offset()) not in self._seen:
            self._seen.add((place, tensor.storage_offset()))
            taken[writer] += min(tensor.numel() * tensor.element_size(), whole)

    def _run(self, recorder: Recorder, func: Any) -> int:
        """The run that ``func`` is a part of, perhaps a new one."""
        scope = recorder.running
        if not scope.is_row or scope is not self._layer:
            self._names.append(recorder.row_of(func))
            self._taken.append({})
            self._handed.append({})
            self._seen.clear()
        self._layer = scope if scope.is_row else None
        return len(self._names) - 1

    def _write(self, storage: UntypedStorage, run: int) -> None:
        place = storage._cdata
        if place not in self._watched:
            self._watched[place] = weakref.ref(storage, partial(self._freed, place))
        self._writers[place] = run

    def _freed(self, place: int, _: Any) -> None:
        del self._watched[place]
        del self._writers[place]
