"""From our number to another counter's, in steps that sum up exactly."""

from collections.abc import Callable
from typing import Any

from torch import nn

from complexity.analysis import analyze
from complexity.errors import ArgumentError, ModelError
from complexity.interop.bridge.graph_counters import from_fvcore, from_torch
from complexity.interop.bridge.hook_counters import way_to
from complexity.interop.bridge.paper import to_paper
from complexity.interop.bridge.ptflops import PTFLOPS
from complexity.interop.bridge.ptflops_aten import PTFLOPS_ATEN
from complexity.interop.bridge.thop import THOP
from complexity.interop.bridge.torchinfo import TORCHINFO
from complexity.models import build
from formulas.networks import Network, network
from reports.model.bridge import Bridge
from reports.model.report import ModelReport

QUANTITIES = ("macs", "params", "flops")
Way = Callable[[ModelReport, nn.Module, Any, str], Bridge]
WAYS: dict[str, Way] = {
    "fvcore": from_fvcore,
    "torch": from_torch,
    "thop": way_to(THOP),
    "ptflops": way_to(PTFLOPS),
    "ptflops-aten": way_to(PTFLOPS_ATEN),
    "torchinfo": way_to(TORCHINFO),
}
PAPER = "paper"


def bridge(
    model: nn.Module | Network | str,
    inputs: Any = None,
    *,
    to: str,
    of: str = "macs",
    name: str = "",
    **options: Any,
) -> Bridge:
    """The steps from our count of a model to another's, verified by asking the other.

    Takes what ``check`` takes; ``to`` is ``fvcore``, ``torch``, ``thop``, ``ptflops``,
    ``ptflops-aten``, ``torchinfo`` or, of the five networks, ``paper``; ``of`` is ``macs``,
    ``params`` or ``flops``. The result has ``.ours``, ``.steps`` (each with ``.why`` and
    ``.figure``), ``.total`` and ``.remainder``, which is 0 where everything is explained. The model
    is left as it was. Raises ``ModelError`` where it does not run.

    >>> found = bridge("squeezenet", to="torch")
    >>> found.ours, [(step.why, step.figure) for step in found.steps], found.agrees
    (53280768, [('2 for each MAC', 53280768)], True)
    """
    if of not in QUANTITIES:
        raise ArgumentError("of", of, f"must be one of {', '.join(QUANTITIES)}")
    if to not in (*WAYS, PAPER):
        raise ArgumentError("to", to, f"must be one of {', '.join((*WAYS, PAPER))}")
    if isinstance(model, str):
        model, options = network(model, **options), {}
    elif options:
        raise TypeError(f"bridge() takes no {', '.join(options)} with a module or a network")
    if to == PAPER:
        if not isinstance(model, Network):
            raise ArgumentError("to", to, "is for the five networks, of which papers print numbers")
        return to_paper(model, of)
    report = analyze(model, inputs, name=name)
    if isinstance(model, Network):
        import torch

        inputs = torch.zeros(*model.input_shape)
        model = build(model)
    if not isinstance(model, nn.Module):
        raise ModelError(f"model={model!r} must be a torch.nn.Module or the name of a network")
    return WAYS[to](report, model, inputs, of)
