"""Analysis of one model: its closed form, verified by a traced run."""

from collections import Counter
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from complexity.closed_form.compare_rows import compare
from complexity.closed_form.describe import is_free, is_layer
from complexity.closed_form.rows import (
    closed_row,
    parameter_calls,
    parameter_row,
    traced_row,
    unknown_in,
)
from complexity.closed_form.run_notes import caveats_of, notes_of
from complexity.errors import ModelError
from complexity.models import build
from complexity.run_options import RunOptions
from complexity.tracing import (
    Trace,
    arguments_of,
    parameters_of,
    tensors_in,
    trace,
)
from complexity.tracing.isolation.recursion import enough_recursion
from formulas.networks import Network, network
from reports.model.dataflow import Flow
from reports.model.peak_memory import Memory
from reports.model.report import ModelReport, report_of
from reports.model.training import OPTIMIZER_STATE, Training
from reports.model.verdict import Verdict


def analyze(
    model: nn.Module | Network | str,
    inputs: Any = None,
    *,
    name: str = "",
    backward: bool = False,
    optimizer: str = "adam",
    engine: str = "fast",
    memory: bool = False,
    bytes_as: str | None = None,
    flow: bool = False,
    **options: Any,
) -> ModelReport:
    """Cost of a model, layer by layer, its closed form verified by a traced run.

    The module runs once, without arithmetic where possible, and is left as it was. It runs in
    evaluation mode, or with `backward` in training mode.

    Parameters
    ----------
    model : nn.Module, Network or str
        A module, or one of the five networks, by itself or by name.
    inputs : optional
        Arguments of the module's forward: one value, a tuple of values, a dict of keywords, or
        ``Arguments(x, mask=m)``. A network takes none: its resolution sets its input.
    name : str
        Name of a module in the report. Default: its class.
    backward : bool
        Count the gradients of a training step too.
    optimizer : str
        Optimizer of that step, which sets the size of its state. Default: ``"adam"``.
    engine : str
        ``"fast"`` derives the shapes that torch's functions return and runs no kernel for them.
        ``"operators"`` runs and counts every operator. It is many times slower and gives the same
        rows.
    memory : bool
        Run once more and follow the tensors until they are freed. Sets ``.memory``, in bytes.
    bytes_as : str, optional
        Data type that floating-point tensors have in ``.memory``. Default: their own.
    flow : bool
        Run once more and record which layer runs read the results of which. Sets ``.flow``.
    **options
        Settings of a network that is given by name, such as ``alpha=0.5, resolution=160``.

    Returns
    -------
    ModelReport
        With ``.params``, ``.macs``, ``.flops``, ``.layers``, ``.unknown``, ``.verdict`` and
        ``.to_frame()``.

    Raises
    ------
    ModelError
        If the model does not run on these inputs, or `model` is of another type.
    SizeError
        If a setting of a network, or an option of the run, has a value that it does not take.
    TypeError
        If a network has `inputs`, or a module has settings.

    Examples
    --------
    >>> import torch
    >>> report = analyze(torch.nn.Conv2d(3, 8, 3, bias=False), torch.empty(1, 3, 10, 10))
    >>> report.params, report.macs, report.verdict.agrees
    (216, 13824, True)
    """
    how = RunOptions(backward, optimizer, engine, memory, bytes_as, flow)
    if isinstance(model, str):
        model = network(model, **options)
    elif options:
        raise TypeError(f"analyze() takes no {', '.join(options)} with a module or a network")
    closed = model if isinstance(model, Network) else None
    if closed is not None:
        if inputs is not None:
            raise TypeError(f"analyze() takes no inputs with {closed.name}: see its resolution")
        module = build(closed, "meta")
        inputs = torch.empty(*closed.input_shape, device="meta")
    elif isinstance(model, nn.Module):
        module = model
    else:
        raise ModelError(f"model={model!r} must be a torch.nn.Module or the name of a network")
    with enough_recursion(module):
        run = run_of(module, inputs, how)
        if closed is not None:
            report = report_of_network(closed, run)
        else:
            report = report_of_run(inputs, run, name or type(module).__name__)
        report = with_training(report, module, run, how)
        report = with_flow(report, module, inputs) if how.flow else report
        return with_memory(report, module, run, inputs, how) if how.memory else report


def run_of(
    model: nn.Module,
    inputs: Any,
    options: RunOptions | None = None,
    way: tuple[str, bool] | None = None,
) -> Trace:
    """One recorded run, without the calls of zero-cost layers.

    Parameters
    ----------
    model : nn.Module
        The module. It is left as it was.
    inputs : object
        Arguments of its forward, as in `analyze`.
    options : RunOptions, optional
        ``backward`` and ``engine`` are used. Default: an inference run of the fast engine.
    way : tuple of str and bool, optional
        Device and kind of run, as a ``Trace`` records it. Default: the first that succeeds.

    Returns
    -------
    Trace
        The run.

    Raises
    ------
    ModelError
        If the model raises in every way of running it.
    """
    how = options or RunOptions()
    run = trace(
        model, inputs, is_layer,
        training=how.backward, backward=how.backward, engine=how.engine, way=way,
    )  # fmt: skip
    calls = (c for c in run.calls if c.module is None or not is_free(c.module, run.training))
    return replace(run, calls=tuple(calls))


