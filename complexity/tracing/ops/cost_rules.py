"""What one executed operator cost, read off the tensors it really got.

Nothing here comes from ``formulas``: a convolution's multiply-adds are its output elements times
the weights that each of them met, whatever the layer was called or configured as.

An outer product that torch makes of a broadcast ``mul``, as the gradient of a matrix that met a
vector (``mv``), is element-wise work here: nothing is added up, and an operator cannot tell which
of its factors was meant as a row.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import zip_longest
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor

from complexity.tracing.ops.op_categories import (
    ACCUMULATIONS,
    BACKWARDS,
    COPIES,
    LOOKUPS,
    ORDERING,
    PER_OUTPUT,
    RANDOM,
    VIEWS,
)


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
    macs = real_macs(grad, forward * (mask[0] + mask[1]))
    return Work(macs, grad.numel() if mask[2] else 0, written)


def _product(out: Tensor, left: Tensor, *_: Any) -> Work:
    return Work(real_macs(out, out.numel() * left.shape[-1]), 0, out.numel())


def _multiplication(out: Tensor, *_: Any) -> Work:
    """Each output is one product: nothing is summed."""
    return Work(real_macs(out, out.numel()), 0, out.numel())


def _product_plus(out: Tensor, _: Tensor, left: Tensor, *__: Any) -> Work:
    return Work(real_macs(out, out.numel() * left.shape[-1]), out.numel(), out.numel())


def _linear(out: Tensor, x: Tensor, weight: Any, bias: Any = None, *_: Any) -> Work:
    """Of a quantised layer, weight and bias are packed together."""
    if not isinstance(weight, Tensor):
        weight, bias = weight.unpack()
    macs = real_macs(out, out.numel() * x.shape[-1])
    return Work(macs, out.numel() if bias is not None else 0, out.numel())


def _linear_relu(out: Tensor, *args: Any) -> Work:
    product = _linear(out, *args)
    return product._replace(elementwise=product.elementwise + out.numel())


def _product_plus_activation(out: Tensor, *args: Any) -> Work:
    product = _product_plus(out, *args)
    return product._replace(elementwise=product.elementwise + out.numel())


def _scaled_product(out: Tensor, left: Tensor, right: Tensor, *rest: Any) -> Work:
    """Eight-bit factors with their scales; a bias stands behind these."""
    return _linear(out, left, right, *rest[2:3])


def _summed_products(out: Tensor, _: Tensor, left: Tensor, *__: Any) -> Work:
    inner = left.shape[0] * left.shape[-1]
    return Work(real_macs(out, out.numel() * inner), out.numel(), out.numel())


def _outer_plus(out: Tensor, *_: Any) -> Work:
    return Work(real_macs(out, out.numel()), out.numel(), out.numel())


def _grouped_product(out: Tensor, left: Tensor, right: Tensor, *_: Any) -> Work:
    """Each row meets one group's matrix; of two flat factors, the inner dimension is grouped."""
    flat = left.dim() == right.dim() == 2
    products = left.numel() * right.shape[1] if flat else out.numel() * left.shape[-1]
    return Work(real_macs(out, products), 0, out.numel())


def _trilinear(out: Tensor, *args: Any) -> Work:
    operands, expanded = args[:3], args[3:6]
    met = []
    for operand, dims in zip(operands, expanded, strict=True):
        for dim in dims:
            operand = operand.unsqueeze(dim)
        met.append(operand.shape)
    return Work(real_macs(out, prod(torch.broadcast_shapes(*met))), 0, out.numel())


def _attention(out: Any, query: Tensor, key: Tensor, value: Tensor, *_: Any) -> Work:
    """A fused kernel: scores over the queries' width, then values; softmax in between."""
    scores = query[..., 0].numel() * key.shape[-2]
    macs = real_macs(query, scores * (query.shape[-1] + value.shape[-1]))
    result = query[..., 0].numel() * value.shape[-1]
    return Work(macs, scores, scores + result)


def _deformable(out: Tensor, _: Tensor, weight: Tensor, *__: Any) -> Work:
    macs = real_macs(out, out.numel() * weight[0].numel())
    return Work(macs, out.numel(), out.numel())


def _per_output(out: Any, *_: Any) -> Work:
    """One step for each element of the (first) output."""
    written = [out] if isinstance(out, Tensor) else [t for t in out if isinstance(t, Tensor)]
    return Work(elementwise=written[0].numel() if written else 0)


def _accumulation(place: int) -> "Counter":
    return lambda _, *args: Work(elementwise=args[place].numel())


