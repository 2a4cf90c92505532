"""The command line: arguments to calls, results to text, problems to one sentence.

The only place that prints. Exit status: 0 good, 1 a check failed, 2 bad input.
"""

import sys
from collections.abc import Callable
from typing import Any

import click

from complexity.errors import ModelError
from complexity.options import (
    Number,
    Word,
    as_typed,
    given,
    loading_options,
    network_options,
    output_options,
    parsed,
    refuse_idle,
    tracing_option,
    write,
    written_names,
)
from formulas.errors import FormulaError, SizeError, UnknownNameError
from formulas.networks import NETWORKS, VARIANTS, network, options_of
from formulas.table import KINDS
from reports.layer_table import SORTS
from reports.training import OPTIMIZER_STATE


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
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: python -m complexity report mobilenet --alpha 0.5 --res 160",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version,
              help="Show the version and exit.")  # fmt: skip
def cli() -> None:
    """Parameters and multiply-adds of neural networks: closed forms, checked against a trace."""


@cli.command(
    epilog="""\b
Examples:
  complexity report mobilenet --alpha 0.5 --res 160 --by block
  complexity report torch.nn:Linear --arg in_features=5 --arg out_features=7 --input 3x5
  complexity report timm:resnet18 --input 1x3x160x160 --sort macs --top 5
  complexity report transformers:GPT2LMHeadModel --arg n_layer=2 --input input_ids=1x64:int64
"""
)
@click.argument("target", metavar="MODEL")
@network_options
@loading_options
@click.option("--by", type=Word(["layer", "kind", "block"]),
              help="One line a layer (the default), a kind of layer, or a block.")  # fmt: skip
@click.option("--depth", type=Number(), help="Names of a path that make a block; 1 by default.")
@click.option("--sort", type=Word(SORTS), help="Order by this, dearest first.")
@click.option("--top", type=Number(), help="Show the first lines only.")
@click.option("--backward", is_flag=True, help="Count a training step: the gradients too.")
@click.option("--optimizer", type=Word(OPTIMIZER_STATE),
              help="For --backward; adam by default.")  # fmt: skip
@click.option("--engine", type=Word(["fast", "operators"]),
              help="Answer by shapes (the default), or run every operator.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Fail where an operation has no formula.")
@tracing_option
@output_options("text", "markdown", "csv", "json")
def report(
    by: Any, depth: Any, sort: Any, top: Any, strict: bool, form: str, output: str, **said: Any
) -> int:
    """Cost of one model, layer by layer, confirmed by a traced run.

    MODEL is one of the five networks (see list), torchvision:NAME, timm:NAME,
    transformers:CONFIG-CLASS, package.module:factory or path/to/file.py:factory.
    """
    from complexity.subjects import reported
    from reports import writers
    from reports.layer_table import table_by
    from reports.report_json import report_dict
    from reports.report_text import report_text

    refuse_idle(by=by, depth=depth, strict=strict, form=form, **said)
    result = reported(request_of(said))
    arranged = given({"depth": depth, "sort": sort, "top": top})
    if form == "json":
        text = as_json(report_dict(result, **arranged))
    elif form == "csv":
        text = writers.to_csv(table_by(result, by or "layer", **arranged))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = report_text(result, by=by or "layer", write=style, **arranged)
    write(text, output)
    return status_of_reports([result], strict)


def request_of(said: dict[str, Any]) -> Any:
    """What was said of one model, as a request."""
    from complexity.subjects import Request

    about = {
        name: said.pop(name)
        for name in ("target", "inputs", "dtype", "trace", "backward", "optimizer", "engine")
        if name in said
    }
    arguments = parsed(said.pop("arguments", ()))
    return Request(**given(about), arguments=arguments, options=given(said))


def status_of_reports(results: list[Any], strict: bool = False) -> int:
    """1 where a check failed, or with ``strict`` where something is unknown; else 0."""
    disagree = any(r.verdict is not None and not r.verdict.agrees for r in results)
    unknown = any(r.unknown or (r.training and r.training.unknown) for r in results)
    return 1 if disagree or (strict and unknown) else 0


def as_json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1) + "\n"


@cli.command(
    epilog="""\b
Examples:
  complexity check mobilenet --alpha 0.5 --res 160
  complexity check timm:resnet18 --input 1x3x64x64
"""
)
@click.argument("targets", metavar="[MODEL]...", nargs=-1)
@network_options
@loading_options
@output_options("text", "json")
def check(targets: tuple[str, ...], form: str, output: str, **said: Any) -> int:
    """Closed forms against traced counts, fvcore and torch's own counter.

    MODEL as in report. Without arguments: all networks, variants, alphas, groups and ratios at
    several resolutions.
    """
    from complexity.subjects import checked_subject
    from reports.check_text import check_line, differences_text
    from reports.report_json import check_dict

    done = []
    todo = requests_of(targets, said)
    for number, request in enumerate(todo, 1):
        done.append(checked_subject(request))
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
    return status_of_reports(done)


def requests_of(targets: tuple[str, ...], said: dict[str, Any]) -> list[Any]:
    """One request a model; a network without options stands for all of its settings."""
    from complexity.subjects import Request

    spoken = [name for name, value in said.items() if value not in (None, ())]
    if spoken:
        if not targets:
            names = written_names(cli)
            rule = f"must be given with {', '.join(names[each] for each in spoken)}"
            raise SizeError("targets", None, rule)
        return [request_of({"target": target, **said}) for target in targets]
    from complexity.checking import configurations

    loaded = [Request(target) for target in targets if ":" in target]
    names = tuple(target for target in targets if ":" not in target)
    if loaded and not names:
        return loaded
    return [*map(Request.of, configurations(names)), *loaded]


@cli.command(epilog="Example: complexity compare squeezenet mobilenet shufflenetv2 --res 224")
@click.argument("targets", metavar="MODEL...", nargs=-1, required=True)
@network_options
@tracing_option
@output_options("text", "markdown", "csv", "json")
def compare(targets: tuple[str, ...], trace: bool, form: str, output: str, **said: Any) -> int:
    """Several models side by side, the networks at one resolution.

    An option such as --alpha goes to the networks that have it.
    """
    from complexity.subjects import Request, reported
    from reports import writers
    from reports.model_table import model_table
    from reports.report_json import report_dict

    if not trace and all(":" in target for target in targets):
        raise SizeError("trace", False, f"is for the five networks: {targets[0]} must run")
    chosen = given(said)
    known = {target: [] if ":" in target else options_of(target) for target in targets}
    for option, value in chosen.items():
        if not any(option in options for options in known.values()):
            raise SizeError(option, value, f"is an option of none of {', '.join(targets)}")
    results = []
    for target in targets:
        own = {key: value for key, value in chosen.items() if key in known[target]}
        results.append(reported(Request(target, own, trace=trace or ":" in target)))
    if form == "json":
        text = as_json([report_dict(result) for result in results])
    elif form == "csv":
        text = writers.to_csv(model_table(results))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = f"{style(model_table(results))}\n\nConvention: {results[0].convention}.\n"
    write(text, output)
    return status_of_reports(results)


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
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.ClickException as error:
        problem, status = error.format_message(), 2
    except SizeError as error:
        problem, status = as_typed(error, cli), 2
    except (FormulaError, ModelError) as error:
        problem, status = str(error), 2
    except SystemExit:
        if type(sys.stdout).__name__.endswith("PacifyFlushWrapper"):
            return 0  # click's answer to a closed pipe: the reader, such as head, is content
        raise
    click.echo(f"complexity: {' '.join(problem.split())}", err=True)
    return status
