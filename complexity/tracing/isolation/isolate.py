"""A model, borrowed for one run: whatever is changed on it is put back, also after an error."""

from __future__ import annotations

import gc
import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from complexity.errors import ModelError
from complexity.tracing.isolation.stand_ins import StandIns
from complexity.tracing.recording.active_recorders import recorders_paused
from complexity.tracing.torch_state.ambient_modes import no_ambient_modes
from complexity.tracing.torch_state.unfused_kernels import ALONE

if TYPE_CHECKING:
    from torch._subclasses.fake_tensor import FakeTensorMode

PARTS = tuple(
    name
    for name, part in vars(nn.Module()).items()
    if isinstance(part, dict) and name not in ("_parameters", "_buffers")
)


@contextmanager
def borrowed(
    model: nn.Module,
    device: str,
    inputs: Any = None,
    *,
    training: bool = False,
    grad: bool = False,
    fake: FakeTensorMode | None = None,
) -> Iterator[Any]:
    """``model`` with its tensors replaced by stand-ins on ``device``; gives those of ``inputs``.

    Parameters, buffers, and tensors, lists, dicts and objects kept as attributes are replaced, so
    nothing is written into them; on ``"meta"``, and where ``fake`` tensors only say that they are
    on ``device``, no arithmetic is done either. One tensor has one stand-in, so tied weights stay
    tied. Afterwards every module has the attributes that it had, and torch, Python and NumPy their
    random states.
    """
    with ExitStack() as stack:
        stack.enter_context(recorders_paused())
        stack.enter_context(no_ambient_modes())
        stack.enter_context(random_states())
        stand_ins = StandIns(device, grad, fake)
        stack.callback(stand_ins.give_back)
        for module in reversed(list(model.modules())):  # children are put back after parents
            if any(is_lazy(p) for p in module._parameters.values()):
                kind = type(module).__name__
                raise ModelError(f"{kind} has no size yet: run the model once, then count it")
            if isinstance(module, torch.jit.ScriptModule):
                if fake or device == "meta":
                    raise ModelError("a scripted module cannot lend its tensors")
                _keep_scripted(module, stack)
                if hasattr(module, "training"):
                    module.train(training)
            else:
                _lend(module, stand_ins)
                vars(module)["training"] = training
        yield stand_ins.of(inputs)


def _lend(module: nn.Module, stand_ins: StandIns) -> None:
    """Replace what ``module`` holds; its parts are remembered, its parameters replaced too."""
    stand_ins.lend_module(module)
    for name in PARTS:
        part = vars(module).get(name)
        if isinstance(part, dict):
            stand_ins.remember(part)
    stand_ins.lend(module._parameters)
    stand_ins.lend(module._buffers)


def _keep_scripted(module: torch.jit.ScriptModule, stack: ExitStack) -> None:
    """A scripted module's tensors cannot be replaced: their values are put back."""
    if hasattr(module, "training"):  # what was optimised for inference has no mode left
        stack.callback(module.train, module.training)
    for parameter in module.parameters(recurse=False):
        stack.callback(setattr, parameter, "grad", parameter.grad)
    for tensor in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
        stack.callback(tensor.detach().copy_, tensor.detach().clone())


@contextmanager
def collection_paused() -> Iterator[None]:
    """Python's collector waits: many small objects are made that all stay, and it would look
    through everything that torch has loaded, again and again."""
    with ALONE:
        running = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if running:
                gc.enable()


@contextmanager
def random_states() -> Iterator[None]:
    """The random states of torch's CPU generator, of Python and of NumPy are put back."""
    with ALONE, ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        stack.callback(torch.set_rng_state, torch.get_rng_state())
        numpy = sys.modules.get("numpy")  # where nobody has loaded it, nobody draws from it
        if numpy is not None:
            stack.callback(numpy.random.set_state, numpy.random.get_state())
        yield
