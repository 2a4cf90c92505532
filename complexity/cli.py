"""The command line: arguments to calls, results to text, problems to one sentence.

The only place that prints. Exit status: 0 good, 1 a check failed, 2 bad input.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from complexity.errors import ModelError
from complexity.options import (
    given,
    network_options,
    output_options,
    tracing_option,
    write,
)
from formulas.errors import FormulaError, SizeError, UnknownNameError
from formulas.networks import NETWORKS, VARIANTS, Network, network, options_of
from formulas.table import KINDS
from reports.layer_table import SORTS


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: python -m complexity report mobilenet --alpha 0.5 --res 160",
)
@click.version_option(package_name="complexity-analyzer", prog_name="complexity")
def cli() -> None:
    """Parameters and multiply-adds of neural networks: closed forms, checked against a trace."""


@cli.command(epilog="Example: complexity report mobilenet --alpha 0.5 --res 160 --by block")
@click.argument("name", metavar="NETWORK")
@network_options
@click.option("--by", type=click.Choice(["layer", "kind", "block"]), default="layer",
              help="One line a layer, a kind of layer, or a block.")  # fmt: skip
@click.option("--depth", type=int, default=1, help="Names of a path that make a block.")
@click.option("--sort", type=click.Choice(SORTS), help="Order by this, dearest first.")
@click.option("--top", type=int, help="Show the first lines only.")
@tracing_option
@output_options("text", "markdown", "csv", "json")
def report(
    name: str, by: Any, depth: int, sort: str, top: int, trace: bool, form: str, output: str,
    **options: Any,
) -> int:  # fmt: skip
    """Cost of one network, layer by layer, confirmed by a traced run."""
    from dataclasses import replace

    from reports import writers
    from reports.layer_table import table_by
    from reports.paper_line import paper_line
    from reports.report_json import report_dict
    from reports.report_text import report_text

    closed = network(name, **given(options))
    result = reported(closed, trace)
    if closed.variant == "document":
        result = replace(result, notes=(*result.notes, paper_line(paper_of(name, options))))
    arranged = {"sort": sort, "top": top}
    if form == "json":
        text = as_json(report_dict(result, depth=depth, **arranged))
    elif form == "csv":
        text = writers.to_csv(table_by(result, by, depth=depth, **arranged))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = report_text(result, by=by, depth=depth, write=style, **arranged)
    write(text, output)
    return 0 if result.verdict is None or result.verdict.agrees else 1


def reported(closed: Network, trace: bool) -> Any:
    """The report of a closed form; with ``trace``, confirmed by a run of the real network."""
    if trace:
        from complexity.analysis import analyze_network

        return analyze_network(closed)
    from reports.rows import report_of

    return report_of(closed)


def paper_of(name: str, options: dict[str, Any]) -> Network:
    """The paper's variant with the settings that were asked for."""
    asked = {key: value for key, value in given(options).items() if key != "classes"}
    return network(name, **{**asked, "variant": "paper", "batch": 1})


def as_json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1) + "\n"


@cli.command(epilog="Example: complexity check mobilenet --alpha 0.5 --res 160")
@click.argument("names", metavar="[NETWORK]...", nargs=-1)
@network_options
@output_options("text", "json")
def check(names: tuple[str, ...], form: str, output: str, **options: Any) -> int:
    """Closed forms against traced counts, fvcore and torch's own counter.

    Without arguments: all networks, variants, alphas, groups and ratios at several resolutions.
    """
    from complexity.checking import checked, configurations
    from reports.check_text import check_line, differences_text
    from reports.report_json import check_dict

    chosen = given(options)
    if chosen and not names:
        raise SizeError("NETWORK", "", f"must be given with {', '.join(chosen)}")
    one_each = [network(name, **chosen) for name in names] if chosen else []
    todo = one_each or list(configurations(names))
    done = []
    for number, closed in enumerate(todo, 1):
        done.append(checked(closed))
        if form == "text" and not output:
            click.echo(check_line(done[-1], number, len(todo)))
        else:
            click.echo(f"\r{number}/{len(todo)}", err=True, nl=number == len(todo))
    if form == "json":
        write(as_json(check_dict(done)), output)
    elif output:
        lines = (check_line(each, n, len(todo)) for n, each in enumerate(done, 1))
        write("\n".join(lines) + "\n" + differences_text(done), output)
    else:
        click.echo(differences_text(done), nl=False)
    return 0 if all(each.verdict.agrees for each in done) else 1


@cli.command(epilog="Example: complexity compare squeezenet mobilenet shufflenetv2 --res 224")
@click.argument("names", metavar="NETWORK...", nargs=-1, required=True)
@network_options
@tracing_option
@output_options("text", "markdown", "csv", "json")
def compare(names: tuple[str, ...], trace: bool, form: str, output: str, **options: Any) -> int:
    """Several networks side by side, at one resolution.

    An option such as --alpha goes to the networks that have it.
    """
    from reports import writers
    from reports.model_table import model_table
    from reports.report_json import report_dict

    chosen = given(options)
    known = {name: options_of(name) for name in names}
    for option in chosen:
        if not any(option in options for options in known.values()):
            raise SizeError(option, chosen[option], f"is an option of none of {', '.join(names)}")
    results = []
    for name in names:
        own = {key: value for key, value in chosen.items() if key in known[name]}
        results.append(reported(network(name, **own), trace))
    if form == "json":
        text = as_json([report_dict(result) for result in results])
    elif form == "csv":
        text = writers.to_csv(model_table(results))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = f"{style(model_table(results))}\n\nConvention: {results[0].convention}.\n"
    write(text, output)
    return 0 if all(r.verdict is None or r.verdict.agrees for r in results) else 1


@cli.command(epilog="Example: complexity explain mobilenet conv1.0.pointwise --alpha 0.5")
@click.argument("name", metavar="NETWORK")
@click.argument("layer")
@network_options
@output_options("text")
def explain(name: str, layer: str, form: str, output: str, **options: Any) -> int:
    """A layer's formula in symbols, in numbers, its result, and in plain words.

    LAYER is a row's name in the report, or a block's: then all of its layers are explained.
    """
    from reports.explanation import explain as explained

    closed = network(name, **given(options))
    try:
        text = explained(closed, layer)
    except KeyError:
        names = [placed.name for placed in closed.layers]
        blocks = {name.rsplit(".", depth)[0] for name in names for depth in range(1, 4)}
        raise UnknownNameError(f"layer of {name}", layer, sorted({*names, *blocks})) from None
    write(text, output)
    return 0


@cli.command("list", epilog="Example: complexity list")
@output_options("text")
def list_(form: str, output: str) -> int:
    """The networks with their options, and the kinds of layers with their formulas."""
    from reports.listing import listing

    networks = {name: (NETWORKS[name], options_of(name)) for name in NETWORKS}
    write(listing(networks, KINDS, VARIANTS), output)
    return 0


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
    except click.ClickException as error:
        problem, status = error.format_message(), 2
    except (FormulaError, ModelError) as error:
        problem, status = str(error), 2
    except BrokenPipeError:  # the reader, such as head, has seen enough
        sys.stdout = None  # type: ignore[assignment]
        return 0
    click.echo(f"complexity: {' '.join(problem.split())}", err=True)
    return status
