"""The way to the numbers of counters that listen to modules: thop, ptflops, torchinfo."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from inspect import Parameter, signature
from typing import Any

import torch
from torch import nn

from complexity.errors import ModelError, in_short
from complexity.interop.bridge.call_text import on_cpu
from complexity.interop.bridge.call_trace import Seen, visited
from complexity.interop.bridge.counter_rules import Habits, Steps
from complexity.interop.bridge.fused_kernels import plainly
from complexity.tracing import arguments_of, must_fit
from complexity.tracing.isolation.isolate import borrowed
from complexity.tracing.torch_state.unfused_kernels import ALONE
from reports.model.bridge import Bridge, bridge_fields, merge_steps
from reports.model.report import ModelReport

POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
HALVED = "one for each MAC, not two"


def way_to(habits: Habits) -> Callable[[ModelReport, nn.Module, Any, str], Bridge]:
    """How one gets from a report of ours to what a counter with these habits says."""

    def way(report: ModelReport, model: nn.Module, inputs: Any, of: str) -> Bridge:
        must_fit(model, f"{habits.name} runs the model on the CPU")
        inputs = by_position(model, *arguments_of(inputs))
        with lent(model, inputs, habits.grad) as (args, kwargs):

            def visit() -> Seen:
                return visited(model, args, kwargs, habits.functions, habits.operators)

            try:
                seen = visit()
                fused: Steps = []
                if habits.operators and of != "params":  # what its kernels hide, they show apart
                    _, fused = plainly(lambda: visit().macs, report.macs)
            except Exception as error:
                kind = type(model).__name__
                raise ModelError(f"{kind} does not run on the CPU: {in_short(error)}") from error
            try:
                if of == "params":
                    steps = habits.params_of(model, seen)
                else:
                    steps = [*habits.steps_of(report, model, seen), *fused]
            except Exception as error:  # inputs that the counter's own rules do not take
                words = f"{habits.name} has no figure for {type(model).__name__}"
                raise ModelError(f"{words}: its rules end in {in_short(error)}") from error
        if of == "flops":
            steps = [(HALVED, -report.macs), *steps]
        said = bridge_fields(report, of, habits.name, "params" if of == "params" else habits.theirs)
        measured, silence = asked(habits, model, inputs)
        return Bridge(
            **said,
            steps=merge_steps(steps),
            measured=None if measured is None else measured[of == "params"],
            silence=silence,
            call="" if measured is None else on_cpu(habits.written(model, *inputs), model),
            reason=habits.limits(model, of),
            source=f"{habits.package} {version_of(habits.package)}",
        )

    return way


def by_position(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Keywords as positions where ``forward`` takes them so: not every counter passes keywords.

    What lies between them takes its default, and what lies behind the last is left out.
    """
    try:
        bound = signature(model.forward).bind(*args, **kwargs)
    except (TypeError, ValueError):
        return args, kwargs
    bound.apply_defaults()
    placed = [name for name, said in bound.signature.parameters.items() if said.kind in POSITIONAL]
    last = max((placed.index(name) + 1 for name in kwargs if name in placed), default=0)
    if last <= len(args):
        return args, kwargs
    return bound.args[:last], {key: kwargs[key] for key in kwargs if key not in placed}


@contextlib.contextmanager
def lent(model: nn.Module, inputs: Any, grad: bool) -> Any:
    """The model on the CPU in evaluation mode, as a counter's README runs it; put back after."""
    with borrowed(model, "cpu", inputs, grad=True) as fed, torch.set_grad_enabled(grad):
        yield fed


def asked(habits: Habits, model: nn.Module, inputs: Any) -> tuple[tuple[int, int] | None, str]:
    """What the counter itself says; None and why, where it is not there or cannot run."""
    if version_of(habits.package) is None:
        return None, f"{habits.package} is not installed (pip install {habits.package})"
    with silenced(), lent(model, inputs, habits.grad) as (args, kwargs):
        try:
            return habits.run(model, args, kwargs), ""
        except Exception as error:  # it may fail in any way; that is its answer
            return None, f"{habits.name} could not run: {in_short(error)}"


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """What a counter prints and warns of is its own business."""
    with (
        ALONE,  # the streams are the process's own
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def version_of(package: str) -> str | None:
    """The version that is installed, if any."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None
