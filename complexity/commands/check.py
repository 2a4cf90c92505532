"""``complexity check``: closed forms against traced counts and outside counters."""

from typing import Any

import click

from complexity.asking import as_json, request_of, status_of_reports
from complexity.options import (
    loading_options,
    network_options,
    output_options,
    write,
    written_names,
)
from formulas.errors import SizeError


@click.command(
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
            names = written_names(check)
            rule = f"must be given with {', '.join(names[each] for each in spoken)}"
            raise SizeError("targets", None, rule)
        return [request_of({"target": target, **said}) for target in targets]
    from complexity.checking import configurations

    loaded = [Request(target) for target in targets if ":" in target]
    names = tuple(target for target in targets if ":" not in target)
    if loaded and not names:
        return loaded
    return [*map(Request.of, configurations(names)), *loaded]
