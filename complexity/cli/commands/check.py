"""``complexity check``: closed forms against traced counts and outside counters, and budgets."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import click

from complexity.cli.options import (
    as_typed,
    loading_options,
    network_options,
    output_options,
    tell,
    write,
    written_names,
)
from complexity.cli.requests import as_json, request_of, status_of_reports
from complexity.errors import ModelError
from formulas.core.errors import FormulaError, SizeError


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
    several resolutions. A budget that is not kept is exit status 1; a model that cannot be checked
    is 2, after all the others.
    """
    from reports.render.escaping import visible
    from reports.text.check import check_line

    done: list[Outcome] = []
    todo = with_budgets(targets, budget, budgets, said)
    for number, (request, limits) in enumerate(todo, 1):
        found = Outcome.of(request, limits)
        done.append(found)
        if output or form != "text":
            click.echo(f"\r{number}/{len(todo)}", err=True, nl=number == len(todo))
        elif found.report:
            click.echo(visible(check_line(found.report, number, len(todo))))
    lost = [each for each in done if each.problem]
    for each in lost:
        where = f"{each.name}: " if len(todo) > 1 and each.name not in each.problem else ""
        tell(where + each.problem)
    reports = [each.report for each in done if each.report]
    if reports or form != "text":
        write(written(done, form, lines=output is not None), output)
    over = [each.said for found in done for each in found.judged if not each.holds]
    for line in over if output or form != "text" else ():
        tell(line)
    if lost:
        return 2
    return 1 if over else status_of_reports(reports)


class Outcome(NamedTuple):
    """What was found of one model: its report and whether it keeps its budgets, or a problem."""

    name: str
    report: Any = None
    judged: Sequence[Any] = ()
    problem: str = ""

    @classmethod
    def of(cls, request: Any, limits: Sequence[Any]) -> "Outcome":
        """One model checked; where it cannot be, the others still are."""
        from complexity.budgets.budget import results_of
        from complexity.targets.execute import checked_report

        try:
            report = checked_report(request)
        except (FormulaError, ModelError) as error:
            return cls(request.name, problem=" ".join(as_typed(error, check).split()))
        return cls(request.name, report, results_of(report, limits))


def written(done: Sequence[Outcome], form: str, lines: bool) -> str:
    """What was found, in the form that was asked for; as text with the ``lines`` of each model."""
    from reports.export.json_writer import check_dict
    from reports.export.junit import junit
    from reports.text.check import budgets_text, check_line, differences_text, lost_text

    good = [each for each in done if each.report]
    reports = [each.report for each in good]
    lost = [(each.name, each.problem) for each in done if each.problem]
    if form == "json":
        return as_json(check_dict(reports, [each.judged for each in good], lost))
    if form == "junit":
        return junit([case for each in done for case in cases_of(each)])
    told = [
        check_line(each.report, number, len(done))
        for number, each in enumerate(done if lines else (), 1)
        if each.report
    ]
    kept = [each for found in good for each in found.judged]
    names = [name for name, _ in lost]
    closing = differences_text(reports) + budgets_text(kept) + lost_text(names, len(done))
    return "".join(f"{line}\n" for line in told) + closing


def cases_of(found: Outcome) -> list[Any]:
    """The check of a model, and each of its budgets; or that it could not be checked."""
    from reports.export.junit import Case, check_case
    from reports.text.report import title

    if found.problem:
        return [Case(found.name, "closed form = traced counts", error=found.problem)]
    subject = title(found.report)
    budgets = [Case(subject, f"budget {each.budget}", each.failures) for each in found.judged]
    return [check_case(found.report), *budgets]


def with_budgets(
    targets: tuple[str, ...], budget: str | None, budgets: bool, said: dict[str, Any]
) -> list[tuple[Any, list[Any]]]:
    """One request a model, and the budgets that it has."""
    from complexity.budgets.budget import budgets_of
    from complexity.budgets.project_budgets import budgeted

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
    from complexity.targets.request import Request

    spoken = [name for name, value in {**said, "budget": budget}.items() if value not in (None, ())]
    if spoken:
        if not targets:
            names = written_names(check)
            rule = f"must be given with {', '.join(names[each] for each in spoken)}"
            raise SizeError("targets", None, rule)
        return [request_of({"target": target, **said}) for target in targets]
    from complexity.interop.check import configurations

    loaded = [Request(target) for target in targets if ":" in target]
    names = tuple(target for target in targets if ":" not in target)
    if loaded and not names:
        return loaded
    return [*map(Request.of, configurations(names)), *loaded]
