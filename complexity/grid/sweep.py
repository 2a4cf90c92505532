"""The cost of a model at every point of a grid: of a network by its formulas, else by traces."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from math import prod
from typing import Any

from complexity.errors import ModelError
from complexity.grid.network_grid import Found, blocks
from complexity.grid.ranges import MOST_POINTS
from complexity.targets.execute import report_for
from complexity.targets.request import Request
from complexity.targets.template import Template
from formulas.core.cost import Cost
from formulas.core.errors import FormulaError, SizeError
from formulas.core.quantities import is_array
from formulas.networks import VARIANTS, options_of
from reports.model.sweep import LeftOut, Point, Sweep
from reports.render.optional_deps import need

Watch = Callable[[Iterable[Found], int], Iterable[Found]]
TASKS_A_WORKER = 4  # handed out together, and lost together where a run is interrupted


def sweep(
    target: Any,
    *,
    inputs: str | Sequence[str] = (),
    arguments: Mapping[str, Any] | None = None,
    sizes: Mapping[str, Any] | None = None,
    dtype: str | None = None,
    jobs: int | None = None,
    backend: str | None = None,
    watch: Watch = lambda blocks, size: blocks,
    **options: Any,
) -> Sweep:
    """The cost of ``target`` at every point of a grid.

    ``target`` is one of the five networks, whose ``options`` are swept by their formulas; or what
    ``report`` loads (``"model.py:factory"``) or a factory itself, traced point by point. A list, a
    ``range`` or an array is an axis of the grid, anything else one value. ``arguments`` go to the
    factory, ``sizes`` name sides of its ``inputs``: with ``{"S": [64, 96]}``, ``"1x3xSxS"`` is fed
    at two sizes. ``jobs`` workers trace at once (-1: one a core) on the joblib ``backend`` of that
    name; without either, one point after the other. ``watch`` is given the blocks as they are
    done, and the number of points: a progress bar.

    A point that cannot be is left out, and ``.left_out`` says why. A ``KeyboardInterrupt`` ends the
    sweep early: what is done is kept, and ``.interrupted`` is set. Raises ``SizeError`` or
    ``ModelError`` where no point can be had.

    >>> found = sweep("mobilenet", alpha=[0.25, 0.5], resolution=160)
    >>> [(point.setting, point.cost.macs) for point in found.points]
    [((0.25, 160), 83238400), ((0.5, 160), 304102400)]
    """
    request = Request(target, dtype=dtype)
    if request.loads:
        for option, value in options.items():
            rule = f"is an option of the five networks, not of {request.name}; see --arg"
            raise SizeError(option, value, rule)
        texts = (inputs,) if isinstance(inputs, str) else tuple(inputs)
        template = Template(request, texts, tuple(arguments or ()), tuple(sizes or ()))
        axes = axes_of({**(arguments or {}), **(sizes or {})})
        done, variant = traced(template, axes, jobs, backend), ""
    else:
        for name, value in (
            ("inputs", inputs),
            ("arguments", arguments),
            ("sizes", sizes),
            ("dtype", dtype),
            ("jobs", jobs),
            ("backend", backend),
        ):
            if value:
                rule = "is for models that are loaded, such as timm:resnet18"
                raise SizeError(name, value, rule)
        order = options_of(target)  # refuses a name that there is not
        axes = axes_of({**{name: options[name] for name in order if name in options}, **options})
        done = blocks(target, axes)
        variant = ", ".join(map(str, axes.get("variant", VARIANTS[:1])))
    return collected(Sweep(request.name, axes, [], variant), watch(done, size_of(axes)))


def axes_of(given: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Every option as the values it takes: a list, a range or an array has many.

    >>> axes_of({"alpha": [0.5, 1], "resolution": (160, 128)})
    {'alpha': [0.5, 1], 'resolution': [(160, 128)]}
    """
    axes = {}
    for name, value in given.items():
        if is_array(value):
            value = value.tolist()
        axes[name] = list(value) if isinstance(value, (list, range)) else [value]
        if not axes[name]:
            raise SizeError(name, value, "must have at least one value")
    if size_of(axes) > MOST_POINTS:
        counts = " * ".join(str(len(values)) for values in axes.values())
        raise SizeError("grid", counts, f"must have at most {MOST_POINTS:,} points")
    return axes


