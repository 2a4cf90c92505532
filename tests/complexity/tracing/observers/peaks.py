"""The peak of a run, and what torch's own tracker says of it on a CPU."""

import weakref
from functools import partial

import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.closed_form.describe import is_layer
from complexity.tracing import Peak, tensors_in, trace


def peak_of(model: nn.Module, *inputs: torch.Tensor, training: bool = False, **more) -> Peak:
    run = trace(model, inputs, is_layer, training=training, backward=training, memory=True, **more)
    assert run.peak is not None
    return run.peak


def tracked(model: nn.Module, *inputs: torch.Tensor, training: bool = False) -> dict[str, int]:
    """The same by torch's tracker, on the CPU, where everything is computed."""
    tracker = MemTracker()
    tracker.track_external(model.train(training), *inputs)
    with torch.set_grad_enabled(training), tracker:
        out = model(*inputs)
        if training:
            torch.autograd.backward(out, torch.ones_like(out))
    found = tracker.get_tracker_snapshot("peak")[torch.device("cpu")]
    return {getattr(kind, "value", kind): size for kind, size in found.items()}


def check_a_step(model: nn.Module, image: torch.Tensor) -> None:
    found = peak_of(model, image, training=True)
    seen = tracked(model, image, training=True)
    total = found.inputs + found.weights + found.activations + found.gradients
    assert total == seen["Total"]
    assert found.activations + found.gradients == sum(
        seen[part] for part in ("Activation", "Temp", "Gradient")
    )


class Storages(TorchDispatchMode):
    """Bytes of what a run on the CPU has made and not yet freed; has no hooks, unlike torch's."""

    def __init__(self, *there: torch.Tensor) -> None:
        super().__init__()
        self.there = [each.untyped_storage() for each in there]
        self.known = {storage._cdata: None for storage in self.there}
        self.held = self.most = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        for tensor in tensors_in(out):
            storage = tensor.untyped_storage()
            place, size = storage._cdata, storage.nbytes()
            if place not in self.known:
                self.known[place] = weakref.ref(storage, partial(self.free, place, size))
                self.held += size
        self.most = max(self.most, self.held)
        return out

    def free(self, place: int, size: int, _: object) -> None:
        del self.known[place]
        self.held -= size
