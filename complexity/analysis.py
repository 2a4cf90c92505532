"""Both roads of one model: its closed form, and a traced run that confirms it."""

from collections import Counter
from dataclasses import replace
from typing import Any

from torch import nn

from complexity.comparing import compare
from complexity.errors import ModelError
from complexity.models import build
from complexity.reading import describe, is_free, is_layer
from complexity.tracing import Trace, TracedCall, arguments_of, tensors_in, trace
from formulas.cost import Cost
from formulas.errors import FormulaError
from formulas.networks import Network, network
from formulas.quantities import elements
from reports.rows import LayerRow, ModelReport, report_of, row_of
from reports.verdict import Verdict

TRACED_FORMULA = "counted from the tensors"


def analyze(
    model: nn.Module | Network | str, inputs: Any = None, *, name: str = "", **options: Any
) -> ModelReport:
    """The cost of a model, layer by layer, its closed form checked against a traced run.

    ``model`` is a module, or one of the five networks by name with its ``options``
    (``analyze("mobilenet", alpha=0.5, resolution=160)``). ``inputs`` is what a module's forward
    takes: a tensor, a tuple, or a dict of keywords. The module is run once, without
    arithmetic where possible, in evaluation mode, and left as it was.

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
        return analyze_network(model)
    if not isinstance(model, nn.Module):
        raise ModelError(f"model={model!r} must be a torch.nn.Module or the name of a network")
    run = run_of(model, inputs)
    return report_of_run(model, inputs, run, name or type(model).__name__)


def run_of(model: nn.Module, inputs: Any) -> Trace:
    """One recorded run; layers that are known to cost nothing leave no call."""
    run = trace(model, inputs, is_layer)
    kept = (c for c in run.calls if c.module is None or not is_free(c.module, run.training))
    return replace(run, calls=tuple(kept))


def trace_network(closed: Network) -> Trace:
    """A run of the real network that belongs to a closed form."""
    import torch

    return run_of(build(closed, "meta"), torch.empty(*closed.input_shape, device="meta"))


def analyze_network(closed: Network) -> ModelReport:
    """The closed form of one of the five networks, confirmed by a run of the real one."""
    report = report_of(closed)
    run = trace_network(closed)
    differences = compare(report.layers, (*run.calls, *parameter_calls(run)))
    verdict = Verdict(len(report.layers), run.device, differences)
    return replace(report, verdict=verdict, unknown=unknown_in(run))


def report_of_run(model: nn.Module, inputs: Any, run: Trace, name: str) -> ModelReport:
    """The rows of any model: each call that has a description gets its closed form."""
    rows, confirmed, alone = [], [], Counter[str]()
    seen: set[int] = set()
    for call in run.calls:
        row = closed_row(call, seen)
        rows.append(row or traced_row(call))
        if row is not None:
            confirmed.append((row, call))
        elif not call.unknown:
            alone[traced_row(call).kind] += call.calls
    rows += [parameter_row(*each) for each in run.parameters]
    differences = compare((row for row, _ in confirmed), (call for _, call in confirmed))
    notes = [
        f"Known from the trace alone, without a closed form: {kind} ({count})."
        for kind, count in alone.items()
    ]
    return ModelReport(
        name=name,
        layers=tuple(rows),
        input_shapes=tuple(tuple(t.shape) for t in tensors_in(arguments_of(inputs))),
        buffers=run.buffers,
        unknown=unknown_in(run),
        verdict=Verdict(len(confirmed), run.device, differences),
        notes=tuple(notes),
    )


def closed_row(call: TracedCall, seen: set[int]) -> LayerRow | None:
    """The closed form of one call; None where there is none. ``seen`` are counted parameters."""
    described = None if call.registered else describe(call)
    if described is None:
        return None
    layer, shapes = described
    try:
        row = row_of(call.name, layer, *shapes)
    except FormulaError:
        return None
    once = row.cost
    if call.module is None:
        params = 0
    else:
        shared = [p.numel() for p in call.module.parameters() if id(p) in seen]
        params = once.params - sum(shared)
        seen.update(map(id, call.module.parameters()))
    repeated = replace(once * call.calls, params=params)
    return replace(row, in_shapes=call.in_shapes, cost=repeated, calls=call.calls)


def traced_row(call: TracedCall) -> LayerRow:
    """The row of a call that only the trace knows."""
    return LayerRow(
        name=call.name,
        kind=call.operation,
        in_shapes=call.in_shapes,
        out_shape=call.out_shape,
        formula="unknown" if call.unknown else TRACED_FORMULA,
        cost=call.cost,
        calls=call.calls,
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
        found += call.unknown
    return dict(found)
