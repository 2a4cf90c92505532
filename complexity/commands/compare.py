"""``complexity compare``: several models side by side."""

from typing import Any

import click

from complexity.asking import as_json, reports_of, status_of_reports
from complexity.options import network_options, output_options, tracing_option, write


@click.command(epilog="Example: complexity compare squeezenet mobilenet shufflenetv2 --res 224")
@click.argument("targets", metavar="MODEL...", nargs=-1, required=True)
@network_options
@tracing_option
@output_options("text", "markdown", "csv", "json")
def compare(targets: tuple[str, ...], trace: bool, form: str, output: str, **said: Any) -> int:
    """Several models side by side, the networks at one resolution.

    An option such as --alpha goes to the networks that have it.
    """
    from reports import writers
    from reports.model_table import model_table
    from reports.report_json import report_dict

    results = reports_of(targets, said, trace)
    if form == "json":
        text = as_json([report_dict(result) for result in results])
    elif form == "csv":
        text = writers.to_csv(model_table(results))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = f"{style(model_table(results))}\n\nConvention: {results[0].convention}.\n"
    write(text, output)
    return status_of_reports(results)
