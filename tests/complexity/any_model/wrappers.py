"""Small modules that several tests of any model share."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from tests.complexity.any_model.helpers import zeros


class Product(torch.autograd.Function):
    """A product with a gradient of its own."""

    @staticmethod
    def forward(ctx, x, weight):
        ctx.save_for_backward(x, weight)
        return x @ weight

    @staticmethod
    def backward(ctx, gradient):
        x, weight = ctx.saved_tensors
        return gradient @ weight.mT, x.mT @ gradient


class Checkpointed(nn.Module):
    def __init__(self, child: nn.Module, reentrant: bool = False) -> None:
        super().__init__()
        self.child = child
        self.reentrant = reentrant

    def forward(self, x):
        return checkpoint(self.child, x, use_reentrant=self.reentrant)


class Tied(nn.Module):
    """An embedding whose table is also the head's weight."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(100, 64)
        self.head = nn.Linear(64, 100, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        return self.head(self.embedding(tokens))


class Scaled(nn.Module):
    """Multiplies the input by a parameter, so that the layer below it is asked for both
    gradients: that of its weight, and that of its input."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.scale = nn.Parameter(zeros(1))
        self.layer = layer

    def forward(self, *inputs):
        return self.layer(*(self.scale * each for each in inputs))
