"""The guidelines G1 to G4 of ShuffleNetV2, held against a report: findings as data.

Source: Ma et al., arXiv 1807.11164, section 2. Each figure is compared with a threshold:

* G1, a 1x1 convolution or fully connected layer: its memory access over the lower bound
* G2, a convolution in groups (a depthwise one aside, which has no other form): its memory access
  over that of the same MACs without groups
* G3, a block: how many branches run side by side, and how many convolutions, products and poolings
* G4, a block: the share of the bytes that element-wise work moves. Activations, additions, other
  norms, concatenations, shuffles and copies are element-wise; a batch norm is not counted at all,
  for at inference it is folded into its convolution. Poolings, and means and other reductions over
  axes, are work of their own, and so is a depthwise convolution, which the paper counts here
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from math import ceil, inf
from typing import Any

from formulas.core.errors import SizeError
from formulas.core.memory_traffic import bytes_moved
from reports.guidelines.blocks import (
    Block,
    blocks,
    is_elementwise,
    is_norm,
    is_pooling,
)
from reports.guidelines.channel_balance import figures_of
from reports.guidelines.fusion_savings import flow_by_sizes, handed_on, saved_by_fusing
from reports.model.report import LayerRow, ModelReport
from reports.render import number_format as numbers
from reports.timing.timing import TimedModel, TimeShare

CODES = ("G1", "G2", "G3", "G4")


@dataclass(frozen=True)
class Thresholds:
    """What a figure may be; above it is a finding. The paper names no limits: these are ours.

    ``g1`` lies between the paper's 1:2, which moves 1.06 of the bound, and its 1:6, 1.42. The
    blocks of ResNet have two branches at most, those of Inception four and seven operations.
    """

    g1: float = 1.25
    g2: float = 1.25
    g3_branches: float = 2
    g3_operations: float = 6
    g4: float = 0.5

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not 0 <= value < inf:
                raise SizeError(name, value, "must be a finite number of at least 0")
        if self.g4 > 1:
            raise SizeError("g4", self.g4, "must be a share of the bytes, from 0 to 1")

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Thresholds:
        """From a table of settings; a key that is none is refused by name."""
        known = [each.name for each in fields(cls)]
        for name, value in settings.items():
            if name not in known:
                raise SizeError(name, value, f"is no threshold, which are {', '.join(known)}")
        return cls(**settings)


@dataclass(frozen=True)
class Finding:
    """One figure above its threshold: ``layer: G1 1.87 > 1.50 what``, then ``advice``.

    ``saved`` are the bytes that the advice saves in one run of the model; 0 where it saves none.
    """

    code: str
    layer: str
    figure: Fraction
    threshold: float
    what: str
    advice: str
    saved: int = 0

    def __str__(self) -> str:
        limit = Fraction(self.threshold)
        if self.code == "G3" and limit.denominator == 1:
            figure, bound = numbers.value_text(self.figure), numbers.value_text(limit)
        else:
            figure, bound = numbers.distinct_decimals(self.figure, limit)
        return f"{self.layer}: {self.code} {figure} > {bound} {self.what}; {self.advice}"


@dataclass(frozen=True)
class Guidelines:
    """What was found in a model.

    ``avoidable`` is its score, the lower the better: the share of all bytes that is moved above the
    bounds of G1 and G2, or above what the widths of the advice move where that is less, small
    figures included. G3 and G4 have no bound, and no part in it.
    ``elementwise`` are the shares of element-wise work in the operations (two for each MAC; the
    biases of convolutions are among it) and in the bytes; None where nothing is moved at all.
    ``time`` is its share of measured time, where that was asked for. Where operations are unknown,
    all of this is of what is known.
    """

    findings: tuple[Finding, ...]
    avoidable: Fraction | None
    elementwise: tuple[Fraction | None, Fraction | None]
    time: TimeShare | None = None

    def count(self, code: str) -> int:
        return sum(1 for each in self.findings if each.code == code)


def guidelines(report: ModelReport, thresholds: Thresholds | None = None) -> Guidelines:
    """Every figure of ``report`` against ``thresholds``, the usual ones where none are given."""
    limits = thresholds or Thresholds()
    figures = figures_of(report)
    found = [
        Finding(f.code, f.row.name, f.ratio, limit, f.what, f.advice, f.saved)
        for f in figures
        for limit in [limits.g1 if f.code == "G1" else limits.g2]
        if f.ratio > limit
    ]
    flow = report.flow or flow_by_sizes(report.layers)
    edges = handed_on(flow, report.layers)
    judged = blocks(report.layers, report.flow)
    for block in judged:
        found += fragments(block, limits)
        share = elementwise_share(block)
        if share is not None and share > limits.g4:
            saved = saved_by_fusing(block.rows, flow, edges)
            nested = any(block.holds(other) for other in judged)
            found.append(costly(block, share, limits.g4, saved, report.name, nested))
    total = bytes_moved(report.moved).total
    avoidable = Fraction(sum(figure.above for figure in figures), total) if total else None
    ranked = sorted(found, key=lambda each: each.code)
    operations = elementwise_steps(report.layers)
    moved = elementwise_share(Block("", list(report.layers)))
    return Guidelines(tuple(ranked), avoidable, (operations, moved))


def fragments(block: Block, limits: Thresholds) -> Iterator[Finding]:
    """G3 of a block; what runs outside of all blocks is not one."""
    if not block.path:
        return
    for count, limit, what, advice in (
        (block.branches, limits.g3_branches, "branches side by side", "fewer, wider branches"),
        (
            block.operations,
            limits.g3_operations,
            "convolutions, products and poolings in a block",
            "fewer, larger operations",
        ),
    ):
        if count > limit:
            more = f"{advice} start {numbers.count_of(ceil(count - limit), 'kernel')} less"
            yield Finding("G3", block.path, Fraction(count), limit, what, more)


def elementwise_time(timed: TimedModel) -> TimeShare:
    """The share of measured time; batch norms are not counted at all, as in the bytes."""
    rows = timed.report.layers
    kinds = {row.kind for row in rows if is_elementwise(row)}
    return timed.share_of(kinds, without={row.kind for row in rows if is_norm(row)})


def elementwise_steps(rows: Iterable[LayerRow]) -> Fraction | None:
    """Element-wise work's share of the operations; None where there are none."""
    counted = [row for row in rows if not is_norm(row)]
    steps = sum(row.elementwise for row in counted if not is_pooling(row))
    work = sum(row.elementwise + row.flops for row in counted)
    return Fraction(steps, work) if work else None


