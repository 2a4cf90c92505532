"""How a counter that listens to modules comes to its number, row by row of ours.

Such a counter has a rule for each class of modules that it knows, by the exact class. What a rule
counts falls into ``Parts``: multiply-adds, which stand against the MACs of our rows below that
module, and other work, a step of its own for each reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

from torch import nn

from complexity.interop.bridge.call_trace import Seen, Visit
from formulas.layers import Conv
from reports.model.bridge import NOT_EXPLAINED
from reports.model.report import LayerRow, ModelReport

Steps = list[tuple[str, int]]
Parts = dict[str, int]
Rule = Callable[[Visit], Parts]
MACS = ""  # the name of the part that stands against our MACs
UNBATCHED = "convolutions without a batch: sides taken for channels"
AGAIN = "shared modules counted once a place"
MISSED = "{} outside of the modules that it counts"
OTHERWISE = f"{NOT_EXPLAINED}: {{}} by another formula"
COMPLEX = "complex products counted as one, not four"


@dataclass(frozen=True)
class Habits:
    """A counter's rules. ``run`` asks the counter itself for its MACs and its params, and
    ``written`` is that as Python.

    ``steps_of`` gives the steps from our MACs, ``params_of`` those from our params; ``limits`` says
    what these rules leave open in a model. ``functions`` are the attributes whose calls it counts
    beside modules; with ``operators`` it sees torch's operators instead. With ``grad`` it runs the
    model as if gradients were to follow, and torch then takes other kernels.
    """

    name: str
    package: str
    theirs: str
    steps_of: Callable[[ModelReport, nn.Module, Seen], Steps]
    params_of: Callable[[nn.Module, Seen], Steps]
    run: Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], tuple[int, int]]
    written: Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], str]
    limits: Callable[[nn.Module, str], str] = lambda *_: ""
    functions: tuple[tuple[Any, str], ...] = ()
    operators: bool = False
    grad: bool = False


def size(shape: Iterable[int]) -> int:
    return prod(shape)


def steps_of_modules(
    report: ModelReport,
    model: nn.Module,
    counted: dict[nn.Module, Parts],
    seen: Seen,
    otherwise: Callable[[Visit], str] = lambda _: "",
    missed: Callable[[LayerRow], str] = lambda row: MISSED.format(kind_words(row)),
) -> Steps:
    """From our MACs to the sum of what is ``counted``, module by module.

    A row belongs to the outermost counted module that it is in; ``missed`` names the step of a row
    that is in none. ``otherwise`` names that of a module whose multiply-adds are not those of its
    rows, by its first call; without a name, it is not explained.
    """
    owners = owners_of(report, model, counted)
    rest: Steps = []
    ours: dict[nn.Module, int] = {}
    kinds: dict[nn.Module, str] = {}
    first = {visit.module: visit for visit in reversed(seen.visits)}
    simple = set()
    for row, owner in owners:
        if owner is None:
            rest.append((missed(row), -int(row.macs)))
        else:
            ours[owner] = ours.get(owner, 0) + int(row.macs)
            kinds.setdefault(owner, kind_words(row))
            if getattr(row.layer, "is_complex", False):
                simple.add(owner)
    steps: Steps = []
    for module, parts in counted.items():
        more = parts.get(MACS, 0) - ours.get(module, 0)
        kind = kinds.get(module, type(module).__name__)
        why = COMPLEX if module in simple else otherwise(first[module])
        steps.append((why or OTHERWISE.format(kind), more))
        steps += [(why, figure) for why, figure in parts.items() if why != MACS]
    return steps + rest


def kind_words(row: LayerRow) -> str:
    """What a row is, for a reader: ``standard convolution``, but ``fc``."""
    return f"{row.kind} convolution" if isinstance(row.layer, Conv) else row.kind


def owners_of(
    report: ModelReport, model: nn.Module, counted: Iterable[nn.Module]
) -> list[tuple[LayerRow, nn.Module | None]]:
    """Each row with the outermost module among ``counted`` that it lies in."""
    known = set(counted)
    places = dict(model.named_modules(remove_duplicate=False))
    found = []
    for row in report.layers:
        inside = (places.get(path) for path in paths_to(row.name))
        found.append((row, next((module for module in inside if module in known), None)))
    return found


def paths_to(name: str) -> Iterator[str]:
    """From the model itself down to a row: ``""``, ``"a"``, ``"a.b"`` of ``"a.b#2"``."""
    parts = re.sub(r"#\d+$", "", name).split(".")
    yield from (".".join(parts[:count]) for count in range(len(parts) + 1))


def is_unbatched(visit: Visit) -> bool:
    """Whether a convolution was given one image without a batch."""
    return len(visit.inputs[0]) == len(visit.module.kernel_size) + 1


def gathered(visits: Iterable[Visit], rules: dict[type[nn.Module], Rule]) -> dict[Any, Parts]:
    """What the rules count of each module over all of its calls."""
    found: dict[nn.Module, Parts] = {}
    for visit in visits:
        rule = rules.get(type(visit.module))
        if rule is None:
            continue
        parts = found.setdefault(visit.module, {})
        for why, figure in rule(visit).items():
            parts[why] = parts.get(why, 0) + figure
    return found


def places_of(model: nn.Module, stops: Callable[[nn.Module], bool]) -> dict[nn.Module, int]:
    """How often a walk from parent to child meets each module; it goes into none that ``stops``."""
    found: dict[nn.Module, int] = {}

    def walk(module: nn.Module) -> None:
        found[module] = found.get(module, 0) + 1
        if not stops(module):
            for child in module.children():
                walk(child)

    walk(model)
    return found


def repeated(counted: dict[nn.Module, Parts], times: Callable[[nn.Module], int]) -> Steps:
    """What a module's parts add where a counter adds them up ``times`` over, or not at all."""
    return [
        (AGAIN, (times(module) - 1) * sum(parts.values()))
        for module, parts in counted.items()
        if times(module) != 1
    ]


def held_by(model: nn.Module, holders: Iterable[nn.Module], missed: str, again: str) -> Steps:
    """From all params to those that a counter adds up, holder by holder."""
    every = {id(p): p.numel() for p in model.parameters()}
    met = [p for module in holders for p in module.parameters()]
    once = {id(p): p.numel() for p in met}
    return [
        (missed, sum(once.values()) - sum(every.values())),
        (again, sum(p.numel() for p in met) - sum(once.values())),
    ]
