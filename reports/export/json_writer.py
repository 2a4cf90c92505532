"""A report as JSON: exact integers, and the convention that they follow."""

from collections.abc import Sequence
from typing import Any

from formulas.core.cost import COST_FIELDS, Cost
from reports.model.report import LayerRow, ModelReport
from reports.model.report_view import DEFAULT_VIEW, ReportView
from reports.model.totals import Group, by_block, by_kind, known_figure
from reports.model.verdict import Verdict, Witness
from reports.text.memory_traffic_table import traffic_dict

# Name and version of the format. ``report.schema.json`` describes it, ``json_reader.py`` reads it.
# A new optional member does not change the version.
SCHEMA = "complexity-report/1"


def cost_dict(cost: Cost) -> dict[str, Any]:
    """The fields of ``cost``, with flops."""
    return {**{name: getattr(cost, name) for name in COST_FIELDS}, "flops": cost.flops}


def unknown_dict(item: LayerRow | Group) -> dict[str, Any]:
    """The known figures of ``item``, which holds an unknown operation; None for the others."""
    macs = known_figure(item, "macs")
    flops = None if macs is None else 2 * macs
    params = item.cost.params
    return {
        **{name: known_figure(item, name) for name in COST_FIELDS},
        "params": params,
        "flops": flops,
    }


def layer_dict(row: LayerRow) -> dict[str, Any]:
    """The member of ``layers`` for ``row``."""
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
    """The member of ``kinds`` or ``blocks`` for ``group``."""
    figures = cost_dict(group.cost) if group.known else unknown_dict(group)
    return {"name": group.name, "rows": group.rows, "known": group.known, **figures}


def verdict_dict(verdict: Verdict | None) -> dict[str, Any] | None:
    """The ``verdict`` of a check; None without a traced run."""
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
    """The reference counter ``witness``. Its rules are left out if empty, as in older files."""
    found = {**vars(witness), "agrees": witness.agrees}
    if not found.pop("habits"):
        return found
    return {**found, "habits": [list(habit) for habit in witness.habits]}


def training_dict(report: ModelReport) -> dict[str, Any] | None:
    """The cost of the training step in ``report``; None if it was not requested."""
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


def memory_dict(report: ModelReport, view: ReportView) -> dict[str, Any]:
    """The bytes that a model moves and its memory at peak.

    Parameters
    ----------
    report : ModelReport
        A report. Of a training step, the bytes are those of the forward pass.
    view : ReportView
        Without its `memory` the result is empty; `bytes_as` is the type of floating numbers.

    Returns
    -------
    dict
        Amounts in bytes; ``memory`` is None without a traced run.
    """
    if not view.memory:
        return {}
    whole = Group(report.name, len(report.layers), report.cost, report.complete, report.moved)
    peak = report.memory
    at_peak = None if peak is None else {**vars(peak), "total": peak.total}
    moved = {"bytes_as": view.bytes_as, "bytes_of": "forward", **traffic_dict(whole, view.bytes_as)}
    return {**moved, "memory": at_peak}


def report_dict(report: ModelReport, view: ReportView = DEFAULT_VIEW) -> dict[str, Any]:
    """The whole report as plain dicts and lists, as ``report.schema.json`` describes it.

    Parameters
    ----------
    report : ModelReport
        The report that is written.
    view : ReportView
        Its `sort` and `top` arrange the layers, `depth` makes the blocks, and with `memory` each
        layer, kind and block has its bytes. All three tables are written, whatever `by` is.

    Returns
    -------
    dict
        Exact integers; None where a figure is unknown.
    """

    def with_bytes(item: LayerRow | Group, found: dict[str, Any]) -> dict[str, Any]:
        return {**found, **traffic_dict(item, view.bytes_as)} if view.memory else found

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
        **memory_dict(report, view),
        "check": verdict_dict(report.verdict),
        "notes": (*report.caveats, *report.notes),
        "kinds": [with_bytes(each, group_dict(each)) for each in by_kind(report.layers)],
        "blocks": [
            with_bytes(each, group_dict(each)) for each in by_block(report.layers, view.depth)
        ],
        "layers": [with_bytes(row, layer_dict(row)) for row in view.arrange(report.layers)],
    }


def check_dict(
    reports: Sequence[ModelReport],
    budgets: Sequence[Sequence[Any]] = (),
    errors: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """The result of a check, model by model.

    Parameters
    ----------
    reports : sequence of ModelReport
        The models that were checked.
    budgets : sequence of sequences
        For each model its results, with ``budget``, ``kept`` and ``said``. Default: no budgets.
    errors : sequence of (str, str)
        Models that could not be checked, and why.

    Returns
    -------
    dict
        ``agrees`` is true if all models agree; with budgets, ``within_budgets`` if all are kept.
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
