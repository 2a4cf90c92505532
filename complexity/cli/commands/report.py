"""``complexity report``: one model, layer by layer."""

from typing import Any

import click

from complexity.cli.options import (
    Number,
    Word,
    loading_options,
    network_options,
    output_options,
    tracing_option,
    without_unset,
    write,
)
from complexity.cli.requests import as_json, request_of, status_of_reports
from formulas.core.errors import SizeError
from formulas.core.memory_traffic import STORED
from reports.model.report_view import SORTS, ReportView
from reports.model.training import OPTIMIZER_STATE


@click.command(
    epilog="""\b
Examples:
  complexity report mobilenet --alpha 0.5 --res 160 --by block
  complexity report torch.nn:Linear --arg in_features=5 --arg out_features=7 --input 3x5
  complexity report mobilenet --memory --bytes-as float16 --by kind
  complexity report timm:resnet18 --input 1x3x160x160 --sort macs --top 5
  complexity report squeezenet --format html -o squeezenet.html
  complexity report transformers:GPT2LMHeadModel --arg n_layer=2 --input input_ids=1x64:int64
"""
)
@click.argument("target", metavar="MODEL")
@network_options
@loading_options
@click.option("--by", type=Word(["layer", "kind", "block"]),
              help="One line a layer (the default), a kind of layer, or a block.")  # fmt: skip
@click.option("--depth", type=Number(), help="Names of a path that make a block; 1 by default.")
@click.option("--sort", type=Word(SORTS), help="Order by this, most expensive first.")
@click.option("--top", type=Number(), help="Show the first lines only.")
@click.option("--backward", is_flag=True, help="Count a training step: the gradients too.")
@click.option("--optimizer", type=Word(OPTIMIZER_STATE),
              help="For --backward; adam by default.")  # fmt: skip
@click.option("--memory", is_flag=True, help="Bytes moved, and memory at the peak of the run.")
@click.option("--bytes-as", type=Word(STORED),
              help="For --memory: floating numbers as if of this data type.")  # fmt: skip
@click.option("--engine", type=Word(["fast", "operators"]),
              help="Answer by shapes (the default), or run every operator.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Fail where an operation has no formula.")
@click.option("--time", is_flag=True, help="For --format html: measure each layer's time too.")
@tracing_option
@output_options("text", "markdown", "csv", "json", "html", "latex")
def report(
    by: Any, depth: Any, sort: Any, top: Any, strict: bool, time: bool, form: str, output: str,
    **said: Any,
) -> int:  # fmt: skip
    """Cost of one model, layer by layer, confirmed by a traced run.

    MODEL is one of the five networks (see list), torchvision:NAME, timm:NAME,
    transformers:CONFIG-CLASS, package.module:factory or path/to/file.py:factory.
    """
    from complexity.targets.execute import report_for
    from reports.export.json_writer import report_dict
    from reports.html.page import report_page
    from reports.render import table_writers as writers
    from reports.render.optional_deps import need
    from reports.text.latex import report_latex
    from reports.text.layer_table import table_by
    from reports.text.report import report_text

    refuse_unused(by=by, depth=depth, strict=strict, time=time, form=form, **said)
    if form == "html":
        for library in ("jinja2", "plotly"):
            need(library, "html", "form", form)
    shown = {"memory": said["memory"], "bytes_as": said["bytes_as"]}
    view = ReportView(
        **without_unset({"by": by, "depth": depth, "sort": sort, "top": top, **shown})
    )
    request = request_of(said)
    result = report_for(request)
    if form == "html":
        timed = timed_model(request) if time else None
        page = report_page(result, sort=sort, top=top, timed=timed, bytes_as=view.bytes_as)
        text = page.encode("utf-8", "replace")
    elif form == "latex":
        text = report_latex(result, view)
    elif form == "json":
        text = as_json(report_dict(result, view))
    elif form == "csv":
        text = writers.to_csv(table_by(result, view))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = report_text(result, view, write=style)
    write(text, output)
    return status_of_reports([result], strict)


def refuse_unused(**options: Any) -> None:
    """Refuse an option that has no effect beside the other ``options``, by name.

    Raises ``SizeError``, which names the option and the one that it needs.
    """
    form = options["form"]
    for option, unused, rule in (
        ("by", form == "json", "has no effect on JSON, which holds layers, kinds and blocks"),
        ("by", form == "html", "has no effect on HTML, which holds layers, kinds and modules"),
        ("depth", form != "json" and options["by"] != "block", "needs --by block"),
        ("time", form != "html", "needs --format html"),
        ("time", not options["trace"], "needs a trace: leave --no-trace out"),
        ("optimizer", not options["backward"], "needs --backward"),
        ("bytes_as", not options["memory"], "needs --memory"),
        ("engine", not options["trace"], "needs a trace: leave --no-trace out"),
        ("strict", not options["trace"], "needs a trace: leave --no-trace out"),
        ("backward", not options["trace"], "needs a trace: leave --no-trace out"),
    ):
        if unused and options[option] is not None and options[option] is not False:
            raise SizeError(option, options[option], rule)


def timed_model(request: Any) -> Any:
    """The model's measured times, as the command ``time`` takes them."""
    from complexity.profiling.layer_timing import random_like, timed
    from complexity.targets.execute import runnable_model
    from reports.timing.timing import TimedModel

    found, model, inputs = runnable_model(request, "cpu")
    (timing,) = timed([(model, random_like(inputs))])
    return TimedModel(found, timing)
