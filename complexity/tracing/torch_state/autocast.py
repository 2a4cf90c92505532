"""Whether a run is under autocast, which acts on the devices it names alone, and not on meta."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import torch

DEVICES = ("cpu", "cuda", "xpu", "mps")


@contextmanager
def noticing() -> Iterator[set[str]]:
    """The devices whose autocast is on now, or is asked for while this lasts.

    torch switches it on by ``set_autocast_enabled``; without a GPU, ``torch.autocast("cuda")``
    only warns when it is made.
    """
    found = {device for device in DEVICES if torch.is_autocast_enabled(device)}
    make, switch = torch.autocast.__init__, torch.set_autocast_enabled
    former = torch.set_autocast_cpu_enabled  # how one said it before

    @wraps(make)
    def made(
        self: torch.autocast,
        device_type: str,
        dtype: torch.dtype | None = None,
        enabled: bool = True,
        cache_enabled: bool | None = None,
    ) -> None:
        make(self, device_type, dtype, enabled, cache_enabled)
        note(device_type, enabled)

    @wraps(switch)
    def switched(*args: Any) -> None:
        switch(*args)
        note(*args)

    @wraps(former)
    def switched_formerly(enabled: bool) -> None:
        former(enabled)
        note("cpu", enabled)

    def note(device: Any, enabled: bool = True) -> None:
        if isinstance(device, str) and enabled:
            found.add(device)

    put(made, switched, switched_formerly)
    try:
        yield found
    finally:
        put(make, switch, former)


def put(make: Any, switch: Any, former: Any) -> None:
    """Have torch use these."""
    for home, name, function in (
        (torch.autocast, "__init__", make),
        (torch, "set_autocast_enabled", switch),
        (torch, "set_autocast_cpu_enabled", former),
    ):
        setattr(home, name, function)
