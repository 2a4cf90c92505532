"""The way to the number that a paper prints: other settings, another network, rounding."""

from __future__ import annotations

import re
from fractions import Fraction

from complexity.errors import ModelError
from complexity.interop.bridge.counter_rules import Steps
from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.layers import BatchNorm, Layer, Linear
from formulas.networks import Network, network
from formulas.networks.paper_numbers import FC, NORMS, Published, published
from reports.model.bridge import Bridge, bridge_fields, merge_steps
from reports.model.report import report_of
from reports.render.number_format import shape

UNITS = {"": 1, "M": 10**6, "G": 10**9}
LEFT_OUT: dict[str, type[Layer]] = {NORMS: BatchNorm, FC: Linear}
ONE_EACH = "one for each MAC: papers call it a FLOP"


def to_paper(closed: Network, of: str) -> Bridge:
    """From one of the five networks to what is printed of it, at its resolution if there is any.

    Raises ``ModelError`` where nothing is printed.
    """
    theirs = "params" if of == "params" else "macs"
    paper, entry, text = printed_for(closed, theirs)
    steps: Steps = [(ONE_EACH, -closed.cost.macs)] if of == "flops" else []
    here = closed
    for why, there in settings_between(closed, paper):
        steps.append((why, getattr(there.cost, theirs) - getattr(here.cost, theirs)))
        here = there
    if here.variant != paper.variant:
        steps += stages_between(here, paper, theirs)
    left_out = entry.without.get(theirs)
    if left_out:
        less = (p.cost for p in paper.layers if isinstance(p.layer, LEFT_OUT[left_out]))
        steps.append((f"{left_out} not counted", -getattr(sum(less, Cost()), theirs)))
    report = report_of(closed)
    said = bridge_fields(report, of, "the paper", theirs)
    exact = said["ours"] + sum(figure for _, figure in steps)
    value, rounding = printed(text, exact)
    return Bridge(
        **said,
        steps=merge_steps([*steps, *rounding]),
        measured=value,
        source=f"{entry.source}, printed as {text},",
        reason=entry.remark.get(theirs, ""),
    )


def printed_for(closed: Network, theirs: str) -> tuple[Network, Published, str]:
    """The paper's network, what is printed of it, and the number as text."""
    for resolution in (closed.input_shape[2:], None):
        settings = dict(closed.options) if resolution is None else {
            **closed.options, "resolution": resolution,
        }  # fmt: skip
        try:
            paper = network(closed.name, variant="paper", **settings)
        except SizeError:
            continue  # a resolution that the paper's network does not take
        entry = published(paper)
        text = getattr(entry, theirs, "")
        if entry is not None and text:
            return paper, entry, text
    words = " ".join(f"{key}={value}" for key, value in closed.options.items())
    raise ModelError(f"{' '.join((closed.name, words)).strip()}: no printed {theirs} are known")


def settings_between(closed: Network, paper: Network) -> list[tuple[str, Network]]:
    """The network with the paper's settings, one after another, each with its words."""
    batch, _, *sides = closed.input_shape
    found: list[tuple[str, Network]] = []
    said = {**closed.options, "variant": closed.variant, "batch": batch, "classes": closed.classes}
    said["resolution"] = tuple(sides)
    for name, value, words in (
        ("batch", 1, f"one image, not {batch}"),
        ("resolution", paper.input_shape[2:], f"{shape(paper.input_shape[2:])} pixels, not "
         f"{shape(tuple(sides))}"),
        ("classes", paper.classes, f"{paper.classes} classes, not {closed.classes}"),
    ):  # fmt: skip
        if said[name] != value:
            said[name] = value
            found.append((words, network(closed.name, **said)))
    return found


def stages_between(document: Network, paper: Network, theirs: str) -> Steps:
    """From the document's network to the paper's, a stage at a time."""
    before, after = by_stage(document, theirs), by_stage(paper, theirs)
    return [
        (f"{stage} as in the paper's table", after.get(stage, 0) - before.get(stage, 0))
        for stage in {**before, **after}
    ]


def by_stage(closed: Network, theirs: str) -> dict[str, int]:
    """What each stage costs: the layers that begin with one word."""
    found: dict[str, int] = {}
    for placed in closed.layers:
        stage = re.split(r"[.#]", placed.name)[0]
        found[stage] = found.get(stage, 0) + getattr(placed.cost, theirs)
    return found


def printed(text: str, exact: int) -> tuple[int, Steps]:
    """A printed number, and the step from an exact one, if it is that one rounded or cut.

    >>> printed("569 M", 568_740_352)
    (569000000, [('rounded to 569 M', 259648)])
    >>> printed("3.4 M", 3_470_760)
    (3400000, [('cut to 3.4 M', -70760)])
    >>> printed("575 M", 568_740_352)
    (575000000, [])
    """
    number, _, unit = text.replace(",", "").partition(" ")
    value = int(Fraction(number) * UNITS[unit])
    last = Fraction(UNITS[unit], 10 ** len(number.partition(".")[2]))
    more = value - exact
    if 2 * abs(more) <= last:
        return value, [(f"rounded to {text}", more)]
    if -last < more < 0:
        return value, [(f"cut to {text}", more)]
    return value, []
