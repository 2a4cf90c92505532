"""A report for machines: exact integers, and the convention they are counted in."""

from collections.abc import Sequence
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from reports.model.report import LayerRow, ModelReport
from reports.model.totals import Group, by_block, by_kind, shown
from reports.model.verdict import Verdict, Witness
from reports.text.layer_table import arranged
from reports.text.memory_traffic_table import traffic_dict

# What is written, and its version: ``report.schema.json`` describes it, ``saved.py`` reads it.
# A new member that may be missing leaves the version as it is.
SCHEMA = "complexity-report/1"


def cost_dict(cost: Cost) -> dict[str, Any]:
    """The fields of a cost, flops included."""
    return {**{name: getattr(cost, name) for name in COST_FIELDS}, "flops": cost.flops}


def unknown_dict(item: LayerRow | Group) -> dict[str, Any]:
    """What is known of a row or group with an unknown operation; null where nothing is."""
    macs = shown(item, "macs")
    flops = None if macs is None else 2 * macs
    params = item.cost.params
    return {**{name: shown(item, name) for name in COST_FIELDS}, "params": params, "flops": flops}


def layer_dict(row: LayerRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "kind": row.kind,
        "inputs": row.in_shapes,
        "output": row.out_shape,
        "kernel": row.kernel,
        "stride": row.stride,
        "groups": row.groups,
        "calls": row.calls,
        "known": row.known,
        "formula": row.formula,
        **(cost_dict(row.cost) if row.known else unknown_dict(row)),
    }


def group_dict(group: Group) -> dict[str, Any]:
    figures = cost_dict(group.cost) if group.known else unknown_dict(group)
    return {"name": group.name, "rows": group.rows, "known": group.known, **figures}


def verdict_dict(verdict: Verdict | None) -> dict[str, Any] | None:
    """What the check found; None where nothing was traced."""
    if verdict is None:
        return None
    return {
        "agrees": verdict.agrees,
        "rows": verdict.rows,
        "others": verdict.others,
        "traced_on": verdict.traced_on,
        "differences": [vars(difference) for difference in verdict.differences],
        "witnesses": [witness_dict(each) for each in verdict.witnesses],
    }


def witness_dict(witness: Witness) -> dict[str, Any]:
    """What another counter says; habits only where there are some, as in older files."""
    found = {**vars(witness), "agrees": witness.agrees}
    if not found.pop("habits"):
        return found
    return {**found, "habits": [list(habit) for habit in witness.habits]}


def training_dict(report: ModelReport) -> dict[str, Any] | None:
    """What a training step costs; None where it was not asked for."""
    step = report.training
    if step is None:
        return None
    return {
        "backward": cost_dict(step.backward),
        "unknown": dict(step.unknown),
        "trainable": step.trainable,
        "optimizer": step.optimizer,
        "optimizer_state": step.state,
        "memory": step.memory(report.params),
    }


def memory_dict(report: ModelReport, memory: bool, bytes_as: str | None) -> dict[str, Any]:
    """The model's bytes moved and its memory at peak (null without a trace), where asked for.

    Of a training step, the bytes are those of the forward pass.
    """
    if not memory:
        return {}
    whole = Group(report.name, len(report.layers), report.cost, report.complete, report.moved)
    peak = report.memory
    held = None if peak is None else {**vars(peak), "total": peak.total}
    moved = {"bytes_as": bytes_as, "bytes_of": "forward", **traffic_dict(whole, bytes_as)}
    return {**moved, "memory": held}


def report_dict(
    report: ModelReport,
    *,
    depth: int = 1,
    sort: str | None = None,
    top: int | None = None,
    memory: bool = False,
    bytes_as: str | None = None,
) -> dict[str, Any]:
    """The whole report as plain dicts and lists; ``sort`` and ``top`` arrange the layers.

    With ``memory`` each has its bytes, of floating numbers ``bytes_as`` a data type.
    """

    def weighed(item: LayerRow | Group, found: dict[str, Any]) -> dict[str, Any]:
        return {**found, **traffic_dict(item, bytes_as)} if memory else found

    return {
        "schema": SCHEMA,
        "model": report.name,
        "options": dict(report.options),
        "inputs": report.input_shapes,
        "convention": report.convention,
        **cost_dict(report.cost),
        "buffers": report.buffers,
        "complete": report.complete,
        "unknown": dict(report.unknown),
        "coverage": dict(report.coverage),
        "training": training_dict(report),
        **memory_dict(report, memory, bytes_as),
        "check": verdict_dict(report.verdict),
        "notes": (*report.caveats, *report.notes),
        "kinds": [weighed(each, group_dict(each)) for each in by_kind(report.layers)],
        "blocks": [weighed(each, group_dict(each)) for each in by_block(report.layers, depth)],
        "layers": [weighed(row, layer_dict(row)) for row in arranged(report.layers, sort, top)],
    }


def check_dict(
    reports: Sequence[ModelReport],
    budgets: Sequence[Sequence[Any]] = (),
    errors: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """What a check found, a model at a time, and whether all agree.

    ``budgets`` are those of each model, with ``budget``, ``kept`` and ``said``; where any model has
    one, whether all are kept is told too. ``errors`` are models that could
    not be checked, and why.
    """
    lost = {"errors": [{"model": name, "said": said} for name, said in errors]}
    models = [
        {
            "model": report.name,
            "options": dict(report.options),
            "inputs": report.input_shapes,
            "convention": report.convention,
            **cost_dict(report.cost),
            "unknown": dict(report.unknown),
            "check": verdict_dict(report.verdict),
        }
        for report in reports
    ]
    agree = all(report.verdict is not None and report.verdict.agrees for report in reports)
    found = {"agrees": agree and not errors, "models": models, **(lost if errors else {})}
    if not any(budgets):
        return found
    for model, judged in zip(models, budgets, strict=True):
        model["budgets"] = [
            {"budget": str(each.budget), "kept": each.holds, "said": each.said} for each in judged
        ]
    kept = all(each.holds for judged in budgets for each in judged)
    return {**found, "within_budgets": kept and not errors}
