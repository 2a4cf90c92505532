"""Both roads of one model: its closed form, and a traced run that confirms it."""

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

import torch
from torch import nn

from complexity.closed_form.compare_rows import compare
from complexity.closed_form.describe import describe, is_free, is_layer
from complexity.closed_form.run_notes import caveats_of, notes_of
from complexity.errors import ModelError
from complexity.models import build
from complexity.tracing import (
    Trace,
    TracedCall,
    arguments_of,
    parameters_of,
    tensors_in,
    trace,
)
from complexity.tracing.isolation.recursion import enough_recursion
from formulas.core.cost import Cost
from formulas.core.errors import FormulaError
from formulas.core.quantities import Shape, elements
from formulas.layers import Layer
from formulas.networks import Network, network
from reports.model.dataflow import Flow
from reports.model.peak_memory import Memory
from reports.model.report import LayerRow, ModelReport, report_of, row_of
from reports.model.training import OPTIMIZER_STATE, Training
from reports.model.verdict import Verdict

TRACED_FORMULA = "counted from the tensors"
REGISTERED_FORMULA = "registered"


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
    """The cost of a model, layer by layer, its closed form checked against a traced run.

    ``model`` is a module, or one of the five networks by name with its ``options``
    (``analyze("mobilenet", alpha=0.5, resolution=160)``). ``inputs`` is what a module's forward
    takes: one value, a tuple of values, a dict of keywords, or ``Arguments(x, mask=m)``. The module
    is run once, without arithmetic where possible, in evaluation mode, and left as it was. With
    ``backward`` it runs in training mode and the gradients are counted too; ``optimizer`` says what
    state they feed. The ``fast`` engine answers what torch's functions return by the shapes that go
    in, and runs no kernel for them; ``"operators"`` runs and counts every operator, many times
    slower, to the same rows. With ``memory`` it runs once more, and its tensors are followed until
    they are freed: the result has ``.memory``, with floating numbers ``bytes_as`` another type.
    With ``flow`` it runs once more too, and has ``.flow``: which runs wait for which.

    The result has ``.params``, ``.macs``, ``.flops``, ``.layers``, ``.unknown``, ``.verdict`` and
    ``.to_frame()``. Raises ``ModelError`` where the model or its input does not run.

    >>> import torch
    >>> report = analyze(torch.nn.Conv2d(3, 8, 3, bias=False), torch.empty(1, 3, 10, 10))
    >>> report.params, report.macs, report.verdict.agrees
    (216, 13824, True)
    """
    if isinstance(model, str):
        model = network(model, **options)
    elif options:
        raise TypeError(f"analyze() takes no {', '.join(options)} with a module or a network")
    if isinstance(model, Network):
        if inputs is not None:
            raise TypeError(f"analyze() takes no inputs with {model.name}: see its resolution")
        closed, module = model, build(model, "meta")
        inputs = torch.empty(*closed.input_shape, device="meta")
        run = run_of(module, inputs, backward, engine)
        report = report_of_network(closed, run)
    elif isinstance(model, nn.Module):
        module = model
        with enough_recursion(module):
            run = run_of(module, inputs, backward, engine)
            report = report_of_run(inputs, run, name or type(module).__name__)
    else:
        raise ModelError(f"model={model!r} must be a torch.nn.Module or the name of a network")
    with enough_recursion(module):
        report = with_training(report, module, run, optimizer)
        if flow:
            report = with_flow(report, module, inputs)
        return with_memory(report, module, run, inputs, bytes_as) if memory else report


def run_of(
    model: nn.Module,
    inputs: Any,
    backward: bool = False,
    engine: str = "fast",
    way: tuple[str, bool] | None = None,
) -> Trace:
    """One recorded run; layers that are known to cost nothing leave no call."""
    run = trace(
        model, inputs, is_layer,
        training=backward, backward=backward, engine=engine, way=way,
    )  # fmt: skip
    kept = (c for c in run.calls if c.module is None or not is_free(c.module, run.training))
    return replace(run, calls=tuple(kept))


def report_of_network(closed: Network, run: Trace) -> ModelReport:
    """The closed form of one of the five networks, confirmed by a run of the real one."""
    report = report_of(closed)
    differences = compare(report.layers, (*run.calls, *parameter_calls(run)))
    verdict = Verdict(len(report.layers), run.device, differences)
    return replace(report, verdict=verdict, unknown=unknown_in(run), coverage=run.coverage)


