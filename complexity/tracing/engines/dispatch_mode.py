"""Every operator that torch executes, seen one by one."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import torch
from torch import Tensor
from torch.nested._internal.nested_tensor import NestedTensor
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.recording.recorder import Recorder
from complexity.tracing.recording.records import PLAIN

COMPOSITE = torch._C.DispatchKey.CompositeImplicitAutograd


class Operators(TorchDispatchMode):
    """Reports each operator and its result to the recorder.

    What torch composes of other operators is taken apart, as autograd does; under
    ``inference_mode`` it would arrive whole.
    """

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is torch.ops.prim.device.default:  # what a fake tensor is asked all the time
            return func(*args, **kwargs)
        if any(issubclass(kind, NestedTensor) for kind in types):
            return NotImplemented  # its class runs other operators on its parts, which come here
        if is_composite(func) and all(kind in PLAIN for kind in types) and not any_nested(args):
            with self:
                return func._op_dk(COMPOSITE, *args, **kwargs)
        kernel = MISSING_ON_META.get(func) if on_meta(args) else None
        out = (kernel or func)(*args, **kwargs)
        self.recorder.ran(func, args, kwargs, out)
        return out


@cache
def is_composite(func: Any) -> bool:
    """Whether torch's own kernel for ``func`` only calls other operators.

    Some have such a kernel beside one for the CPU, which then runs: SiLU's gradient.
    """
    if not torch._C._dispatch_has_kernel(func.name()):
        return False  # an operator in Python alone; to ask for a key of it ends the process
    has = partial(torch._C._dispatch_has_kernel_for_dispatch_key, func.name())
    return bool(has("CompositeImplicitAutograd") and not has("CPU"))


def any_nested(args: tuple[Any, ...]) -> bool:
    """Whether a tensor among ``args`` is nested: torch has kernels of its own for those."""
    return any(isinstance(each, Tensor) and each.is_nested for each in args)


def on_meta(args: tuple[Any, ...]) -> bool:
    return any(isinstance(each, Tensor) and each.is_meta for each in args)


def grouped_product(
    left: Tensor,
    right: Tensor,
    offs: Tensor | None = None,
    bias: Tensor | None = None,
    out_dtype: torch.dtype | None = None,
) -> Tensor:
    """The result of ``_grouped_mm``, whose own rule for meta takes bfloat16 alone."""
    groups = 0 if offs is None else offs.shape[0]
    if left.dim() == right.dim() == 2:
        shape = (groups, left.shape[0], right.shape[1])
    elif left.dim() == 2:
        shape = (left.shape[0], right.shape[2])
    elif right.dim() == 2:
        shape = (left.shape[1], right.shape[1])
    else:
        shape = (left.shape[0], left.shape[1], right.shape[2])
    return left.new_empty(shape, dtype=out_dtype or left.dtype)


MISSING_ON_META: dict[Any, Any] = {}
if hasattr(torch.ops.aten, "_grouped_mm"):
    MISSING_ON_META[torch.ops.aten._grouped_mm.default] = grouped_product
