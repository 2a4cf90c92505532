"""``complexity explain``: where the number of one layer comes from."""

from typing import Any

import click

from complexity.cli.options import network_options, output_options, without_unset, write
from formulas.core.errors import UnknownNameError
from formulas.networks import network


@click.command(epilog="Example: complexity explain mobilenet conv1.0.pointwise --alpha 0.5")
@click.argument("name", metavar="NETWORK")
@click.argument("layer")
@network_options
@output_options("text")
def explain(name: str, layer: str, form: str, output: str, **options: Any) -> int:
    """A layer's formula in symbols, in numbers, its result, and in plain words.

    LAYER is a row's name in the report, or a block's: then all of its layers are explained.
    """
    from reports.text.explain import explain as explained

    closed = network(name, **without_unset(options))
    try:
        text = explained(closed, layer)
    except KeyError:
        names = [placed.name for placed in closed.layers]
        blocks = {name.rsplit(".", depth)[0] for name in names for depth in range(1, 4)}
        raise UnknownNameError(f"layer of {name}", layer, sorted({*names, *blocks})) from None
    write(text, output)
    return 0
