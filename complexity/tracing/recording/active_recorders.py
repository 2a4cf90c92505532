"""The recorders that listen in a thread: an analysis inside of another pauses the outer one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Pausable(Protocol):
    """A recorder, as far as it can be paused."""

    paused: int  # how many analyses run inside of the one that it records


class ActiveRecorders(threading.local):
    """The recorders that listen in this thread, the outermost first."""

    def __init__(self) -> None:
        self.stack: list[Pausable] = []


ACTIVE = ActiveRecorders()


@contextmanager
def listening(recorder: Pausable) -> Iterator[None]:
    """While this lasts, ``recorder`` is one of those that listen in this thread."""
    ACTIVE.stack.append(recorder)
    try:
        yield
    finally:
        ACTIVE.stack.pop()


@contextmanager
def recorders_paused() -> Iterator[None]:
    """While this lasts, the recorders of this thread ignore the hooks of their modules."""
    outer, ACTIVE.stack = ACTIVE.stack, []
    for recorder in outer:
        recorder.paused += 1
    try:
        yield
    finally:
        ACTIVE.stack = outer
        for recorder in outer:
            recorder.paused -= 1
