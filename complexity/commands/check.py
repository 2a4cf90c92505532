"""``complexity check``: closed forms against traced counts and outside counters, and budgets."""

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
  complexity check squeezenet --res 64 --budget "macs<=250M,params<=1M,unknown=0"
"""
)
@click.argument("targets", metavar="[MODEL]...", nargs=-1)
@network_options
@loading_options
@click.option("--budget", metavar="NAME<=LIMIT,...",
              help="The most that totals may be, such as macs<=600M,unknown=0.")  # fmt: skip
@click.option("--budgets", is_flag=True,
              help="Check the models of [tool.complexity.budgets] in pyproject.toml.")  # fmt: skip
@output_options("text", "json", "junit")
def check(
    targets: tuple[str, ...], budget: Any, budgets: bool, form: str, output: str, **said: Any
) -> int:
    """Closed forms against traced counts, fvcore and torch's own counter; budgets kept or not.

    MODEL as in report. Without arguments: all networks, variants, alphas, groups and ratios at
    several resolutions. A budget that is not kept is exit status 1.
    """
    from complexity.budgets import judged
    from complexity.subjects import checked_subject
    from reports.check_text import check_line

    done: list[Any] = []
    todo = with_budgets(targets, budget, budgets, said)
    for number, (request, limits) in enumerate(todo, 1):
        report = checked_subject(request)
        done.append((report, judged(report, limits)))
        if form == "text" and not output:
            click.echo(check_line(report, number, len(todo)))
        else:
            click.echo(f"\r{number}/{len(todo)}", err=True, nl=number == len(todo))
    write(written(done, form, lines=output is not None), output)
    over = [each.said for _, kept in done for each in kept if not each.kept]
    for line in over if output or form != "text" else ():
        click.echo(f"complexity: {line}", err=True)
    return 1 if over else status_of_reports([report for report, _ in done])


def written(done: list[Any], form: str, lines: bool) -> str:
    """What was found, in the form that was asked for; as text with the ``lines`` of each model."""
    from reports.check_text import budgets_text, check_line, differences_text
    from reports.junit import Case, check_case, junit
    from reports.report_json import check_dict
    from reports.report_text import title

    reports = [report for report, _ in done]
    kept = [each for _, found in done for each in found]
    if form == "json":
        return as_json(check_dict(reports, [found for _, found in done]))
    if form == "junit":
        cases = []
        for report, found in done:
            cases.append(check_case(report))
            cases += [Case(title(report), f"budget {each.budget}", each.failures) for each in found]
        return junit(cases)
    text = differences_text(reports) + budgets_text(kept)
    count = len(done) if lines else 0
    return "".join(f"{check_line(r, n, count)}\n" for n, r in enumerate(reports[:count], 1)) + text


def with_budgets(
    targets: tuple[str, ...], budget: str | None, budgets: bool, said: dict[str, Any]
) -> list[tuple[Any, list[Any]]]:
    """One request a model, and the budgets that it has."""
    from complexity.budgeting import budgeted
    from complexity.budgets import budgets_of

    if budgets:
        for name, value in {**said, "budget": budget}.items():
            if value not in (None, ()):
                raise SizeError(name, value, "cannot be given with --budgets, which has its own")
        return budgeted(targets)
    limits = budgets_of(budget) if budget is not None else []
    return [(request, limits) for request in requests_of(targets, said, budget)]


def requests_of(
    targets: tuple[str, ...], said: dict[str, Any], budget: str | None = None
) -> list[Any]:
    """One request a model; a network without options or budget stands for all of its settings."""
    from complexity.subjects import Request

    spoken = [name for name, value in {**said, "budget": budget}.items() if value not in (None, ())]
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
