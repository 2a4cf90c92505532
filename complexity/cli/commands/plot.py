"""``complexity plot``: where a model's cost lies, as a picture."""

from pathlib import Path
from typing import Any

import click

from complexity.cli.options import (
    Number,
    Word,
    loading_options,
    must_take,
    network_options,
    tracing_option,
    write_file,
)
from complexity.cli.requests import request_of, status_of_reports
from formulas.core.cost import COST_FIELDS
from formulas.core.errors import SizeError
from formulas.core.quantities import quantity
from reports.plots.charts import BYS
from reports.render.optional_deps import plottable


def drawable(_: Any, option: click.Parameter, path: str) -> str:
    """Refuse before the work begins a picture that could not be drawn or written after it."""
    plottable(path, "output", (".png", ".svg"))
    must_take(None, "output", path)
    return path


@click.command(
    epilog="""\b
Examples:
  complexity plot mobilenet --alpha 0.5 --res 160 -o mobilenet.svg
  complexity plot shufflenetv2 --of memory_access --by kind -o kinds.png
"""
)
@click.argument("target", metavar="MODEL")
@network_options
@loading_options
@click.option("--of", type=Word(COST_FIELDS), default="macs", show_default=True,
              help="The cost that is drawn.")  # fmt: skip
@click.option("--by", type=Word(BYS), default="module", show_default=True,
              help="Modules inside modules, or a bar for each kind or block.")  # fmt: skip
@click.option("--depth", type=Number(), help="Names of a path that make a block; 1 by default.")
@tracing_option
@click.option("-o", "--output", metavar="FILE", required=True, callback=drawable,
              help="A file that ends in .png or .svg.")  # fmt: skip
def plot(of: str, by: str, depth: Any, output: str, **said: Any) -> int:
    """A picture of where a model's cost lies.

    MODEL as in report.
    """
    if depth is not None:
        if by != "block":
            raise SizeError("depth", depth, "needs --by block")
        quantity("depth", depth)
    from complexity.targets.execute import report_for
    from reports.plots.charts import chart

    result = report_for(request_of(said))
    form = Path(output).suffix.lower().removeprefix(".")
    write_file("output", output, chart(result, of=of, by=by, depth=depth or 1, form=form))
    return status_of_reports([result])
