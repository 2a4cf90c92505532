"""``complexity time``: measured time, layer by layer and in total."""

import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import click

from complexity.cli.commands.roofline import must_have, roof_of
from complexity.cli.options import (
    PLOT_OPTION,
    Number,
    Word,
    loading_options,
    network_options,
    output_options,
    write,
    write_file,
)
from complexity.cli.requests import as_json, requests_of_each
from formulas.core.errors import SizeError
from formulas.core.quantities import quantity
from reports.roofline.devices import DTYPES

REPEATS, WARMUP = 10, 3


@click.command(
    epilog="""\b
Examples:
  complexity time shufflenetv2 --repeats 3 --by kind
  complexity time squeezenet mobilenet mobilenetv2 --repeats 2 --bound core-i7-8650u
"""
)
@click.argument("targets", metavar="MODEL...", nargs=-1, required=True)
@network_options
@loading_options
@click.option(
    "--repeats", type=Number(), default=REPEATS, show_default=True, help="Rounds measured."
)
@click.option(
    "--warmup", type=Number(), default=WARMUP, show_default=True, help="Rounds before them."
)
@click.option("--threads", type=Number(), help="Threads of the CPU; torch's choice by default.")
@click.option("--device", "runs_on", type=Word(["cpu", "cuda"]), default="cpu", show_default=True,
              help="Where the model runs.")  # fmt: skip
@click.option("--bound", "device", metavar="NAME|FILE.toml|measure[:cuda]",
              help="The device of roofline whose bound stands beside.")  # fmt: skip
@click.option("--by", type=Word(["layer", "kind"]), help="Of one model: a line a layer, or a kind.")
@click.option("--top", type=Number(), help="Of one model: the slowest lines only.")
@PLOT_OPTION
@output_options("text", "markdown", "csv", "json")
def time(
    targets: tuple[str, ...], repeats: Any, warmup: Any, threads: Any, runs_on: str, device: Any,
    by: Any, top: Any, plot: Any, form: str, output: str, **said: Any,
) -> int:  # fmt: skip
    """Measured time: the median and the quartiles of runs in turn, after a warm-up.

    MODEL as in report; several stand side by side. Inputs are random, weights untrained.
    """
    for name, value, least in (("repeats", repeats, 1), ("warmup", warmup, 0),
                               ("threads", threads, 1), ("top", top, 1)):  # fmt: skip
        if value is not None:
            quantity(name, value, least)
    for name, value in (("by", by), ("top", top)):
        if value is not None and len(targets) > 1:
            raise SizeError(name, value, "is for one MODEL")
    requests = requests_of_each(targets, said)
    asked = [
        request.dtype or "float32" for request in requests if request.dtype or not request.loads
    ]
    for dtype in asked if device else ():
        if dtype not in DTYPES:
            raise SizeError("dtype", dtype, f"has no bound: {', '.join(DTYPES)} have")
    from complexity.profiling.clock import clock_of
    from complexity.targets.execute import runnable_model
    from reports.timing.text import time_panels

    clock_of(runs_on)
    if device:
        must_have(device, asked)  # refused before the work begins
    subjects = [runnable_model(request, runs_on) for request in requests]
    roofs = rooflines(device, [report for report, *_ in subjects], threads)
    timed = measured(subjects, repeats, warmup, threads)
    found = [replace(each, roofline=roof) for each, roof in zip(timed, roofs, strict=True)]
    if plot:
        from reports.plots.scatter import drawn

        write_file("plot", plot, drawn(time_panels(found), plot))
    write(written(found, form, by or "layer", top), output)
    return 0


def rooflines(device: str | None, reports: list[Any], threads: int | None) -> list[Any]:
    """The bounds of each model on the device, in its own data types; None without a device."""
    from complexity.profiling.clock import threads as threads_of
    from reports.roofline.bounds import Roofline, types_of

    if device is None:
        return [None] * len(reports)
    with threads_of(threads):
        roof = roof_of(device, dict.fromkeys(name for each in reports for name in types_of(each)))
    found = [Roofline(each, roof) for each in reports]
    for each in found:
        _ = each.layers  # a data type without a figure is refused before the work begins
    return found


def measured(subjects: list[Any], repeats: int, warmup: int, threads: int | None) -> list[Any]:
    """Each model that was asked for, a ``TimedModel``; on a terminal a bar shows how far it is."""
    from complexity.profiling.layer_timing import random_like, timed
    from reports.timing.timing import TimedModel

    models = [(model, random_like(inputs)) for _, model, inputs in subjects]
    rounds = {"length": warmup + repeats, "label": "measuring", "file": sys.stderr}
    with click.progressbar(**rounds) if sys.stderr.isatty() else nullcontext() as bar:
        timings = timed(models, repeats=repeats, warmup=warmup, thread_count=threads,
                        each_round=lambda: bar and bar.update(1))  # fmt: skip
    return [TimedModel(report, each) for (report, *_), each in zip(subjects, timings, strict=True)]


def written(found: list[Any], form: str, by: str, top: int | None) -> str:
    """What was measured, in the form that was asked for."""
    from reports.render import table_writers as writers
    from reports.timing.text import line_table, model_table, timed_dict, timed_text

    if form == "json":
        return as_json([timed_dict(each) for each in found])
    if form == "csv":
        table = model_table(found) if len(found) > 1 else line_table(found[0], by, top)
        return writers.to_csv(table)
    return timed_text(found, by, top, writers.markdown if form == "markdown" else writers.text)
