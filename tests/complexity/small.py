"""Small modules for the tests: what each costs is worked out by hand where it is used."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from complexity.analysis import analyze


class Calls(nn.Module):
    """A module whose forward is a function of its inputs."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs)


class Raw(nn.Module):
    """Parameters of its own, no layer: ``function(x, weight, bias)``."""

    def __init__(self, function: Callable[..., Tensor], weight: Tensor, bias: Tensor | None):
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(weight)
        self.bias = None if bias is None else nn.Parameter(bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x, self.weight, self.bias)


class Reused(nn.Module):
    """One layer that runs twice on one shape and, where told, once more on another."""

    def __init__(self, layer: nn.Module, rows: int | None = None) -> None:
        super().__init__()
        self.layer = layer
        self.rows = rows

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer(self.layer(x))
        return x if self.rows is None else self.layer(x[: self.rows])


class Tied(nn.Module):
    """Two layers that share one weight; each has a bias of its own."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, size)
        self.second = nn.Linear(size, size)
        self.second.weight = self.first.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x))


class PartlyUnused(nn.Module):
    """A layer that runs, one that does not, and a parameter that nobody reads."""

    def __init__(self) -> None:
        super().__init__()
        self.used = nn.Linear(5, 7)
        self.unused = nn.Conv2d(2, 3, 5)
        self.scale = nn.Parameter(torch.ones(11))

    def forward(self, x: Tensor) -> Tensor:
        return self.used(x)


class Keyword(nn.Module):
    """Takes its inputs by keyword only."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(5, 7)

    def forward(self, *, left: Tensor, right: Tensor) -> Tensor:
        return self.fc(left) + self.fc(right)


class SubConv(nn.Conv2d):
    """Another name, the same forward."""


class DoubledConv(nn.Conv2d):
    """A forward of its own, which does more than the base's."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 2


class Asks(nn.Module):
    """Looks at a value, which the meta device does not have; then normalises and mixes."""

    def __init__(self) -> None:
        super().__init__()
        self.bn = nn.BatchNorm1d(5)
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(11, 7)

    def forward(self, x: Tensor) -> Tensor:
        if x.sum().item() > 1e30:
            return x
        return self.fc(self.drop(self.bn(x)))


class Raises(nn.Module):
    """Fails in the middle, after a normalisation has run."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.bn = nn.BatchNorm1d(5)

    def forward(self, x: Tensor) -> Tensor:
        self.inner(self.bn(x))
        raise KeyError("the reason\nand more of it")


class Remembers(nn.Module):
    """Writes into a buffer, a tensor of its own and its input, and draws random numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("steps", torch.zeros(3))
        self.average = torch.zeros(5)
        self.history = [torch.zeros(2), torch.ones(2)]
        self.fc = nn.Linear(5, 7)

    def forward(self, x: Tensor) -> Tensor:
        self.steps.add_(1)
        self.average += x.detach().mean(0)
        self.history[0].add_(1)
        x.mul_(2)
        return self.fc(x + torch.rand(5, device=x.device))


def network_in_miniature() -> nn.Module:
    """Convolution, normalisation, dropout and a classifier, in a mix of modes and flags."""
    model = nn.Sequential(
        nn.Conv2d(3, 5, 3, bias=False),
        nn.BatchNorm2d(5, momentum=0.3),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        nn.AdaptiveAvgPool2d((2, 3)),
        nn.Flatten(),
        nn.Linear(30, 7),
    )
    model[1].weight.requires_grad_(False)
    model[6].weight.grad = torch.full((7, 30), 0.25)
    return model


@torch.library.custom_op("complexity_tests::mystery", mutates_args=())
def mystery(x: Tensor) -> Tensor:
    """An operator that no analyser has ever heard of."""
    return x.clone()


@mystery.register_fake
def _(x: Tensor) -> Tensor:
    return torch.empty_like(x)


MYSTERY = "complexity_tests.mystery"


class Mysterious(nn.Module):
    """A known layer, and an unknown operation that runs three times."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(5, 7)

    def forward(self, x: Tensor) -> Tensor:
        return mystery(mystery(mystery(self.fc(x))))


def linear(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    return F.linear(x, weight, bias)


def the_one_row(model, *inputs):
    """The row of a model that has one, in closed form, which its trace confirms."""
    report = analyze(model, inputs)
    assert report.unknown == {}
    assert report.verdict.differences == ()
    assert report.verdict.rows == len(report.layers) == 1, "no closed form"
    return report.layers[0]