def swept_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is said to ``sweep``, all that may be an axis: options, arguments, sizes."""
    own = {"inputs", "arguments", "sizes", "dtype", "jobs", "backend", "watch"}
    options = {name: value for name, value in said.items() if name not in own}
    return {**options, **(said.get("arguments") or {}), **(said.get("sizes") or {})}


def size_of(axes: Mapping[str, Sequence[Any]]) -> int:
    return prod(map(len, axes.values()))


def collected(sweep: Sweep, done: Iterable[Found]) -> Sweep:
    """The sweep with what is done, until the end or an interrupt; refused where that is nothing."""
    points: list[Point] = []
    left: dict[str, LeftOut] = {}
    interrupted = False
    try:
        for more, refused, _ in done:
            points += more
            for each in refused:
                key = repr((each.setting, each.why))
                count = each.count + (left[key].count if key in left else 0)
                left[key] = LeftOut(each.setting, count, each.why)
    except KeyboardInterrupt:
        if not points:
            raise
        interrupted = True
    reasons = list(left.values())
    if not points:
        raise nothing(reasons[0], loaded=not sweep.variant)
    return Sweep(sweep.model, sweep.axes, points, sweep.variant, reasons, interrupted)


def nothing(first: LeftOut, loaded: bool) -> Exception:
    """Why there is no point at all: the first reason, as ``report`` would give it."""
    if loaded:
        said = ", ".join(f"{name}={value}" for name, value in first.setting.items())
        return ModelError(f"no point has a cost, {said}: {first.why}" if said else first.why)
    [(name, value)] = first.setting.items()
    return SizeError(name, value, first.why)


def traced(
    template: Template, axes: Mapping[str, Sequence[Any]], jobs: int | None, backend: str | None
) -> Iterator[Found]:
    """The points of a model that is loaded, one a block."""
    settings = list(product(*axes.values()))
    requests = (template.at(dict(zip(axes, setting, strict=True))) for setting in settings)
    if backend is None and jobs in (None, 1):
        outcomes: Iterator[tuple[Cost, int] | str] = map(counted, requests)
    else:
        jobs, backend = -1 if jobs is None else jobs, backend or "loky"
        outcomes = in_parallel(requests, jobs, backend)
    for setting, outcome in zip(settings, outcomes, strict=True):
        if isinstance(outcome, str):
            swept = {n: v for n, v in zip(axes, setting, strict=True) if len(axes[n]) > 1}
            yield [], [LeftOut(swept, 1, outcome)], 1
        else:
            yield [Point(setting, *outcome)], [], 1


def counted(request: Request) -> tuple[Cost, int] | str:
    """The cost and the number of operations without a formula, or why there is none."""
    try:
        report = report_for(request)
    except (ModelError, FormulaError) as error:
        return str(error)
    if report.verdict is not None and not report.verdict.agrees:
        return f"closed form and trace disagree in {report.verdict.differences[0].layer}"
    return report.cost, sum(report.unknown.values())


def in_parallel(
    requests: Iterable[Request], jobs: int, backend: str
) -> Iterator[tuple[Cost, int] | str]:
    """``counted`` of each request in turn, by joblib's workers."""
    need("joblib", "sweep", "jobs", jobs)
    import joblib

    if not isinstance(jobs, int) or jobs == 0:
        raise SizeError("jobs", jobs, "must be a number of workers, or -1 for one a core")
    try:
        connect(backend)
        config = joblib.parallel_config(backend, n_jobs=jobs)
    except (ImportError, ValueError) as error:
        raise SizeError("backend", backend, f"could not be loaded: {error}") from error
    with config, joblib.Parallel() as parallel:
        share = TASKS_A_WORKER * max(1, joblib.effective_n_jobs(jobs))
        while some := list(islice(requests, share)):
            yield from parallel(joblib.delayed(counted)(request) for request in some)


def connect(backend: str) -> None:
    """Make a cluster known to joblib: Ray's, or Dask's at $DASK_SCHEDULER_ADDRESS or a local one.

    A client of Dask that there is already is kept.
    """
    if backend == "ray":
        from ray.util.joblib import register_ray

        register_ray()
    elif backend == "dask":
        from distributed import Client, default_client

        try:
            default_client()
        except ValueError:
            Client()
