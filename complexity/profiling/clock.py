"""Time as a device tells it: the processor's clock, or events in the queue of a GPU."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import torch

from complexity.errors import ArgumentError

Result = TypeVar("Result")


class ProcessorClock:
    """Seconds of the CPU's monotonic clock; work has ended when a call returns."""

    def mark(self) -> Any:
        return time.perf_counter()

    def settle(self) -> None:
        """Wait until everything that was asked for is done."""

    def between(self, start: Any, end: Any) -> float:
        return float(end - start)


class CudaClock(ProcessorClock):
    """Events that the GPU records when it gets there; they can be read once it has settled."""

    def mark(self) -> Any:
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def settle(self) -> None:
        torch.cuda.synchronize()

    def between(self, start: Any, end: Any) -> float:
        return float(start.elapsed_time(end)) / 1000  # it counts milliseconds


def clock_of(device: str) -> ProcessorClock:
    """The clock of ``"cpu"`` or ``"cuda"``; a GPU that is not there is refused."""
    if device == "cpu":
        return ProcessorClock()
    if not torch.cuda.is_available():
        raise ArgumentError("runs_on", device, "must be there: torch sees no such device")
    return CudaClock()


def lap(clock: ProcessorClock, work: Callable[[], object]) -> float:
    """The seconds that ``work`` takes, until all of it is done."""
    clock.settle()
    start = clock.mark()
    work()
    end = clock.mark()
    clock.settle()
    return clock.between(start, end)


def in_turn(
    tasks: Sequence[Callable[[], Result]],
    repeats: int,
    warmup: int,
    each_round: Callable[[], object] = lambda: None,
) -> list[list[Result]]:
    """What each task gave in each of ``repeats`` rounds, all in turn, after ``warmup`` more.

    In turn, so that what slows the machine for a while slows all of them alike.
    """
    found: list[list[Result]] = [[] for _ in tasks]
    for number in range(warmup + repeats):
        for results, task in zip(found, tasks, strict=True):
            result = task()
            if number >= warmup:
                results.append(result)
        each_round()
    return found


def load() -> float | None:
    """The load average of the last minute over the number of cores: how many programs ran, or
    waited to, for each. None where the system does not say."""
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):
        return None


@contextmanager
def threads(count: int | None) -> Iterator[int]:
    """torch computes with ``count`` threads, or as many as it would; gives how many."""
    before = torch.get_num_threads()
    try:
        if count is not None:
            torch.set_num_threads(count)
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)
