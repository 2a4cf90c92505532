"""A model's time, measured: as a whole, and in runs of their own layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from complexity.closed_form.describe import is_free, is_layer
from complexity.errors import ModelError, in_short
from complexity.profiling.clock import (
    ProcessorClock,
    clock_of,
    in_turn,
    lap,
    load,
    threads,
)
from complexity.registry import registered_module
from complexity.tracing import Arguments, arguments_of, must_fit
from complexity.tracing.isolation.isolate import borrowed, collection_paused
from complexity.tracing.recording.module_index import Parts
from formulas.core.quantities import quantity
from reports.timing.statistics import Spread
from reports.timing.timing import Timing


def timed(
    models: Sequence[tuple[nn.Module, Any]],
    *,
    repeats: int = 10,
    warmup: int = 3,
    thread_count: int | None = None,
    clock: ProcessorClock | None = None,
    each_round: Callable[[], object] = lambda: None,
) -> list[Timing]:
    """Seconds of each ``(model, inputs)``, run in turn: ``repeats`` rounds after ``warmup`` more.

    In a round each model runs once as it is, and once with hooks on its layers, which cost time
    themselves: the total is of the first runs, the layers are of the second. Models run in
    evaluation mode, without gradients, on copies of their tensors, where their parameters lie;
    they are left as they were. Raises ``ModelError`` where one does not run.
    """
    quantity("repeats", repeats)
    quantity("warmup", warmup, 0)
    busy = load()  # before our own runs add to it
    with ExitStack() as stack:
        used = stack.enter_context(threads(thread_count))
        clock = clock or clock_of("cuda" if any(on_cuda(model) for model, _ in models) else "cpu")
        runners = [stack.enter_context(ready(model, inputs, clock)) for model, inputs in models]
        stack.enter_context(collection_paused())
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.no_grad())
        tasks = [task for runner in runners for task in (runner.plain, runner.by_layer)]
        found: list[list[Any]] = in_turn(tasks, repeats, warmup, each_round)
    return [
        timing_of(runner, found[2 * number], found[2 * number + 1], used, busy)
        for number, runner in enumerate(runners)
    ]


def timing_of(
    runner: Runner, plain: list[float], by_layer: list[Any], used: int, busy: float | None
) -> Timing:
    """Both kinds of runs of one model as spreads."""
    paths = dict.fromkeys(path for _, layers in by_layer for path in layers)
    return Timing(
        total=Spread(tuple(plain)),
        hooked=Spread(tuple(seconds for seconds, _ in by_layer)),
        layers={
            path: Spread(tuple(layers.get(path, 0.0) for _, layers in by_layer)) for path in paths
        },
        aliases=runner.laps.aliases,
        threads=used,
        device=runner.device,
        load=busy,
    )


class Laps:
    """Forward hooks that time the layers, each under its first path; of layers in layers the
    outermost."""

    def __init__(self, model: nn.Module, clock: ProcessorClock) -> None:
        self.clock = clock
        paths = Parts(model).paths
        modules = {id(module): module for module in model.modules()}
        root = {"": type(model).__name__}  # as a report names a model that is one layer
        self.names = {
            key: root.get(found[0], found[0]) for key, found in paths.items() if row(modules[key])
        }
        self.layers = [modules[key] for key in self.names]
        self.aliases = {path: found[0] for found in paths.values() for path in found[1:]}
        self.marks: list[tuple[str, Any, Any]] = []
        self._open: nn.Module | None = None
        self._start: Any = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        """The hooks are there, and removed at the end; the marks begin anew."""
        self.marks, self._open, hooks = [], None, []
        try:
            for module in self.layers:
                hooks.append(module.register_forward_pre_hook(self.enter))
                hooks.append(module.register_forward_hook(self.leave, prepend=True))
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def enter(self, module: nn.Module, args: Any) -> None:
        if self._open is None:
            self._open, self._start = module, self.clock.mark()

    def leave(self, module: nn.Module, args: Any, out: Any) -> None:
        if self._open is module:
            self.marks.append((self.names[id(module)], self._start, self.clock.mark()))
            self._open = None

    def seconds(self) -> dict[str, float]:
        """What each layer took, all of its runs together; once the clock has settled."""
        found: dict[str, float] = {}
        for name, start, end in self.marks:
            found[name] = found.get(name, 0.0) + self.clock.between(start, end)
        return found


class Runner:
    """A borrowed model with its inputs, run once at a time."""

    def __init__(self, model: nn.Module, inputs: tuple[Any, Any], clock: ProcessorClock) -> None:
        self.model = model
        self.args, self.kwargs = inputs
        self.clock = clock
        self.laps = Laps(model, clock)
        self.device = "cuda" if on_cuda(model) else "cpu"

    def plain(self) -> float:
        """Seconds of a run as it is."""
        return lap(self.clock, self.run)

    def by_layer(self) -> tuple[float, dict[str, float]]:
        """Seconds of a run with hooks, and of its layers."""
        with self.laps.listening():
            whole = lap(self.clock, self.run)
        return whole, self.laps.seconds()

    def run(self) -> None:
        try:
            self.model(*self.args, **self.kwargs)
        except (Exception, SystemExit) as error:
            name = type(self.model).__name__
            raise ModelError(f"{name} raised {in_short(error)}") from error


@contextmanager
def ready(model: nn.Module, inputs: Any, clock: ProcessorClock) -> Iterator[Runner]:
    """The model on copies of its tensors, to be run; weights that are not there are refused."""
    name = type(model).__name__
    if any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers())):
        raise ModelError(
            f"{name} has no weights, only their shapes: build it on the CPU to time it"
        )
    must_fit(model, f"{name} is timed on a copy of its weights")
    device = "cuda" if on_cuda(model) else "cpu"
    with borrowed(model, device, arguments_of(inputs)) as lent:
        yield Runner(model, lent, clock)


def row(module: nn.Module) -> bool:
    """Whether a report has a row for the module."""
    known = is_layer(module) and not is_free(module, False)
    return known or registered_module(module) is not None


def on_cuda(model: nn.Module) -> bool:
    return any(parameter.is_cuda for parameter in model.parameters())


def random_like(inputs: Any, seed: int = 0) -> Any:
    """Inputs with random numbers where they hold floats; whole numbers stay, such as token ids.

    They are the same for one seed, and no generator of torch's is touched.

    >>> one, two = (random_like(torch.zeros(2)).args[0] for _ in range(2))
    >>> torch.equal(one, two), one.tolist() == [0, 0]
    (True, False)
    """
    source = torch.Generator().manual_seed(seed)

    def drawn(tensor: Tensor) -> Tensor:
        if not (tensor.is_floating_point() or tensor.is_complex()):
            return tensor
        wide = torch.complex64 if tensor.is_complex() else torch.float32
        return torch.randn(tensor.shape, generator=source, dtype=wide).to(tensor)

    args, kwargs = tree_map_only(Tensor, drawn, arguments_of(inputs))
    return Arguments(*args, **kwargs)
