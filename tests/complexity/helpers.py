"""What the tests of ``complexity`` share: the networks' settings, and a look at every state."""

import random
from dataclasses import replace
from functools import cache
from typing import Any

import numpy
import pytest
import torch
from torch import Tensor, nn

from complexity.analysis import run_of
from complexity.closed_form.rows import spec_row
from complexity.models import build
from complexity.tracing import Trace
from formulas.kinds import KINDS
from formulas.networks import Network, network

Setting = tuple[str, dict[str, Any]]

AXES: dict[str, dict[str, tuple[str, tuple[Any, ...]]]] = {
    "squeezenet": {},
    "mobilenet": dict.fromkeys(("document", "paper"), ("alpha", (1, 0.75, 0.5, 0.25))),
    "mobilenetv2": {"paper": ("alpha", (1, 1.4, 0.75, 0.35))},
    "shufflenet": dict.fromkeys(("document", "paper"), ("groups", (1, 2, 3, 4, 8))),
    "shufflenetv2": dict.fromkeys(("document", "paper"), ("ratio", (0.5, 1, 1.5, 2))),
}
# Every network in every variant with every setting of its own option.
SETTINGS: list[Setting] = [
    (name, {"variant": variant, **own})
    for name, axes in AXES.items()
    for variant in ("document", "paper")
    for option, values in [axes.get(variant, ("", (None,)))]
    for own in ([{option: value} for value in values] if option else [{}])
]
# The map's sides differ, and are odd wherever they are halved; the batch is no single image.
ODD = {"resolution": (67, 83), "batch": 3}
USUAL = {"resolution": 224}


def label(setting: Setting) -> str:
    """``"mobilenet-paper-0.5"``."""
    name, options = setting
    return "-".join([name, *map(str, options.values())])


def closed_form(setting: Setting, **more: Any) -> Network:
    name, options = setting
    return network(name, **options, **more)


@cache
def _traced(name: str, options: tuple[tuple[str, Any], ...]) -> Trace:
    closed = network(name, **dict(options))
    run = run_of(build(closed, "meta"), torch.empty(*closed.input_shape, device="meta"))
    return replace(run, calls=tuple(replace(call, module=None) for call in run.calls))


def traced(name: str, **options: Any) -> Trace:
    """A run of a real network, without its modules, which would live as long as it does.

    It depends on no formula, so tests share it: do not change it.
    """
    return _traced(name, tuple(sorted(options.items())))


def plant(monkeypatch: pytest.MonkeyPatch, kind: str, field: str) -> None:
    """One too many of ``field`` in each layer of ``kind``."""
    right = KINDS[kind]

    def cost(*args):
        found = right.cost(*args)
        return replace(found, **{field: getattr(found, field) + 1})

    monkeypatch.setitem(KINDS, kind, replace(right, cost=cost))
    # rows that were cached before the fault, or with it, are not used
    monkeypatch.setattr("complexity.closed_form.rows.spec_row", spec_row.__wrapped__)


HOOKS = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_pre_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
)


def seen(tensor: Tensor | None) -> tuple[Any, ...] | None:
    """All that may not change of a tensor: the object, its storage, its history, its flags."""
    if tensor is None:
        return None
    return (
        id(tensor),
        type(tensor),
        tensor.data_ptr(),
        tensor._version,
        tensor.device,
        tensor.dtype,
        tuple(tensor.shape),
        tensor.requires_grad,
        seen(tensor.grad) if tensor.is_leaf else None,
    )


def state_of(model: nn.Module, *inputs: Tensor) -> dict[str, Any]:
    """Everything that an analysis must leave as it was, but for the values of the tensors."""
    state: dict[str, Any] = {
        "gradients": torch.is_grad_enabled(),
        "default type": torch.get_default_dtype(),
        "torch random": torch.random.get_rng_state().tolist(),
        "python random": random.getstate(),
        "numpy random": str(numpy.random.get_state()),
        "inputs": [seen(tensor) for tensor in inputs],
    }
    for path, module in model.named_modules(remove_duplicate=False):
        state[f"{path}: class"] = (id(module), type(module), module.training)
        state[f"{path}: attributes"] = sorted(vars(module))
        for kind in HOOKS:
            state[f"{path}: {kind}"] = list(getattr(module, kind).items())
        tensors = {**module._parameters, **module._buffers, **vars(module)}
        for name, value in tensors.items():
            if value is None or isinstance(value, Tensor):
                state[f"{path}: {name}"] = seen(value)
    return state


def values_of(model: nn.Module, *inputs: Tensor) -> list[Tensor]:
    """Copies of every value: parameters, their gradients, buffers, tensor attributes, inputs."""
    loose = [v for m in model.modules() for v in vars(m).values() if isinstance(v, Tensor)]
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    held = (*model.parameters(), *grads, *model.buffers(), *loose, *inputs)
    return [tensor.detach().clone() for tensor in held]