def report_of_run(inputs: Any, run: Trace, name: str) -> ModelReport:
    """The rows of any model: each call that has a description gets its closed form."""
    rows, confirmed, alone, given = [], [], Counter[str](), Counter[str]()
    seen: set[int] = set()
    for call in run.calls:
        row = closed_row(call, seen)
        rows.append(row or traced_row(call))
        if call.module is not None:
            seen.update(map(id, parameters_of(call.module)))
        if row is not None:
            confirmed.append((row, call))
        elif call.registered:
            given[call.operation] += call.calls
        elif not call.unknown:
            alone[call.operation] += call.calls
    rows += [parameter_row(*each) for each in run.parameters]
    differences = compare((row for row, _ in confirmed), (call for _, call in confirmed))
    return ModelReport(
        name=name,
        layers=tuple(rows),
        input_shapes=tuple(tuple(t.shape) for t in tensors_in(arguments_of(inputs))),
        buffers=run.buffers,
        unknown=unknown_in(run),
        coverage=run.coverage,
        verdict=Verdict(len(confirmed), run.device, differences, others=len(rows) - len(confirmed)),
        caveats=caveats_of(run),
        notes=notes_of(run, alone, given),
    )


def with_training(
    report: ModelReport, module: nn.Module, run: Trace, optimizer: str
) -> ModelReport:
    """``report`` with the cost of the gradients, where they were traced."""
    if run.backward is None:
        return report
    trainable = sum(p.numel() for p in module.parameters() if p.requires_grad)
    unknown = dict(run.backward_unknown or {})
    return replace(report, training=Training(run.backward, trainable, optimizer, unknown))


def with_memory(
    report: ModelReport, module: nn.Module, run: Trace, inputs: Any, bytes_as: str | None
) -> ModelReport:
    """``report`` with the memory at the peak of a run, or of the training step that was traced.

    What had to be computed for the rows, in ``run``, is computed for this too.
    """
    step = report.training
    training = step is not None
    run = trace(
        module, inputs, is_layer, training=training, backward=training, memory=True,
        dtype=bytes_as, way=run.way if run.device == "cpu" else None,
    )  # fmt: skip
    assert run.peak is not None  # it was asked for
    peak, kept = run.peak, OPTIMIZER_STATE[step.optimizer] if step else 0
    memory = Memory(
        weights=peak.weights,
        inputs=peak.inputs,
        activations=peak.activations,
        at=peak.at,
        gradients=peak.gradients,
        state=kept * peak.trainable,
        dtype=bytes_as,
        notes=peak.notes,
    )
    return replace(report, memory=memory)


def with_flow(report: ModelReport, module: nn.Module, inputs: Any) -> ModelReport:
    """``report`` with what reads from what."""
    runs = trace(module, inputs, is_layer, flow=True).flow
    assert runs is not None  # it was asked for
    return replace(report, flow=Flow(*map(tuple, zip(*runs, strict=True))) if runs else None)


def closed_row(call: TracedCall, seen: set[int]) -> LayerRow | None:
    """The closed form of one call; None where there is none. ``seen`` are counted parameters."""
    described = None if call.registered else describe(call)
    if described is None:
        return None
    layer, shapes = described
    try:
        once = counted(layer, shapes)
    except FormulaError:
        return None
    params = 0
    if call.module is not None:
        shared = [p.numel() for p in parameters_of(call.module) if id(p) in seen]
        params = once.cost.params - sum(shared)
    return LayerRow(
        name=call.name,
        kind=once.kind,
        in_shapes=call.in_shapes,
        out_shape=once.out_shape,
        formula=once.formula,
        cost=once.cost.repeated(call.calls, params),
        kernel=once.kernel,
        stride=once.stride,
        groups=once.groups,
        calls=call.calls,
        operation="" if call.module is not None else call.operation,
        layer=layer,
        moved=call.moved,
    )


@lru_cache(4096)
def counted(layer: Layer, shapes: tuple[Shape, ...]) -> LayerRow:
    """The row of one run of ``layer``, counted once for all that are alike."""
    return row_of("", layer, *shapes)


def traced_row(call: TracedCall) -> LayerRow:
    """The row of a call that only the trace knows, or a formula of the user's."""
    formula = REGISTERED_FORMULA if call.registered else TRACED_FORMULA
    return LayerRow(
        name=call.name,
        kind=call.operation,
        in_shapes=call.in_shapes,
        out_shape=call.out_shape,
        formula="unknown" if call.unknown else formula,
        cost=call.cost,
        calls=call.calls,
        known=not call.unknown,
        operation="" if call.module is not None else call.operation,
        moved=call.moved,
    )


def parameter_row(name: str, shape: tuple[int, ...]) -> LayerRow:
    """A parameter that no layer row holds: a container's own, or of a layer that did not run."""
    formula = " * ".join(map(str, shape))
    return LayerRow(name, "parameter", (), shape, formula, Cost(params=elements(shape)), calls=0)


def parameter_calls(run: Trace) -> tuple[TracedCall, ...]:
    """Parameters outside the layers, as calls: one of the five networks has none."""
    return tuple(
        TracedCall(name, None, "", None, (), (), shape, Cost(params=elements(shape)))
        for name, shape in run.parameters
    )


def unknown_in(run: Trace) -> dict[str, int]:
    """Operations without a rule, by name, and how often they ran."""
    found: Counter[str] = Counter()
    for call in run.calls:
        if call.unknown:
            found.update(call.unknown)
    return dict(found)
