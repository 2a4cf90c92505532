"""``complexity compare``: several models side by side."""

from typing import Any

import click

from complexity.cli.options import (
    PLOT_OPTION,
    loading_options,
    network_options,
    output_options,
    tell,
    tracing_option,
    write,
    write_file,
)
from complexity.cli.requests import as_json, filed_reports_of, status_of_reports


@click.command(
    epilog="""\b
Examples:
  complexity compare squeezenet mobilenet shufflenetv2 --res 224
  complexity compare timm:resnet18 timm:mobilenetv3_small_100 --input 1x3x64x64
"""
)
@click.argument("targets", metavar="MODEL...", nargs=-1, required=True)
@network_options
@loading_options
@PLOT_OPTION
@tracing_option
@output_options("text", "markdown", "csv", "json")
def compare(
    targets: tuple[str, ...], plot: Any, trace: bool, form: str, output: str, **said: Any
) -> int:
    """Several models side by side, the networks at one resolution.

    MODEL as in report, or a file that report or compare has saved with --format json. An option
    such as --alpha or --input goes to the models that have it. --plot draws params against macs.
    What would be called alike has its file behind its name.
    """
    from reports.export.json_writer import report_dict
    from reports.render import table_writers as writers
    from reports.text.model_table import distinct_names, least_lines, model_table

    filed = filed_reports_of(targets, said, trace)
    results, named = [report for _, report in filed], distinct_names(filed)
    if plot:
        from reports.plots.model_scatter import model_panel, undrawn
        from reports.plots.scatter import drawn

        write_file("plot", plot, drawn([model_panel(named)], plot))
        for each in undrawn(named):
            why = "it has no params or no macs, or more than 10^200 of them"
            tell(f"{each.name} is not drawn: {why}")
    if form == "json":
        text = as_json([report_dict(result) for result in results])
    elif form == "csv":
        text = writers.to_csv(model_table(named))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        conventions = dict.fromkeys(result.convention for result in results)
        lines = writers.lines(
            [*least_lines(named), *(f"Convention: {each}." for each in conventions)], style
        )
        text = f"{style(model_table(named))}\n\n{lines}\n"
    write(text, output)
    return status_of_reports(results)
