"""``complexity search``: the best configurations within a budget."""

from typing import Any

import click

from complexity.cli.grid_options import deliver, form_of, grid_options, what_is_swept
from complexity.cli.options import tell


@click.command(
    epilog="""\b
Examples:
  complexity search mobilenet --macs 150M --params 3M --alpha 0.25:1:0.05 --res 128:224:32
  complexity search shufflenetv2 --variant paper --macs 150M --maximize res,ratio
"""
)
@click.argument("target", metavar="MODEL")
@click.option("--macs", metavar="BUDGET", help="The most there may be, such as 150M or '<3e6'.")
@click.option("--params", metavar="BUDGET", help="As --macs.")
@click.option("--activations", metavar="BUDGET", help="As --macs.")
@click.option("--memory-access", metavar="BUDGET", help="As --macs.")
@click.option("--maximize", metavar="NAME,...", help="What shall be large: res, alpha, a cost ...")
@click.option("--minimize", metavar="NAME,...", help="What shall be small.")
@grid_options
def search(form: Any, output: Any, plot: Any, sort: Any, top: Any, **said: Any) -> int:
    """The Pareto set of a grid of settings within budgets.

    MODEL and RANGE as in sweep; of the five networks, the papers' settings where none are given.
    Listed is each point within the budgets that no other one beats, which is as good in every
    objective and better in one. Within its budget a cost is free: the objectives are the largest
    alpha or ratio and resolution (of a factory: each range of numbers), and the smallest of macs
    and params that have no budget. --maximize and --minimize name others. Nothing within the
    budgets is exit status 1.
    """
    from complexity import search as searched
    from reports.text.sweep import warnings

    form = form_of(form, output, top)
    found = searched(**what_is_swept(said))
    if found.search is not None and found.search.impossible:
        for line in (*warnings(found), found.search.impossible):
            tell(line)
        return 130 if found.interrupted else 1
    return deliver(found, form, output, plot, sort, top)
