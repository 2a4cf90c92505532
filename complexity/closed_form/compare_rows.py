"""Rows of the closed form against the calls of a trace, number by number."""

from collections.abc import Iterable

from complexity.tracing import TracedCall
from formulas.core.cost import COST_FIELDS
from reports.model.report import LayerRow
from reports.model.verdict import Difference

REASONS = {
    "row": "one road has a layer that the other has not: another structure, or it did not run",
    "output": "the rule for the output size and the real output disagree",
    "params": "the formula and the layer's real tensors disagree",
    "macs": "kernel, channels, groups or output size are not what the formula takes them for",
    "elementwise": "a bias or an element-wise step is there on one road only",
    "activations": "the output sizes disagree",
    "memory_access": "inputs, outputs or weights read differ from the formula's",
    "calls": "the layer ran another number of times",
}


def compare(rows: Iterable[LayerRow], calls: Iterable[TracedCall]) -> tuple[Difference, ...]:
    """Every number on which the two roads differ; empty where they agree to the last integer."""
    closed = {row.name: row for row in rows}
    traced = {call.name: call for call in calls}
    found: list[Difference] = []

    def differ(layer: str, field: str, ours: object, theirs: object, why: str) -> None:
        if ours != theirs:
            found.append(Difference(layer, field, ours, theirs, "trace", REASONS[why]))

    for name in dict.fromkeys([*closed, *traced]):
        row, call = closed.get(name), traced.get(name)
        if row is None or call is None:
            here = ("missing" if row is None else row.kind, "missing" if call is None else "ran")
            differ(name, "row", *here, "row")
            continue
        differ(name, "output", row.out_shape, call.out_shape, "output")
        differ(name, "calls", row.calls, call.calls, "calls")
        for field in COST_FIELDS:
            differ(name, field, getattr(row.cost, field), getattr(call.cost, field), field)
    return tuple(found)
