"""``complexity diff``: what changed between two models, or two states of one."""

from typing import Any

import click

from complexity.cli.options import (
    loading_options,
    network_options,
    output_options,
    tell,
    tracing_option,
    write,
)
from complexity.cli.requests import as_json, reports_of, status_of_reports
from formulas.core.errors import SizeError


@click.command(
    epilog="""\b
Examples:
  complexity diff mobilenet mobilenetv2 --variant paper --no-trace
  complexity diff shufflenet shufflenetv2 --format markdown --max-increase macs=50%
"""
)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@network_options
@loading_options
@click.option("--max-increase", multiple=True, metavar="NAME=AMOUNT",
              help="The most that a total may grow, such as macs=5%, params=100K or unknown=0; "
              "may be repeated.")  # fmt: skip
@tracing_option
@output_options("text", "markdown", "json")
def diff(
    old: str, new: str, max_increase: tuple[str, ...], trace: bool, form: str, output: str,
    **said: Any,
) -> int:  # fmt: skip
    """Layers that were added, removed, changed or moved, and how the totals changed.

    OLD and NEW are models as in report, or files that report has saved with --format json. Layers
    are matched by name, numbered ones in their order by what they are. Growth by more than
    --max-increase is exit status 1. Markdown is made for a pull request.
    """
    from complexity.budgets.budget import Growth, grown_too_much
    from reports.diff.diff import Diff, diff_dict
    from reports.diff.text import diff_markdown, diff_text

    growths = [Growth.of(each) for each in max_increase]
    found = reports_of((old, new), said, trace)
    if len(found) != 2:
        raise SizeError("old", (old, new), f"must be two reports: the files hold {len(found)}")
    difference = Diff(*found)
    exceeded = grown_too_much(difference, growths)
    if form == "json":
        text = as_json({**diff_dict(difference), "exceeded": exceeded})
    else:
        text = (diff_markdown if form == "markdown" else diff_text)(difference, exceeded)
    write(text, output)
    for line in exceeded if output or form != "text" else ():
        tell(line)
    return 1 if exceeded else status_of_reports(found)
