"""How the rules of a counter are tried: on one module, whose figures are worked out by hand."""

import torch
from torch import nn

from complexity import bridge


def steps_to(to, model, *shapes, dtype=None, of="macs"):
    """Our number and the steps from it, which must lead to what the counter says."""
    inputs = tuple(torch.zeros(shape, dtype=dtype) for shape in shapes)
    found = bridge(nn.Sequential(model).eval() if len(shapes) == 1 else model.eval(), inputs,
                   to=to, of=of)  # fmt: skip
    assert found.silence == ""
    assert found.agrees, found
    return found.ours, {step.why: step.figure for step in found.steps}
