"""From what was said on the command line to requests, and from results to an exit status."""

from collections.abc import Collection
from typing import Any

from complexity.cli.options import given, parsed
from formulas.core.errors import SizeError
from formulas.networks import options_of


def request_of(said: dict[str, Any]) -> Any:
    """What was said of one model, as a request."""
    from complexity.targets.request import Request

    about = {
        name: said.pop(name)
        for name in (
            "target",
            "inputs",
            "dtype",
            "trace",
            "backward",
            "optimizer",
            "engine",
            "memory",
            "bytes_as",
        )
        if name in said
    }
    arguments = parsed(said.pop("arguments", ()))
    return Request(**given(about), arguments=arguments, options=given(said))


LOADED = ("inputs", "arguments", "dtype")  # what only a model to be loaded is told


def requests_of_each(
    targets: tuple[str, ...],
    said: dict[str, Any],
    trace: bool = True,
    saved: Collection[str] = (),
) -> list[Any]:
    """One request a model. An option goes to those that have it; one that none has is refused.

    Targets that are ``saved`` have no options, and no request.
    """
    chosen = {name: value for name, value in given(said).items() if value != ()}
    models = [target for target in targets if target not in saved]
    if not trace and all(":" in target for target in models):
        why = "is saved" if targets[0] in saved else "must run"
        raise SizeError("trace", False, f"is for the five networks: {targets[0]} {why}")
    known = {target: LOADED if ":" in target else options_of(target) for target in models}
    for option, value in chosen.items():
        if not any(option in options for options in known.values()):
            raise SizeError(option, value, f"is an option of none of {', '.join(targets)}")
    return [
        request_of(
            {
                "target": target,
                "trace": trace or ":" in target,
                **{name: value for name, value in chosen.items() if name in known[target]},
            }
        )
        for target in models
    ]


def reports_of(targets: tuple[str, ...], said: dict[str, Any], trace: bool) -> list[Any]:
    """The report of each model, and all those that a saved file holds, in the order of targets."""
    return [report for _, report in filed_reports_of(targets, said, trace)]


def filed_reports_of(
    targets: tuple[str, ...], said: dict[str, Any], trace: bool
) -> list[tuple[str, Any]]:
    """``reports_of``, each with the file that holds it; ``""`` for a model."""
    from complexity.targets.request import reported
    from reports.export.json_reader import is_saved, read_saved

    files = [target for target in targets if is_saved(target)]
    requests = iter(requests_of_each(targets, said, trace, saved=files))
    saved = {path: read_saved(path) for path in files}  # before a model runs
    found: list[tuple[str, Any]] = []
    for target in targets:
        if target in saved:
            found += [(target, report) for report in saved[target]]
        else:
            found.append(("", reported(next(requests))))
    return found


def status_of_reports(results: list[Any], strict: bool = False) -> int:
    """1 where a check failed, or with ``strict`` where something is unknown; else 0."""
    disagree = any(r.verdict is not None and not r.verdict.agrees for r in results)
    unknown = any(r.unknown or (r.training and r.training.unknown) for r in results)
    return 1 if disagree or (strict and unknown) else 0


def as_json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1) + "\n"
