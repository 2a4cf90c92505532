"""Report rows of one traced call: from its closed form, or from the trace alone."""

from collections import Counter
from functools import lru_cache

from complexity.closed_form.describe import describe
from complexity.tracing import Trace, TracedCall, parameters_of
from formulas.core.cost import Cost
from formulas.core.errors import FormulaError
from formulas.core.quantities import Shape, elements
from formulas.layers import Layer
from reports.model.report import LayerRow, row_of

TRACED_FORMULA = "counted from the tensors"
REGISTERED_FORMULA = "registered"


def closed_row(call: TracedCall, counted_parameters: set[int]) -> LayerRow | None:
    """Row of one call from its closed form.

    Parameters
    ----------
    call : TracedCall
        A call of a module or of an operator.
    counted_parameters : set of int
        ``id`` of each parameter that an earlier row has counted. These are subtracted from the
        params of the row, so that a shared parameter counts once.

    Returns
    -------
    LayerRow or None
        None if the call has no layer spec, if its spec has no formula for these shapes, or if a
        registered formula replaces it.
    """
    described = None if call.registered else describe(call)
    if described is None:
        return None
    layer, shapes = described
    try:
        once = spec_row(layer, shapes)
    except FormulaError:
        return None
    params = 0
    if call.module is not None:
        parameters = parameters_of(call.module)
        shared = sum(p.numel() for p in parameters if id(p) in counted_parameters)
        params = once.cost.params - shared
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
def spec_row(layer: Layer, shapes: tuple[Shape, ...]) -> LayerRow:
    """Row without a name of one run of a layer spec, computed once for equal arguments.

    Parameters
    ----------
    layer : Layer
        The layer spec.
    shapes : tuple of Shape
        Shapes of its inputs, in elements.

    Returns
    -------
    LayerRow
        Row of one run.

    Raises
    ------
    FormulaError
        If the spec has no formula for these shapes.
    """
    return row_of("", layer, *shapes)


def traced_row(call: TracedCall) -> LayerRow:
    """Row of a ``call`` without a closed form: traced, or counted by a registered formula."""
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
    """Row of a parameter that no layer row holds: of a container, or of a layer that did not run.

    Parameters
    ----------
    name : str
        Dotted name of the parameter in the model.
    shape : tuple of int
        Its shape, in elements.

    Returns
    -------
    LayerRow
        Row with params and nothing else; ``calls`` is 0.
    """
    formula = " * ".join(map(str, shape))
    return LayerRow(name, "parameter", (), shape, formula, Cost(params=elements(shape)), calls=0)


def parameter_calls(run: Trace) -> tuple[TracedCall, ...]:
    """Parameters outside the layers of ``run``, as calls. The five networks have none."""
    return tuple(
        TracedCall(name, None, "", None, (), (), shape, Cost(params=elements(shape)))
        for name, shape in run.parameters
    )


def unknown_in(run: Trace) -> dict[str, int]:
    """Number of runs in ``run`` of each operation without a rule, by its name."""
    found: Counter[str] = Counter()
    for call in run.calls:
        if call.unknown:
            found.update(call.unknown)
    return dict(found)
