"""The command line: arguments to calls, results to text, problems to one sentence.

Exit status: 0 good, 1 a check failed, 2 bad input.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from complexity.cli.commands import COMMANDS
from complexity.cli.options import as_typed, tell
from complexity.errors import ModelError
from formulas.core.errors import FormulaError, SizeError


class Commands(click.Group):
    """Loads a command's file when it is asked for: ``report`` does not wait for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context | None, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"complexity.cli.commands.{name}")
        command: click.Command = getattr(module, name, None) or getattr(module, f"{name}_")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an argument that it refuses is named as it was typed."""
        try:
            return super().invoke(ctx)
        except SizeError as error:
            command = self.get_command(ctx, ctx.invoked_subcommand or "")
            assert command is not None  # it has been running
            raise click.ClickException(as_typed(error, command)) from error


def show_version(context: click.Context, _: Any, asked: bool) -> None:
    """The version of the installed distribution, where it is installed."""
    if not asked:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"complexity {version('complexity-analyzer')}")
    except PackageNotFoundError:
        click.echo("complexity, not installed: run from its source")
    context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: python -m complexity report mobilenet --alpha 0.5 --res 160",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version,
              help="Show the version and exit.")  # fmt: skip
def cli() -> None:
    """Parameters and multiply-adds of neural networks: closed forms, checked against a trace."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; what was wrong with the input is one sentence."""
    sys.exit(status_of(lambda: cli.main(arguments, prog_name="complexity", standalone_mode=False)))


def status_of(command: Callable[[], Any]) -> int:
    """The exit status of a command; problems are printed to standard error."""
    try:
        return command() or 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        problem, status = "interrupted", 130
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        problem, status = error.format_message(), 2
    except (FormulaError, ModelError) as error:
        problem, status = str(error), 2
    except SystemExit:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            return 0  # click's answer to a closed pipe: the reader, such as head, is content
        raise
    tell(problem)
    return status