def elementwise_share(block: Block) -> Fraction | None:
    """Element-wise work's share of the bytes; None where nothing moves."""
    counted = [row for row in block.rows if not is_norm(row)]
    total = sum(bytes_moved(row.moved).total for row in counted)
    return Fraction(elementwise_bytes(block), total) if total else None


def elementwise_bytes(block: Block) -> int:
    total: int = sum(bytes_moved(row.moved).total for row in block.rows if is_elementwise(row))
    return total


def costly(
    block: Block, share: Fraction, limit: float, saved: int, model: str, nested: bool
) -> Finding:
    """G4 of a block, or of what lies outside of all; ``nested``: other blocks lie in it."""
    known = "" if all(row.known for row in block.rows) else "known "
    outside = f" outside its {'inner ' if block.path else ''}blocks" if nested else ""
    where = f"of the {known}bytes{outside} are moved by {kinds(block)}"
    advice = (
        f"fused into its neighbours this can move {numbers.integer(saved)} bytes less"
        if saved
        else "no other row there can take it in"
    )
    return Finding("G4", block.path or model, share, limit, where, advice, saved)


def kinds(block: Block) -> str:
    """Which element-wise kinds there are, the one that moves most first."""
    moved: dict[str, int] = {}
    for row in filter(is_elementwise, block.rows):
        moved[row.kind] = moved.get(row.kind, 0) + bytes_moved(row.moved).total
    return ", ".join(sorted((kind for kind in moved if moved[kind]), key=lambda k: -moved[k]))
