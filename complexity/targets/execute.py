"""Execution of a request: its report, bridge or check, and the model ready to run.

Torch loads only where a model runs.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from complexity.targets.request import Request
from formulas.core.errors import SizeError
from formulas.networks import network
from reports.model.bridge import Bridge
from reports.model.report import ModelReport, report_of
from reports.text.paper_line import paper_line


def report_for(request: Request) -> ModelReport:
    """Report of a ``request``; a document variant has a note with the paper's numbers."""
    if request.loads:
        return report_loaded_model(request)
    closed = request.closed_form()
    if request.trace:
        from complexity.analysis import analyze

        result = analyze(closed, **asdict(request.run))
    elif request.run.backward:
        raise SizeError("backward", True, "needs a trace: leave --no-trace out")
    else:
        result = report_of(closed)
    if closed.variant == "document":
        result = replace(result, notes=(*result.notes, paper_note(request)))
    return result


def paper_note(request: Request) -> str:
    """Line on the paper's variant with the settings of ``request``, or why there is none."""
    settings = {key: value for key, value in request.options.items() if key != "classes"}
    try:
        paper = network(request.target, **{**settings, "variant": "paper", "batch": 1})
    except SizeError as error:
        reason = f"{error.argument} {error.value} {error.rule}"
        return f"The paper's variant does not take these settings: {reason}."
    return paper_line(paper)


def report_loaded_model(request: Request) -> ModelReport:
    """Report of the ``request`` for a loaded model, built on the meta device or else on the CPU."""
    from complexity.analysis import analyze
    from complexity.errors import ModelError
    from complexity.tracing import must_fit

    model, inputs = request.load("meta")
    try:
        return analyze(model, inputs, name=request.name, **asdict(request.run))
    except ModelError as error:
        if not any(p.is_meta for p in model.parameters()):
            raise
        must_fit(model, str(error))
    model, inputs = request.load("cpu")
    try:
        return analyze(model, inputs, name=request.name, **asdict(request.run))
    except ModelError as error:
        if not request.has_default_inputs:
            raise
        reason = "no --input was given, and its default does not fit"
        raise ModelError(f"{error}; {reason}: see report --help") from error


def runnable_model(request: Request, device: str) -> tuple[ModelReport, Any, Any]:
    """Report of a request, and its real model and inputs on a device.

    Parameters
    ----------
    request : Request
        The target.
    device : str
        Device that the model and its inputs are moved to, such as ``"cpu"`` or ``"cuda"``.

    Returns
    -------
    report : ModelReport
        Its report.
    model : nn.Module
        The model, with real tensors.
    inputs : Tensor or Arguments
        Arguments of its forward; zeros for a network.
    """
    from torch import Tensor, zeros
    from torch.utils._pytree import tree_map_only

    from complexity.analysis import analyze
    from complexity.models import build
    from complexity.tracing import Arguments, arguments_of

    if not request.loads:
        closed = request.closed_form()
        model = build(closed, device)
        return report_of(closed), model, zeros(*closed.input_shape, device=device)
    model, inputs = request.load("cpu")
    report = analyze(model, inputs, name=request.target)
    inputs = tree_map_only(Tensor, lambda tensor: tensor.to(device), arguments_of(inputs))
    return report, model.to(device), Arguments(*inputs[0], **inputs[1])


def bridge_for(request: Request, to: str, of: str) -> Bridge:
    """Bridge from our number to that of another counter or of the paper.

    Parameters
    ----------
    request : Request
        The target. Counters run it with real tensors.
    to : str
        Name of the counter, or ``"paper"`` for one of the five networks.
    of : str
        Quantity, such as ``"macs"``.

    Returns
    -------
    Bridge
        The steps between the two numbers.

    Raises
    ------
    SizeError
        If `to` is ``"paper"`` and the target is not one of the five networks.
    """
    from complexity.interop.bridge import bridge

    if not request.loads:
        return bridge(request.closed_form(), to=to, of=of)
    if to == "paper":
        raise SizeError("to", to, "is for the five networks, of which papers print numbers")
    model, inputs = request.load("cpu")
    return bridge(model, inputs, to=to, of=of, name=request.target)


def checked_report(request: Request) -> ModelReport:
    """Report of a ``request`` with the totals of the reference counters, run on real tensors."""
    from complexity.interop.check import checked

    if not request.loads:
        return checked(request.closed_form())
    model, inputs = request.load("cpu")
    return checked(model, inputs, name=request.target)
