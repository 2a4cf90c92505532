"""The list of networks with their options, and of the kinds of layers with their formulas."""

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
    """Two tables as text: networks with options and source, kinds with formulas.

    Parameters
    ----------
    networks : mapping
        For each name its builder and the names of its options.
    kinds : mapping
        The kinds of layers by name.
    variants : sequence of str
        Variants of the networks, the default first.

    Returns
    -------
    str
        Text with a line end.
    """
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
                formula_cell(kind.expression.params),
                formula_cell(kind.expression.macs),
                formula_cell(kind.expression.elementwise),
            )
            for name, kind in kinds.items()
        ],
    )
    about = f"Variants: {', '.join(variants)}; the first is the default."
    return f"{writers.text(first)}\n\n{about}\n\n{writers.text(second)}\n"


def formula_cell(text: str) -> str:
    """An expression (``text``) in symbols; empty if it is 0."""
    return "" if text == "0" else in_symbols(text)


def option_name(option: str) -> str:
    """An ``option`` as it is typed on the command line."""
    return "--res" if option == "resolution" else f"--{option}"


def source(build: Callable[..., Network]) -> str:
    """The first line of the docstring of the file that defines ``build``."""
    import sys

    words = sys.modules[build.__module__].__doc__ or ""
    return words.splitlines()[0].rstrip(".")
