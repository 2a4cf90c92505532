"""What one executed operator cost, read off the tensors it really got.

Nothing here comes from ``formulas``: a convolution's multiply-adds are its output elements times
the weights that each of them met, whatever the layer was called or configured as.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Work(NamedTuple):
    """What an operator did; ``moves`` is False where it only looked at memory differently."""

    macs: int = 0
    elementwise: int = 0
    activations: int = 0
    moves: bool = True


def _convolution(out: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None, *rest: Any) -> Work:
    transposed = rest[3]
    met = weight[0].numel()  # of one output (regular) or of one input (transposed) element
    macs = (x if transposed else out).numel() * met
    return Work(macs, out.numel() if bias is not None else 0, out.numel())


def _product(out: Tensor, left: Tensor, *_: Any) -> Work:
    return Work(out.numel() * left.shape[-1], 0, out.numel())


def _product_plus(out: Tensor, _: Tensor, left: Tensor, *__: Any) -> Work:
    return Work(out.numel() * left.shape[-1], out.numel(), out.numel())


def _per_output(out: Tensor | tuple[Tensor, ...], *_: Any) -> Work:
    """One step for each element of the (first) output."""
    first = out if isinstance(out, Tensor) else out[0]
    return Work(elementwise=first.numel())


def _copy(*_: Any) -> Work:
    return Work()


def _nothing(*_: Any) -> Work:
    return Work(moves=False)


Counter = Callable[..., Work]

COUNTERS: dict[str, Counter] = {
    "convolution": _convolution,
    "mm": _product,
    "bmm": _product,
    "addmm": _product_plus,
    "baddbmm": _product_plus,
    **dict.fromkeys(
        (
            "native_batch_norm",
            "_native_batch_norm_legit",
            "_native_batch_norm_legit_no_training",
            "cudnn_batch_norm",
            "miopen_batch_norm",
            "max_pool1d",
            "max_pool2d_with_indices",
            "max_pool3d_with_indices",
            "mkldnn_max_pool2d",
            "avg_pool1d",
            "avg_pool2d",
            "avg_pool3d",
            "adaptive_avg_pool1d",
            "_adaptive_avg_pool2d",
            "_adaptive_avg_pool3d",
            "adaptive_max_pool2d",
            "adaptive_max_pool3d",
            "_softmax",
            "_log_softmax",
            "log_sigmoid_forward",
            "glu",
            "mish",
            "prelu",
            "_prelu_kernel",
        ),
        _per_output,
    ),
    **dict.fromkeys(
        (
            "cat",
            "stack",
            "clone",
            "copy",
            "_to_copy",
            "constant_pad_nd",
            "roll",
            "flip",
            "repeat",
            "index_select",
            "zeros",
            "zeros_like",
            "ones",
            "ones_like",
            "full",
            "full_like",
            "fill",
            "zero",
            "arange",
            "native_channel_shuffle",
            "channel_shuffle",
        ),
        _copy,
    ),
    **dict.fromkeys(
        (
            "alias",
            "detach",
            "empty",
            "empty_like",
            "empty_strided",
            "new_empty",
            "_reshape_alias",
            "_unsafe_view",
            "lift_fresh",
            "resize",
        ),
        _nothing,
    ),
}


def name_of(func: Any) -> str:
    """``"add"`` for ``aten.add_.Tensor``: an operator's name, in place or not."""
    name: str = func.overloadpacket.__name__
    return name.rstrip("_") if not name.startswith("__") else name


def work_of(func: Any, args: tuple[Any, ...], out: Any) -> Work | None:
    """What ``func(*args) -> out`` did; None where no rule says it.

    Point-wise operators and reductions are recognised by the tags that torch gives them.
    """
    if func.is_view:
        return _nothing()
    counter = COUNTERS.get(name_of(func)) if func.namespace == "aten" else None
    if counter is not None:
        return counter(out, *args)
    if torch.Tag.pointwise in func.tags or torch.Tag.reduction in func.tags:
        return _per_output(out)
    return None