def report_of_network(closed: Network, run: Trace) -> ModelReport:
    """Report of one of the five networks, verified by a run of its real module.

    Parameters
    ----------
    closed, run
        The network's closed form, and a run of its real module.
    """
    report = report_of(closed)
    differences = compare(report.layers, (*run.calls, *parameter_calls(run)))
    verdict = Verdict(len(report.layers), run.device, differences)
    return replace(report, verdict=verdict, unknown=unknown_in(run), coverage=run.coverage)


def report_of_run(inputs: Any, run: Trace, name: str) -> ModelReport:
    """Report of any model: a call with a layer spec has a closed-form row, others a traced row.

    Parameters
    ----------
    inputs : object
        Arguments of the model's forward, as in `analyze`.
    run : Trace
        The run, from `run_of`.
    name : str
        Name of the model in the report.

    Returns
    -------
    ModelReport
        Rows in the order of their first run, then parameters outside the layers.
    """
    rows, verified, traced, registered = [], [], Counter[str](), Counter[str]()
    counted_parameters: set[int] = set()
    for call in run.calls:
        row = closed_row(call, counted_parameters)
        rows.append(row or traced_row(call))
        if call.module is not None:
            counted_parameters.update(map(id, parameters_of(call.module)))
        if row is not None:
            verified.append((row, call))
        elif call.registered:
            registered[call.operation] += call.calls
        elif not call.unknown:
            traced[call.operation] += call.calls
    rows += [parameter_row(*each) for each in run.parameters]
    differences = compare((row for row, _ in verified), (call for _, call in verified))
    return ModelReport(
        name=name,
        layers=tuple(rows),
        input_shapes=tuple(tuple(t.shape) for t in tensors_in(arguments_of(inputs))),
        buffers=run.buffers,
        unknown=unknown_in(run),
        coverage=run.coverage,
        verdict=Verdict(len(verified), run.device, differences, others=len(rows) - len(verified)),
        caveats=caveats_of(run),
        notes=notes_of(run, traced, registered),
    )


def with_training(
    report: ModelReport, module: nn.Module, run: Trace, options: RunOptions
) -> ModelReport:
    """A report with the cost of a training step, if its gradients were traced.

    Parameters
    ----------
    report, module, run
        The report, its model and its run. Parameters that need gradients are trainable.
    options : RunOptions
        ``optimizer`` is used.

    Returns
    -------
    ModelReport
        `report` itself if `run` has no backward pass.
    """
    if run.backward is None:
        return report
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    unknown = dict(run.backward_unknown or {})
    return replace(report, training=Training(run.backward, trainable, options.optimizer, unknown))


def with_memory(
    report: ModelReport, module: nn.Module, run: Trace, inputs: Any, options: RunOptions
) -> ModelReport:
    """A report with the peak memory of a run, or of the training step that was traced.

    Parameters
    ----------
    report, module, run, inputs
        The report, its model, its run and its inputs. If that run had to be on the CPU, this one
        is too. If the report has ``training``, the peak is that of a training step.
    options : RunOptions
        ``bytes_as`` is used.

    Returns
    -------
    ModelReport
        With ``memory``, in bytes.
    """
    step = report.training
    training = step is not None
    run = trace(
        module, inputs, is_layer, training=training, backward=training, memory=True,
        dtype=options.bytes_as, way=run.way if run.device == "cpu" else None,
    )  # fmt: skip
    assert run.peak is not None  # the trace was to record it
    peak, copies = run.peak, OPTIMIZER_STATE[step.optimizer] if step else 0
    memory = Memory(
        weights=peak.weights, inputs=peak.inputs, activations=peak.activations, at=peak.at,
        gradients=peak.gradients, state=copies * peak.trainable, dtype=options.bytes_as,
        notes=peak.notes,
    )  # fmt: skip
    return replace(report, memory=memory)


def with_flow(report: ModelReport, module: nn.Module, inputs: Any) -> ModelReport:
    """A report with the dataflow graph between layer runs.

    Parameters
    ----------
    report, module, inputs
        The report, its model, which runs once more, and its inputs.
    """
    runs = trace(module, inputs, is_layer, flow=True).flow
    assert runs is not None  # the trace was to record it
    return replace(report, flow=Flow(*map(tuple, zip(*runs, strict=True))) if runs else None)
