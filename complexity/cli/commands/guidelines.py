"""``complexity guidelines``: which layers break a guideline, by how much, and what to change."""

from dataclasses import replace
from typing import Any

import click

from complexity.cli.commands.time import REPEATS, WARMUP, measured
from complexity.cli.options import (
    Number,
    loading_options,
    network_options,
    output_options,
    tracing_option,
    write,
)
from complexity.cli.requests import as_json, requests_of_each
from formulas.core.errors import SizeError
from formulas.core.quantities import quantity


@click.command(
    epilog="""\b
Examples:
  complexity guidelines mobilenetv2 shufflenetv2 --variant paper --no-trace
  complexity guidelines timm:resnet18 --input 1x3x160x160 --format markdown
  complexity guidelines shufflenetv2 --time --repeats 3
"""
)
@click.argument("targets", metavar="MODEL...", nargs=-1, required=True)
@network_options
@loading_options
@click.option("--time", "timed", is_flag=True, help="Measure G4's share of the time too (CPU).")
@click.option(
    "--repeats", type=Number(), help=f"For --time: rounds measured; {REPEATS} by default."
)
@click.option("--strict", is_flag=True, help="Exit status 1 where anything is found.")
@tracing_option
@output_options("text", "markdown", "json")
def guidelines(
    targets: tuple[str, ...], timed: bool, repeats: Any, strict: bool, trace: bool, form: str,
    output: str, **said: Any,
) -> int:  # fmt: skip
    """The guidelines of ShuffleNetV2, held against each layer and block of a model.

    G1 equal widths, G2 groups, G3 branches and pieces, G4 element-wise work (arXiv 1807.11164).
    They advise: the exit status is 0 unless --strict. Thresholds stand in your pyproject.toml,
    under [tool.complexity.guidelines]. MODEL as in report; several get a table too.
    """
    if repeats is not None:
        if not timed:
            raise SizeError("repeats", repeats, "needs --time")
        quantity("repeats", repeats)
    from complexity.budgets.pyproject_config import setting_error, settings_of
    from complexity.targets.execute import report_for, runnable_model
    from reports.guidelines.findings import Thresholds, elementwise_time
    from reports.guidelines.findings import guidelines as judged
    from reports.guidelines.text import guidelines_dict, guidelines_of_each
    from reports.render import table_writers as writers

    limits = settings_of("guidelines")
    try:
        thresholds = Thresholds.of(limits)
    except SizeError as error:
        raise setting_error("guidelines", error) from error
    requests = [
        replace(each, run=replace(each.run, flow=True))
        for each in requests_of_each(targets, said, trace)
    ]
    reports = [report_for(request) for request in requests]
    found = [judged(report, thresholds) for report in reports]
    if timed:
        subjects = [runnable_model(each, "cpu") for each in requests]
        runs = measured(subjects, repeats or REPEATS, WARMUP, None)
        found = [
            replace(each, time=elementwise_time(run)) for each, run in zip(found, runs, strict=True)
        ]
    if form == "json":
        pairs = zip(reports, found, strict=True)
        text = as_json([guidelines_dict(*pair) for pair in pairs])
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = guidelines_of_each(reports, found, style)
    write(text, output)
    return 1 if strict and any(each.findings for each in found) else 0
