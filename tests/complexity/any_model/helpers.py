"""What the tests of any model share: functions as modules, oracles, and the assertion of a case."""

import warnings
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_map
from torch.utils.flop_counter import FlopCounterMode

from complexity import analyze
from complexity.tracing import arguments_of


class Function(nn.Module):
    """A function as a module, with parameters of the given shapes as its last arguments."""

    def __init__(self, function: Callable[..., Any], *shapes: tuple[int, ...]) -> None:
        super().__init__()
        self.function = function
        self.owned = nn.ParameterList(nn.Parameter(torch.zeros(shape)) for shape in shapes)

    def forward(self, *inputs: Any) -> Any:
        return self.function(*inputs, *self.owned)


class Case(NamedTuple):
    """A model, made afresh for each test, what it is fed, and its true figures.

    ``closed`` says that a closed form is expected for at least one row: without it the two roads
    would agree for want of a second one.
    """

    name: str
    make: Callable[[], nn.Module]
    inputs: Any
    macs: int
    params: int
    closed: bool = True


def assert_counted(case: Case) -> Any:
    """The true figures, both roads agreeing, and nothing unknown; the report."""
    report = analyze(case.make(), case.inputs)
    assert (report.macs, report.params) == (case.macs, case.params)
    assert report.unknown == {}
    assert report.complete
    assert report.verdict.agrees, report.verdict.differences
    assert report.verdict.rows >= case.closed
    assert report.flops == 2 * case.macs
    return report


def parameters_in(model: nn.Module) -> int:
    """Elements of the unique parameters."""
    return sum({id(p): p.numel() for p in model.parameters()}.values())


def torch_flops(model: nn.Module, inputs: Any, *, device: str = "cpu", grad: bool = False) -> int:
    """What torch's counter finds, where attention is not hidden in one kernel."""
    args, kwargs = tree_map(
        lambda each: each.to(device) if isinstance(each, Tensor) else each, arguments_of(inputs)
    )
    with (
        torch.set_grad_enabled(grad),
        sdpa_kernel(SDPBackend.MATH),
        FlopCounterMode(display=False) as counter,
    ):
        out = model(*args, **kwargs)
        if grad:
            out.sum().backward()
    return counter.get_total_flops()


@contextmanager
def quiet():
    """Without the deprecation warnings of torch's older ways to change a module."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def zeros(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.zeros(shape, dtype=dtype)
