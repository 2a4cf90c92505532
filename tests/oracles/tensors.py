"""Tensors and modules of ones, whose outputs add up to counts."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

Shape = tuple[int, ...]

torch.set_num_threads(1)  # tensors this small only wait for further threads


def ones(shape: Shape) -> Tensor:
    return torch.ones(shape, dtype=torch.float64)


def total(tensor: Tensor) -> int:
    return int(tensor.sum().item())


def filled(module: nn.Module, *, weight: float, bias: float) -> nn.Module:
    """``module`` in float64, for inference, every weight and every bias set to one number."""
    for name, parameter in module.double().eval().named_parameters():
        nn.init.constant_(parameter, bias if name == "bias" else weight)
    return module


class Tally:
    """Counts while real arithmetic is done: products of ones, and the elements of each step."""

    def __init__(self) -> None:
        self.macs = self.elementwise = self.activations = 0

    def linear(self, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        """``x`` times ``weight`` transposed; adding the bias is a step for each output."""
        out = x @ weight.mT
        self.macs += total(torch.ones_like(x) @ torch.ones_like(weight).mT)
        self.activations += out.numel()
        return out if bias is None else self.step(torch.add, out, bias)

    def step(self, function: Callable[..., Tensor], *tensors: Tensor) -> Tensor:
        """One element-wise step."""
        out = function(*tensors)
        self.elementwise += out.numel()
        return out
