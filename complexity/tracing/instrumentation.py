"""Everything that listens to a run: forward hooks, torch's functions, torch's operators."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from torch import nn
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
)

from complexity.tracing.engines.dispatch_mode import Operators
from complexity.tracing.engines.function_mode import RECOUNTED, Functions, python_functions_open
from complexity.tracing.engines.repeated_blocks import repeating
from complexity.tracing.engines.shape_rules import ANSWERS
from complexity.tracing.recording.active_recorders import listening
from complexity.tracing.recording.recorder import Recorder

ENGINES = {"fast": {**ANSWERS, **RECOUNTED}, "operators": RECOUNTED}


@contextmanager
def recording(
    model: nn.Module, is_layer: Callable[[nn.Module], bool], engine: str = "operators"
) -> Iterator[Recorder]:
    """A recorder that listens to ``model``; the hooks are removed at the end.

    With the ``fast`` engine, functions whose result the shapes tell are answered, not run, and
    of identical blocks one runs.
    """
    recorder = Recorder(model, is_layer)
    hooks = []
    try:
        for module in recorder.parts.modules:
            hooks.append(module.register_forward_pre_hook(recorder.enter))
            hooks.append(
                module.register_forward_hook(
                    recorder.leave,
                    prepend=True,  # what the user's hooks do is not the layer's
                    with_kwargs=True,
                    always_call=True,
                )
            )
        functions = Functions(recorder, ENGINES[engine])
        once = repeating(recorder) if engine == "fast" else nullcontext()
        with listening(recorder), python_functions_open(), once, Operators(recorder), functions:
            yield recorder
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def locating(model: nn.Module, is_layer: Callable[[nn.Module], bool]) -> Iterator[Recorder]:
    """A recorder that only knows where ``model`` is: it counts no operator, and no row.

    No module has a hook of its own and torch's functions are not listened to, for both keep torch
    from its fast ways, such as that of an encoder layer.
    """
    recorder = Recorder(model, is_layer)

    def leave(module: nn.Module, args: Any, out: Any) -> None:
        recorder.leave(module, args, {}, out)

    hooks = [register_module_forward_pre_hook(recorder.enter)]
    try:  # torch never forgets that a hook of all modules asked for keywords
        hooks.append(register_module_forward_hook(leave, always_call=True))
        with listening(recorder):
            yield recorder
    finally:
        for hook in hooks:
            hook.remove()
