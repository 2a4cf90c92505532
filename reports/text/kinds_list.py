"""What there is: the networks and their options, the kinds of layers and their formulas."""

from collections.abc import Callable, Mapping, Sequence

from formulas.core.expressions import in_symbols
from formulas.kinds import Kind
from formulas.networks import Network
from reports.render import table_writers as writers
from reports.render.table import Column, Table


def listing(
    networks: Mapping[str, tuple[Callable[..., Network], list[str]]],
    kinds: Mapping[str, Kind],
    variants: Sequence[str],
) -> str:
    """Two tables as text: networks with options and source, kinds with formulas."""
    first = Table(
        (Column("network"), Column("options"), Column("what it is")),
        [
            (name, " ".join(option_name(option) for option in options), source(build))
            for name, (build, options) in networks.items()
        ],
    )
    second = Table(
        (Column("kind"), Column("params without bias"), Column("macs"), Column("elementwise")),
        [
            (
                name,
                said(kind.expression.params),
                said(kind.expression.macs),
                said(kind.expression.elementwise),
            )
            for name, kind in kinds.items()
        ],
    )
    about = f"Variants: {', '.join(variants)}; the first is the default."
    return f"{writers.text(first)}\n\n{about}\n\n{writers.text(second)}\n"


def said(text: str) -> str:
    """An expression in symbols; empty where a kind's text has none."""
    return "" if text == "0" else in_symbols(text)


def option_name(option: str) -> str:
    """As it is written on the command line."""
    return "--res" if option == "resolution" else f"--{option}"


def source(build: Callable[..., Network]) -> str:
    """The first line of the docstring of the file that holds the network."""
    import sys

    words = sys.modules[build.__module__].__doc__ or ""
    return words.splitlines()[0].rstrip(".")
