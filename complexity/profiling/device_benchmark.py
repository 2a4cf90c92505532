"""The roof of this machine, measured: a large matrix product, and a large copy."""

from __future__ import annotations

import torch

from complexity.errors import ArgumentError
from complexity.profiling.clock import ProcessorClock, clock_of, in_turn, lap
from reports.render import number_format as numbers
from reports.roofline.devices import Device
from reports.timing.statistics import Spread

SIDE = 2048  # of the matrices: 17 G operations, far above the ridge of any device
LEAST = 256  # of the matrices, where a large product would take longer than this many seconds:
PATIENCE = 2
COPIED = 2**28  # bytes, more than any processor's cache holds
TYPES = ("float64", "float32", "float16", "bfloat16")


def measured_device(
    dtype: str = "float32",
    device: str = "cpu",
    *,
    repeats: int = 5,
    warmup: int = 1,
    side: int = SIDE,
    copied: int = COPIED,
    clock: ProcessorClock | None = None,
) -> Device:
    """This machine as a device, by the best of ``repeats`` runs of each.

    The product of two matrices of ``side`` is ``2 * side**3`` operations; a copy of ``copied``
    bytes reads them and writes them. How far the runs lie apart stands in ``source``.
    """
    must_multiply(dtype)
    clock = clock or clock_of(device)
    kind = getattr(torch, dtype)
    side = affordable(side, kind, device, clock)
    one = torch.ones(side, side, dtype=kind, device=device)
    product = torch.empty_like(one)
    read = torch.ones(copied // one.element_size(), dtype=kind, device=device)
    written = torch.empty_like(read)
    moved = 2 * read.numel() * read.element_size()
    with torch.no_grad():
        multiplied, copies = (
            Spread(tuple(seconds))
            for seconds in in_turn(
                [
                    lambda: lap(clock, lambda: torch.mm(one, one, out=product)),
                    lambda: lap(clock, lambda: written.copy_(read)),
                ],
                repeats,
                warmup,
            )
        )
    where = "this machine" if device == "cpu" else torch.cuda.get_device_name()
    how = f"{numbers.count_of(torch.get_num_threads(), 'thread')}, " if device == "cpu" else ""
    apart = f"{100 * multiplied.relative:.0f} % (product) and {100 * copies.relative:.0f} % (copy)"
    busy = ", which is wide: the machine is busy, and can do more"
    return Device(
        key="this machine",
        name=f"{where}, measured",
        kind="own",
        source=f"torch {torch.__version__}, {how}best of {repeats}; the middle half of the runs "
        f"lies within {apart} of the median" + busy * (multiplied.wide or copies.wide),
        bandwidth=round(moved / copies.best),
        peak={dtype: round(2 * side**3 / multiplied.best)},
        derivation={
            dtype: f"2 x {side}^3 / {multiplied.best:.3g} s: the product of two square matrices",
            "bandwidth": f"{moved} / {copies.best:.3g} s: bytes that a copy reads and writes",
        },
    )


def affordable(
    side: int, dtype: torch.dtype, device: str, clock: ProcessorClock, least: int = LEAST
) -> int:
    """``side``, or the half of it, and so on, until one product takes a second or so: a processor
    without half precision takes minutes for a large one."""
    if side <= least:
        return side
    small = torch.ones(least, least, dtype=dtype, device=device)
    seconds = min(lap(clock, lambda: torch.mm(small, small)) for _ in range(2))
    while side > least and seconds * (side / least) ** 3 > PATIENCE:
        side //= 2
    return max(side, least)


def must_multiply(dtype: str) -> None:
    """Refuse a data type that torch does not multiply in."""
    if dtype not in TYPES:
        rule = f"cannot be measured through torch, which multiplies {', '.join(TYPES)}"
        raise ArgumentError("dtype", dtype, rule)
