"""The work of every operator that a function runs, for the tests of operators and classes."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.ops.cost_rules import name_of, work_of


class Watch(TorchDispatchMode):
    """Keeps the work of every operator that runs, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.ran: list[tuple[str, object]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        self.ran.append((name_of(func), work_of(func, args, out)))
        return out


def watch(function, *shapes, dtype=torch.float32, device="meta"):
    inputs = [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]
    with Watch() as seen, torch.no_grad():
        function(*inputs)
    return seen.ran


def figures(function, *shapes, **settings):
    """Sums of macs, elementwise and activations of all that ran."""
    works = [work for _, work in watch(function, *shapes, **settings)]
    assert works
    assert None not in works
    return tuple(sum(getattr(w, f) for w in works) for f in ("macs", "elementwise", "activations"))


def places(*shape, like):
    """Indices, all of them 0, where ``like`` lies."""
    return torch.zeros(shape, dtype=torch.int64, device=like.device)
