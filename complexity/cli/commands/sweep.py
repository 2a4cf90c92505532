"""``complexity sweep``: the cost of a model at every point of a grid."""

from typing import Any

import click

from complexity.cli.grid_options import deliver, form_of, grid_options, what_is_swept


@click.command(
    epilog="""\b
Examples:
  complexity sweep mobilenet --alpha 0.25:1:0.25 --res 128:224:32 --sort macs --top 5
  complexity sweep torch.nn:AvgPool2d --arg kernel_size=2:4:1 --input 1x3xSxS --size S=32,64
"""
)
@click.argument("target", metavar="MODEL")
@grid_options
def sweep(form: Any, output: Any, plot: Any, sort: Any, top: Any, **said: Any) -> int:
    """The cost of a model at every point of a grid of settings.

    A RANGE is a list of values, 0.5,0.75, and of start:stop:step, both ends included. MODEL as in
    report: the five networks are swept by their formulas, any other model is traced at each point.
    A point that cannot be is left out with a sentence, the others are kept, and the exit status is
    1. Interrupted, what is done is written, and the status is 130.
    """
    from complexity import sweep as swept
    from complexity.grid.sweep import axes_of, swept_in

    form = form_of(form, output, top)
    said = what_is_swept(said)
    if plot is not None:
        from reports.plots.sweep import ranges_to_plot

        ranges_to_plot(axes_of(swept_in(said)), plot)
    return deliver(swept(**said), form, output, plot, sort, top)
