"""What one executed operator cost, read off the tensors it really got.

Nothing here comes from ``formulas``: a convolution's multiply-adds are its output elements times
the weights that each of them met, whatever the layer was called or configured as.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from complexity.tracing.classes import BACKWARDS, COPIES, LOOKUPS, PER_OUTPUT, VIEWS


class Work(NamedTuple):
    """What an operator did; ``moves`` is False where it only looked at memory differently."""

    macs: int = 0
    elementwise: int = 0
    activations: int = 0
    moves: bool = True


def real_macs(out: Tensor, products: int) -> int:
    """``products`` in real multiply-adds: a complex one is four."""
    return 4 * products if out.is_complex() else products


def _convolution(out: Tensor, x: Tensor, weight: Tensor, bias: Tensor | None, *rest: Any) -> Work:
    transposed = rest[3]
    met = weight[0].numel()  # of one output (regular) or of one input (transposed) element
    macs = real_macs(out, (x if transposed else out).numel() * met)
    return Work(macs, out.numel() if bias is not None else 0, out.numel())


def _convolution_backward(out: Any, grad: Tensor, x: Tensor, weight: Tensor, *rest: Any) -> Work:
    """Both gradients have the forward's MACs, each where it is asked for, groups or not."""
    transposed, mask = rest[4], rest[7]
    forward = (x if transposed else grad).numel() * weight[0].numel()
    written = sum(part.numel() for part in out[:2] if part is not None)
    return Work(forward * (mask[0] + mask[1]), grad.numel() if mask[2] else 0, written)


def _product(out: Tensor, left: Tensor, *_: Any) -> Work:
    return Work(real_macs(out, out.numel() * left.shape[-1]), 0, out.numel())


def _product_plus(out: Tensor, _: Tensor, left: Tensor, *__: Any) -> Work:
    return Work(real_macs(out, out.numel() * left.shape[-1]), out.numel(), out.numel())


def _summed_products(out: Tensor, _: Tensor, left: Tensor, *__: Any) -> Work:
    inner = left.shape[0] * left.shape[-1]
    return Work(real_macs(out, out.numel() * inner), out.numel(), out.numel())


def _outer_plus(out: Tensor, *_: Any) -> Work:
    return Work(real_macs(out, out.numel()), out.numel(), out.numel())


def _grouped_product(out: Tensor, left: Tensor, right: Tensor, *_: Any) -> Work:
    """Each row meets one group's matrix; of two flat factors, the inner dimension is grouped."""
    if left.dim() == right.dim() == 2:
        return Work(left.numel() * right.shape[1], 0, out.numel())
    return Work(out.numel() * left.shape[-1], 0, out.numel())


def _trilinear(out: Tensor, *args: Any) -> Work:
    operands, expanded = args[:3], args[3:6]
    met = []
    for operand, dims in zip(operands, expanded, strict=True):
        for dim in dims:
            operand = operand.unsqueeze(dim)
        met.append(operand.shape)
    return Work(torch.Size(torch.broadcast_shapes(*met)).numel(), 0, out.numel())


def _attention(out: Any, query: Tensor, key: Tensor, value: Tensor, *_: Any) -> Work:
    """A fused kernel: scores over the queries' width, then values; softmax in between."""
    scores = query[..., 0].numel() * key.shape[-2]
    macs = scores * (query.shape[-1] + value.shape[-1])
    result = query[..., 0].numel() * value.shape[-1]
    return Work(macs, scores, scores + result)


def _deformable(out: Tensor, _: Tensor, weight: Tensor, *__: Any) -> Work:
    return Work(out.numel() * weight[0].numel(), out.numel(), out.numel())


def _per_output(out: Any, *_: Any) -> Work:
    """One step for each element of the (first) output."""
    written = [out] if isinstance(out, Tensor) else [t for t in out if isinstance(t, Tensor)]
    return Work(elementwise=written[0].numel() if written else 0)


def _copy(*_: Any) -> Work:
    return Work()


def _nothing(*_: Any) -> Work:
    return Work(moves=False)


Counter = Callable[..., Work]

COUNTERS: dict[str, Counter] = {
    **dict.fromkeys(PER_OUTPUT + BACKWARDS, _per_output),
    **dict.fromkeys(COPIES + LOOKUPS, _copy),
    **dict.fromkeys(VIEWS, _nothing),
    "convolution": _convolution,
    "convolution_backward": _convolution_backward,
    **dict.fromkeys(("mm", "bmm", "mv", "dot", "vdot", "_int_mm", "_scaled_mm"), _product),
    **dict.fromkeys(("linear", "linear_dynamic", "linear_relu_dynamic"), _product),
    **dict.fromkeys(("addmm", "baddbmm", "addmv", "_addmm_activation"), _product_plus),
    "addbmm": _summed_products,
    "addr": _outer_plus,
    **dict.fromkeys(("_grouped_mm", "_scaled_grouped_mm"), _grouped_product),
    "_trilinear": _trilinear,
    **dict.fromkeys(
        (
            "_scaled_dot_product_flash_attention",
            "_scaled_dot_product_flash_attention_for_cpu",
            "_scaled_dot_product_efficient_attention",
            "_scaled_dot_product_cudnn_attention",
            "_scaled_dot_product_fused_attention_overrideable",
        ),
        _attention,
    ),
    "deform_conv2d": _deformable,
}
NAMESPACES = ("aten", "quantized", "torchvision", "prims", "profiler")


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
    counter = COUNTERS.get(name_of(func)) if func.namespace in NAMESPACES else None
    if counter is not None:
        return counter(out, *args)
    if torch.Tag.pointwise in func.tags or torch.Tag.reduction in func.tags:
        return _per_output(out)
    return None
