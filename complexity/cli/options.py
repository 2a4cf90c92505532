"""Options that several commands share, and where their output goes."""

import re
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import Any

import click

from formulas.core.errors import SizeError
from formulas.networks import VARIANTS
from reports.render.escaping import visible
from reports.render.table_writers import write_whole

Command = Callable[..., Any]


class Resolution(click.ParamType):
    """A side, ``160``, or height and width, ``160x128``."""

    name = "SIDE|HxW"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            sides = tuple(int(side) for side in value.split("x"))
        except ValueError:
            raise SizeError(param.name, value, "must be a side such as 160, or HxW") from None
        return sides[0] if len(sides) == 1 else sides


class Number(click.ParamType):
    """A number, kept an int where it is written as one."""

    name = "NUMBER"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        for kind in (int, float):
            try:
                return kind(value)
            except ValueError:
                continue
        raise SizeError(param.name, value, "must be a number")


class Word(click.Choice[str]):
    """One of the words that are listed in the help."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        if value not in self.choices:
            raise SizeError(param.name, value, f"must be one of {', '.join(self.choices)}")
        return value


def as_typed(error: Exception, command: click.Command) -> str:
    """The sentence of ``error``, the argument of a ``SizeError`` as it is on the command line.

    ``resolution='4x4' must ...`` is ``--res 4x4 must ...``; any other argument stays.
    """
    names = written_names(command)
    if not isinstance(error, SizeError) or error.argument not in names:
        return str(error)
    name, value = names[error.argument], error.value
    if value is False:
        return f"{name.replace('--', '--no-', 1)} {error.rule}"
    shown = "" if value is None or value is True else f" {as_word(value)}"
    return f"{name}{shown} {error.rule}"


def as_word(value: Any) -> str:
    """A value as one types it: ``(8, 6)`` is ``8x6``, ``[8, 6]`` is ``8,6``, nothing ``''``."""
    if isinstance(value, dict):
        return " ".join(f"{key}={each}" for key, each in value.items())
    if isinstance(value, list):
        return ",".join(map(as_word, value))
    if isinstance(value, tuple):
        words = all(isinstance(each, str) for each in value)
        return (" " if words else "x").join(map(as_word, value))
    return quote(value) if isinstance(value, str) else str(value)


def written_names(command: click.Command) -> dict[str, str]:
    """How each argument of a function is written: ``resolution`` is ``--res``."""
    names = {
        each.name or "": each.opts[-1] if isinstance(each, click.Option) else "MODEL"
        for each in command.params
    }
    return {**names, "target": names["targets"]} if "targets" in names else names


NETWORK_OPTIONS = (
    click.option("--alpha", type=Number(), help="Width multiplier (mobilenet, mobilenetv2)."),
    click.option("--res", "resolution", type=Resolution(), help="Input resolution."),
    click.option("--classes", type=Number(), help="Outputs of the classifier."),
    click.option("--groups", type=Number(), help="1, 2, 3, 4 or 8 (shufflenet)."),
    click.option("--ratio", type=Number(), help="0.5, 1, 1.5 or 2 (shufflenetv2)."),
    click.option("--variant", metavar="|".join(VARIANTS),
                 help="The document's code (the default) or the paper's table."),
    click.option("--batch", type=Number(), help="Images at once; 1 where not given."),
)  # fmt: skip


def network_options(command: Command) -> Command:
    """The settings of the five networks."""
    for option in reversed(NETWORK_OPTIONS):
        command = option(command)
    return command


LOADING_OPTIONS = (
    click.option("--input", "inputs", multiple=True, metavar="[NAME=]SHAPE[:DTYPE]",
                 help="An input, such as 1x3x224x224 or input_ids=1x128:int64; may be repeated."),
    click.option("--arg", "arguments", multiple=True, metavar="KEY=VALUE",
                 help="An argument of the factory; may be repeated."),
    click.option("--dtype", help="Data type of the model and of inputs without one."),
)  # fmt: skip


def loading_options(command: Command) -> Command:
    """What a model from a library or a file is built with and fed."""
    for option in reversed(LOADING_OPTIONS):
        command = option(command)
    return command


def feeding_options(command: Command) -> Command:
    """The same without a data type, for a command that has its own."""
    for option in reversed(LOADING_OPTIONS[:2]):
        command = option(command)
    return command


def parse_arguments(arguments: tuple[str, ...]) -> dict[str, Any]:
    """``("depth=3", "act=relu")`` as ``{"depth": 3, "act": "relu"}``."""
    from ast import literal_eval

    values: dict[str, Any] = {}
    for argument in arguments:
        key, equals, text = argument.partition("=")
        if not equals or not key.isidentifier():
            raise SizeError("arguments", argument, "must be KEY=VALUE, such as depth=3")
        try:
            values[key] = literal_eval(text)
        except (ValueError, SyntaxError):
            values[key] = text  # a word
    return values


def tracing_option(command: Command) -> Command:
    """``--no-trace``: the closed form alone, in milliseconds, without torch."""
    return click.option(
        "--trace/--no-trace", default=True, help="Confirm by a traced run (loads torch), or not."
    )(command)


def output_options(*forms: str) -> Callable[[Command], Command]:
    """``--format`` and ``-o``."""

    def add(command: Command) -> Command:
        command = click.option(
            "-o", "--output", metavar="FILE", callback=writable, help="Write to FILE."
        )(command)
        return click.option(
            "--format", "form", type=Word(forms), default=forms[0], show_default=True,
            help="How the result is written.",
        )(command)  # fmt: skip

    return add


def writable(context: Any, param: Any, output: str | None) -> str | None:
    """Refuse before the work begins what could not be written after it."""
    if output is not None:
        must_take(context, param.name, output)
    return output


def must_take(context: Any, option: str, path: str) -> None:
    """Refuse what is no file, lies in no folder, or is the file of another option."""
    target = Path(path)
    for other in ("output", "plot"):
        named = context.params.get(other) if context is not None and other != option else None
        if named is not None and Path(named).resolve() == target.resolve():
            raise SizeError(option, path, f"must be another file than that of --{other}")
    if target.is_dir():
        raise SizeError(option, path, "must be a file, not a folder")
    if not target.parent.is_dir():
        raise SizeError(option, path, "must lie in a folder that exists")


def pictured(context: Any, option: Any, path: str | None) -> str | None:
    """Refuse before the work begins a plot that could not be drawn or written after it."""
    from reports.render.optional_deps import plottable

    if path is not None:
        plottable(path)
        must_take(context, option.name, path)
    return path


PLOT_OPTION = click.option(
    "--plot", metavar="FILE", callback=pictured,
    help="Draw it: a file that ends in .png, .svg or .html.",
)  # fmt: skip


def without_unset(options: dict[str, Any]) -> dict[str, Any]:
    """The ``options`` whose value is not None."""
    return {name: value for name, value in options.items() if value is not None}


def tell(sentence: str) -> None:
    """One sentence to standard error; what it contains moves no cursor, and no number fills it."""
    short = re.sub(r"(\d{60})\d+", r"\1...", " ".join(sentence.split()))
    click.echo(f"complexity: {visible(short)}", err=True)


def write(text: str | bytes, output: str | None) -> None:
    """To the terminal, or whole to a file; of a text, control characters are shown."""
    if isinstance(text, str):
        text = visible(text)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file("output", output, text)


def write_file(option: str, path: str, content: str | bytes) -> None:
    """Whole to the file that an option names."""
    try:
        write_whole(path, content)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SizeError(option, path, f"cannot be written: {reason}") from error
