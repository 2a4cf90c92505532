"""Requests from command-line options, and the exit status from their results."""

from collections.abc import Collection
from typing import Any

from complexity.cli.options import parse_arguments, without_unset
from complexity.run_options import RunOptions
from formulas.core.errors import SizeError
from formulas.networks import options_of


def request_of(options: dict[str, Any]) -> Any:
    """Request for one model from ``options`` by name, which it removes; None means not set."""
    from complexity.targets.request import Request

    run = RunOptions.pop_from(options)
    own = ("target", "inputs", "dtype", "trace")
    target = {name: options.pop(name) for name in own if name in options}
    arguments = parse_arguments(options.pop("arguments", ()))
    settings = without_unset(options)
    return Request(**without_unset(target), arguments=arguments, options=settings, run=run)


LOADED = ("inputs", "arguments", "dtype")  # options that only a loaded model takes


def requests_of_each(
    targets: tuple[str, ...],
    options: dict[str, Any],
    trace: bool = True,
    saved: Collection[str] = (),
) -> list[Any]:
    """One request for each model. An option goes to the models that have it.

    Parameters
    ----------
    targets : tuple of str
        Models and saved reports.
    options : dict
        Options by name; None and ``()`` mean not set.
    trace : bool
        Run the networks, or give their closed form alone. Loaded models always run.
    saved : collection of str
        The targets that are saved reports. They have no options and no request.

    Returns
    -------
    list of Request
        In the order of `targets`.

    Raises
    ------
    SizeError
        If no model has an option, or `trace` is False and no target is a network.
    """
    chosen = {name: value for name, value in without_unset(options).items() if value != ()}
    models = [target for target in targets if target not in saved]
    if not trace and all(":" in target for target in models):
        why = "is saved" if targets[0] in saved else "must run"
        raise SizeError("trace", False, f"is for the five networks: {targets[0]} {why}")
    known = {target: LOADED if ":" in target else options_of(target) for target in models}
    for option, value in chosen.items():
        if not any(option in names for names in known.values()):
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


def reports_of(targets: tuple[str, ...], options: dict[str, Any], trace: bool) -> list[Any]:
    """Report of each model, and all reports of each saved file.

    Parameters
    ----------
    targets, options, trace
        As in `requests_of_each`.

    Returns
    -------
    list of ModelReport
        In the order of `targets`.
    """
    return [report for _, report in filed_reports_of(targets, options, trace)]


def filed_reports_of(
    targets: tuple[str, ...], options: dict[str, Any], trace: bool
) -> list[tuple[str, Any]]:
    """Report of each model and of each saved file, with the file's path.

    Parameters
    ----------
    targets, options, trace
        As in `requests_of_each`.

    Returns
    -------
    list of (str, ModelReport)
        In the order of `targets`. The path is ``""`` for a model.
    """
    from complexity.targets.execute import report_for
    from reports.export.json_reader import is_saved, read_saved

    files = [target for target in targets if is_saved(target)]
    requests = iter(requests_of_each(targets, options, trace, saved=files))
    saved = {path: read_saved(path) for path in files}  # before a model runs
    found: list[tuple[str, Any]] = []
    for target in targets:
        if target in saved:
            found += [(target, report) for report in saved[target]]
        else:
            found.append(("", report_for(next(requests))))
    return found


def status_of_reports(results: list[Any], strict: bool = False) -> int:
    """Exit status of a command that prints reports.

    Parameters
    ----------
    results : list of ModelReport
        The reports.
    strict : bool
        Fail if an operation is unknown too. Default: False.

    Returns
    -------
    int
        1 if a check failed, or with `strict` if an operation is unknown; else 0.
    """
    disagree = any(r.verdict is not None and not r.verdict.agrees for r in results)
    unknown = any(r.unknown or (r.training and r.training.unknown) for r in results)
    return 1 if disagree or (strict and unknown) else 0


def as_json(value: Any) -> str:
    """``value`` as indented JSON with a final newline."""
    import json

    return json.dumps(value, indent=1) + "\n"