def _put(
    _: Any,
    into: Tensor,
    indices: Sequence[Tensor | None],
    values: Tensor,
    accumulate: bool = False,
    *__: Any,
) -> Work:
    """Values that take their places, or are added there: one broadcast value is added often."""
    given = [index for index in indices if index is not None]
    if not accumulate:
        return Work()
    if any(index.dtype in (torch.bool, torch.uint8) for index in given):
        return Work(elementwise=values.numel())  # how many places a mask has, its values know
    rest = prod(n for n, index in zip_longest(into.shape, indices) if index is None)
    return Work(elementwise=rest * prod(torch.broadcast_shapes(*(i.shape for i in given))))


def _put_flat(
    _: Any, into: Tensor, index: Tensor, source: Tensor, accumulate: bool = False
) -> Work:
    return Work(elementwise=source.numel() if accumulate else 0)


def _bag(_: Any, table: Tensor, indices: Tensor, *__: Any) -> Work:
    """Each element of each row that is looked up joins its bag's sum, mean or maximum."""
    return Work(elementwise=indices.numel() * table.shape[1])


def _bag_weights_backward(_: Any, grad: Tensor, table: Tensor, indices: Tensor, *__: Any) -> Work:
    return Work(elementwise=indices.numel() * table.shape[1])


def _copy(*_: Any) -> Work:
    return Work()


def _nothing(*_: Any) -> Work:
    return Work(moves=False)


def as_product(left: Tensor, right: Tensor, out: Tensor) -> tuple[tuple[Tensor, Tensor], Tensor]:
    """The operands and the result of a broadcast multiplication that stands for a product.

    Parameters
    ----------
    left, right : Tensor
        Operands with equally many dimensions, as ``einsum`` aligns them.
    out : Tensor
        Their product.

    Returns
    -------
    tuple
        Two vectors and the matrix of their outer product if the operands share no dimension;
        else the operands and the result unchanged.
    """
    if any(a != 1 and b != 1 for a, b in zip(left.shape, right.shape, strict=True)):
        return (left, right), out
    vectors = (left.reshape(-1), right.reshape(-1))
    return vectors, out.reshape(left.numel(), right.numel())


Counter = Callable[..., Work]

PRODUCTS: dict[str, Counter] = {
    "convolution": _convolution,
    "convolution_backward": _convolution_backward,
    **dict.fromkeys(("mm", "bmm", "mv", "dot", "vdot", "_int_mm"), _product),
    **dict.fromkeys(("outer", "einsum"), _multiplication),
    "_scaled_mm": _scaled_product,
    **dict.fromkeys(("linear", "linear_dynamic"), _linear),
    "linear_relu_dynamic": _linear_relu,
    **dict.fromkeys(("addmm", "baddbmm", "addmv"), _product_plus),
    "_addmm_activation": _product_plus_activation,
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
COUNTERS: dict[str, Counter] = {
    **PRODUCTS,
    **dict.fromkeys(PER_OUTPUT + BACKWARDS + ORDERING + RANDOM, _per_output),
    **{name: _accumulation(place) for name, place in ACCUMULATIONS.items()},
    **dict.fromkeys(COPIES + LOOKUPS, _copy),
    **dict.fromkeys(VIEWS, _nothing),
    **dict.fromkeys(("index_put", "_index_put_impl", "_unsafe_index_put"), _put),
    "put": _put_flat,
    **dict.fromkeys(("_embedding_bag", "_embedding_bag_forward_only"), _bag),
    "_embedding_bag_backward": _bag,  # its gradient is as wide as the table
    "_embedding_bag_per_sample_weights_backward": _bag_weights_backward,
}
NAMESPACES = ("aten", "quantized", "torchvision", "prims", "profiler")


@cache
def name_of(func: Any) -> str:
    """``"add"`` for ``aten.add_.Tensor``: an operator's name, in place or not."""
    name: str = func.overloadpacket.__name__
    return name.rstrip("_") if not name.startswith("__") else name


def operator_name(func: Any) -> str:
    """``aten.add`` for ``aten.add_.Tensor``."""
    return f"{func.namespace}.{name_of(func)}"


def work_of(func: Any, args: tuple[Any, ...], out: Any) -> Work | None:
    """What ``func(*args) -> out`` did; None where no rule says it."""
    rule = rule_of(func)
    return None if rule is None else rule(out, *args)


@cache
def rule_of(func: Any) -> Counter | None:
    """What counts an operator: by its name, or by the tags that torch gives point-wise operators
    and reductions; a view of torch's own is known to do nothing."""
    if func.namespace in NAMESPACES:
        if func.is_view:
            return _nothing
        name = name_of(func)
        counter = COUNTERS.get(f"{name}.{func._overloadname}") or COUNTERS.get(name)
        if counter is not None:
            return counter
    tagged = torch.Tag.pointwise in func.tags or torch.Tag.reduction in func.tags
    return _per_output if tagged else None
