"""The cost of a model as exact expressions in its sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from complexity.errors import ArgumentError, ModelError
from complexity.symbolic.network_formula import network_formula
from complexity.targets.request import Request
from reports.model.formula import Formula

if TYPE_CHECKING:
    from torch import nn

    from complexity.symbolic.symbolic_inputs import Feed


def derive(
    model: nn.Module | str,
    *inputs: str,
    dims: Sequence[str] | None = None,
    at: Mapping[str, int] | None = None,
    **options: Any,
) -> Formula:
    """Params, macs and the rest of a model as exact expressions in its sizes.

    ``model`` is one of the five networks by name, whose closed form is given in ``N`` (batch),
    ``r`` (resolution) and ``alpha``; or a module, or the name of one (``"timm:resnet18"``), that is
    traced at a few sizes. ``inputs`` are written with names for what is left open, ``"Nx3xrxr"``;
    of a library's default inputs, ``dims`` picks among ``batch``, ``res`` and ``seq``. ``at`` says
    around which sizes to derive, ``options`` go to the network or the factory.

    The expressions are verified at sizes that they were not derived from, and say where they hold.
    Raises ``ModelError`` where the model follows no polynomial or floor of its sizes, with the row.

    >>> derive("mobilenet", variant="paper", alpha=1).macs(N=1, r=224)
    568740352
    """
    if isinstance(model, str):
        request = Request(model, inputs=inputs)
        told = {"arguments": options} if request.loads else {"options": options}
        return derived(replace(request, **told), dims, at)
    from complexity.symbolic.symbolic_inputs import written_feed

    if options:
        raise TypeError(f"derive() takes no {', '.join(options)} with a module")
    feed = written_feed(inputs, at or {})
    return traced_formula(model, feed, type(model).__name__)


def derived(
    request: Request, dims: Sequence[str] | None = None, at: Mapping[str, int] | None = None
) -> Formula:
    """What ``derive`` gives, of what was asked for on the command line."""
    if not request.loads:
        if at:
            raise ArgumentError("at", dict(at), "is for models that are traced")
        closed = request.closed_form()
        return network_formula(closed.name, request.options, dims)
    from complexity.symbolic.symbolic_inputs import filled, own_feed, written_feed

    feed = None
    if request.inputs:
        if dims is not None:
            rule = "is for default inputs; those of --input name their own sizes"
            raise ArgumentError("dims", ",".join(dims), rule)
        feed = written_feed(request.inputs, at or {}, request.dtype)
        request = replace(request, inputs=tuple(filled(request.inputs, feed.usual)))
    module, own = request.load("meta")
    feed = feed or own_feed(own, dims, at or {})
    try:
        return traced_formula(module, feed, request.target)
    except ModelError as error:
        from complexity.tracing import must_fit

        if not any(p.is_meta for p in module.parameters()):
            raise
        must_fit(module, str(error))
    module, _ = request.load("cpu")
    return traced_formula(module, feed, request.target)


def traced_formula(module: nn.Module, feed: Feed, name: str) -> Formula:
    """The formula of a model that is run at a few sizes; the collector waits meanwhile."""
    from complexity.symbolic.fit import derived_from_runs
    from complexity.tracing.isolation.isolate import collection_paused

    with collection_paused():
        return derived_from_runs(module, feed, name)
