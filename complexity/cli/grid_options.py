"""What ``sweep`` and ``search`` share on the command line: ranges, workers, and the output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from complexity.cli.options import (
    PLOT_OPTION,
    Command,
    Number,
    Word,
    tell,
    without_unset,
    writable,
    write,
    write_file,
)
from complexity.grid import ranges
from formulas.core.errors import SizeError
from formulas.networks import VARIANTS
from reports.model.sweep import Sweep
from reports.render.optional_deps import need

FORMATS = ("text", "markdown", "csv", "json", "parquet")
FORMAT_OF = {".csv": "csv", ".json": "json", ".md": "markdown", ".parquet": "parquet"}
COSTS = ("params", "macs", "elementwise", "activations", "memory_access")


class Values(click.ParamType):
    """Values as ``read`` finds them in a text: numbers, sides or words, and ranges of them."""

    name = "RANGE"

    def __init__(self, read: Callable[[str, str], list[Any]]) -> None:
        self.read = read

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        return self.read(param.name, value) if isinstance(value, str) else value


def named_values(_: Any, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, list[Any]]:
    """``("width=8:24:8", "act=relu,gelu")`` as the values of each name."""
    found: dict[str, list[Any]] = {}
    for text in texts:
        key, equals, values = text.partition("=")
        name = param.name or ""
        if not equals or not key.isidentifier() or key in found:
            raise SizeError(name, text, "must be NAME=VALUES, each name once, such as n=8:64:8")
        read = ranges.numbers if name == "sizes" else ranges.values
        found[key] = read(name, values)
        if name == "sizes" and not all(type(n) is int and n >= 1 for n in found[key]):
            raise SizeError(name, text, "must be whole numbers of at least 1")
    return found


GRID_OPTIONS = (
    click.option("--alpha", type=Values(ranges.numbers),
                 help="Width multipliers (mobilenet, mobilenetv2), such as 0.25:1:0.05."),
    click.option("--res", "resolution", type=Values(ranges.sides),
                 help="Input resolutions, such as 128:224:32 or 160x128,224."),
    click.option("--classes", type=Values(ranges.numbers), help="Outputs of the classifier."),
    click.option("--groups", type=Values(ranges.numbers), help="1, 2, 3, 4 or 8 (shufflenet)."),
    click.option("--ratio", type=Values(ranges.numbers), help="0.5, 1, 1.5 or 2 (shufflenetv2)."),
    click.option("--variant", type=Values(ranges.words), metavar=",".join(VARIANTS),
                 help="The document's code (the default), the paper's table, or both."),
    click.option("--batch", type=Values(ranges.numbers), help="Images at once."),
    click.option("--arg", "arguments", multiple=True, metavar="KEY=RANGE", callback=named_values,
                 help="Values of a factory's argument; may be repeated."),
    click.option("--input", "inputs", multiple=True, metavar="[NAME=]SHAPE[:DTYPE]",
                 help="An input, whose sides may have names, such as 1x3xSxS; may be repeated."),
    click.option("--size", "sizes", multiple=True, metavar="NAME=RANGE", callback=named_values,
                 help="Values of a named side, such as S=64:224:32; may be repeated."),
    click.option("--dtype", help="Data type of a loaded model and of inputs without one."),
    click.option("--jobs", type=Number(), help="Models traced at once; -1: one a core."),
    click.option("--backend", help="joblib's: loky (the default), threading, dask, ray, ..."),
    click.option("--sort", type=Word(COSTS), help="Order by this, most expensive first."),
    click.option("--top", type=Number(), help="Show the first lines only."),
    PLOT_OPTION,
    click.option("--format", "form", type=Word(FORMATS),
                 help="How the table is written; else by FILE's suffix, else text."),
    click.option("-o", "--output", metavar="FILE", callback=writable, help="Write to FILE."),
)  # fmt: skip


def grid_options(command: Command) -> Command:
    """The ranges, how they are counted, and where the result goes."""
    for option in reversed(GRID_OPTIONS):
        command = option(command)
    return command


def form_of(form: str | None, output: str | None, top: Any) -> str:
    """The format that is asked for, or that the file's suffix names."""
    form = form or FORMAT_OF.get(Path(output or "").suffix.lower(), "text")
    if form == "parquet" and output is None:
        raise SizeError("form", form, "needs a file: -o FILE")
    if form == "parquet":
        need("pyarrow", "sweep", "output", output)
    if top is not None and (not isinstance(top, int) or top < 1):
        raise SizeError("top", top, "must be a whole number of at least 1")
    return form


def what_is_swept(said: dict[str, Any]) -> dict[str, Any]:
    """What was said, as keywords of ``sweep``."""
    return {**{k: v for k, v in without_unset(said).items() if v not in ((), {})}, "watch": watched}


def watched(blocks: Iterable[Any], size: int) -> Iterator[Any]:
    """The blocks as they are done, with a progress bar where a terminal shows errors."""
    if not sys.stderr.isatty():
        yield from blocks
        return
    with click.progressbar(length=size, label="points", file=sys.stderr) as bar:
        for block in blocks:
            bar.update(block[2])
            yield block


def deliver(
    found: Sweep, form: str, output: str | None, plot: str | None, sort: str | None, top: Any
) -> int:
    """Write the table and the picture, say what is missing, and give the exit status."""
    from reports.text.sweep import arrange_points, warnings

    write(in_form(arrange_points(found, sort, top), form, len(found.points)), output)
    if plot is not None:
        from reports.plots.sweep_picture import picture_file

        write_file("plot", plot, picture_file(found, plot))
    if output is not None or form not in ("text", "markdown"):
        for line in warnings(found):
            tell(line)
    return 130 if found.interrupted else int(bool(found.left_out))


def in_form(shown: Sweep, form: str, points: int) -> str | bytes:
    """The table as text or bytes."""
    from reports.render import table_writers as writers
    from reports.text.sweep import sweep_table, sweep_text

    if form == "parquet":
        from reports.export.dataframe import parquet

        return parquet(shown)
    if form == "json":
        from complexity.cli.requests import as_json
        from reports.export.sweep_json import sweep_dict

        return as_json(sweep_dict(shown))
    if form == "csv":
        return writers.to_csv(sweep_table(shown))
    style = writers.markdown if form == "markdown" else writers.text
    return sweep_text(shown, points, write=style)
