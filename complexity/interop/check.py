"""The check: closed form against trace, row by row, and the totals against outside counters."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import nn

from complexity.analysis import analyze
from complexity.interop.reference_counters import ask
from complexity.models import build
from complexity.tracing.isolation.recursion import enough_recursion
from formulas.networks import NETWORKS, VARIANTS, Network, network, options_of
from reports.model.report import ModelReport
from reports.model.verdict import Difference, Verdict, Witness

# What `check` goes through without arguments: the settings of the papers' tables and of the
# document, and resolutions that leave odd maps behind.
RESOLUTIONS = {"document": (32, 160, 224, 37), "paper": (128, 160, 192, 224, 227)}
SETTINGS: dict[str, dict[str, tuple[Any, ...]]] = {
    "mobilenet": {"alpha": (1, 0.75, 0.5, 0.25)},
    "mobilenetv2": {"alpha": (1, 1.4, 0.75, 0.35)},
    "shufflenet": {"groups": (1, 2, 3, 4, 8)},
    "shufflenetv2": {"ratio": (0.5, 1, 1.5, 2)},
}


def check(
    model: nn.Module | Network | str, inputs: Any = None, *, name: str = "", **options: Any
) -> Verdict:
    """Whether the two roads agree on a model, and what fvcore and torch's counter say of it.

    Takes what ``analyze`` takes, and really runs every operator. The result's ``.agrees`` is True
    when no number differs; ``.differences`` lists layer, field, both values and the likely reason;
    ``.witnesses`` holds the outside totals with their habits explained. An outsider that cannot run
    a model says so, and one that cannot look into a part of it is shown and not ``judged``.

    >>> check("squeezenet").agrees
    True
    """
    return checked(model, inputs, name=name, **options).verdict


def checked(
    model: nn.Module | Network | str, inputs: Any = None, *, name: str = "", **options: Any
) -> Any:
    """The report of ``analyze`` with the outside counters' totals in its verdict."""
    if isinstance(model, str):
        model = network(model, **options)
        options = {}
    report = analyze(model, inputs, name=name, engine="operators", **options)
    ours = isinstance(model, Network)
    if isinstance(model, Network):
        inputs = torch.zeros(*model.input_shape)
        model = build(model)
    with enough_recursion(model):
        witnesses = ask(report, model, inputs)
    assert report.verdict is not None  # analyze has traced
    found = tuple(
        disagreement(each, report)
        for each in witnesses
        if (each.judged and each.agrees is False) or (ours and each.counted is None)
    )
    verdict = replace(
        report.verdict, witnesses=witnesses, differences=report.verdict.differences + found
    )
    return replace(report, verdict=verdict)


def disagreement(witness: Witness, report: ModelReport) -> Difference:
    """A total on which an outside counter differs by more than its known habits."""
    reason = "more than its known habits explain"
    if witness.counted is None:
        reason = witness.explained[0]
    if not report.complete:
        reason = "the model has operations without a formula"
    return Difference("model", "total", witness.expected, witness.counted, witness.name, reason)


def configurations(names: tuple[str, ...] = ()) -> Iterator[Network]:
    """Every setting that a check without options goes through, of these or all networks."""
    for name in names or NETWORKS:
        options_of(name)  # refuses an unknown name
        for variant in VARIANTS:
            for settings in settings_of(name, variant):
                for resolution in RESOLUTIONS[variant]:
                    yield network(name, variant=variant, resolution=resolution, **settings)


def settings_of(name: str, variant: str) -> list[dict[str, Any]]:
    """One dict for each setting of a network's own option, where the variant has it."""
    if name == "mobilenetv2" and variant == "document":
        return [{}]
    axes = SETTINGS.get(name, {})
    return [{option: value} for option, values in axes.items() for value in values] or [{}]
