"""``complexity list``: the networks, and the kinds of layers."""

import click

from complexity.cli.options import output_options, write
from formulas.kinds import KINDS
from formulas.networks import NETWORKS, VARIANTS, options_of


@click.command("list", epilog="Example: complexity list")
@output_options("text")
def list_(form: str, output: str) -> int:
    """The networks with their options, and the kinds of layers with their formulas."""
    from reports.text.kinds_list import listing

    networks = {name: (NETWORKS[name], options_of(name)) for name in NETWORKS}
    write(listing(networks, KINDS, VARIANTS), output)
    return 0
