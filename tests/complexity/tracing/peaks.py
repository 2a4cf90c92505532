"""The peak of a run, and what torch's own tracker says of it on a CPU."""

import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker

from complexity.reading import is_layer
from complexity.tracing import Peak, trace


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
