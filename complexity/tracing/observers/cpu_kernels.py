"""What the CPU's kernels give and keep, where torch says something else of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from complexity.tracing.engines.dispatch_mode import MISSING_ON_META

aten = torch.ops.aten
ACCUMULATES = "torch::autograd::AccumulateGrad"  # the node that keeps a parameter's gradient


def kept(tensor: Tensor, **settings: Any) -> Tensor:
    """A copy, as long as what is copied; the gradient that a parameter gets is kept as it is.

    torch copies a sparse one there only if a mode looks on, as here, and so holds it too.
    """
    if tensor.layout is not torch.sparse_coo:
        return aten.clone.default(tensor, **settings)
    parts = (tensor._indices(), tensor._values())
    node = torch._C._current_autograd_node()
    if node is None or node.name() != ACCUMULATES:
        parts = (parts[0].clone(), parts[1].clone())
    return torch.sparse_coo_tensor(
        *parts, tensor.shape, check_invariants=False, is_coalesced=tensor.is_coalesced()
    )


def bags(
    func: Any,
    weight: Tensor,
    indices: Tensor,
    offsets: Tensor,
    by_frequency: bool = False,
    mode: int = 0,
    sparse: bool = False,
    weights: Tensor | None = None,
    include_last: bool = False,
    padding: int = -1,
) -> tuple[Tensor, ...]:
    """The results of an embedding bag: the CPU takes one place more for the bag of each index.

    For the size of each bag too, if the last offset is the end of the last bag.
    """
    out, bag, sizes, most = func(
        weight, indices, offsets, by_frequency, mode, sparse, weights, include_last, padding
    )
    if bag.numel():
        bag = with_room(bag, bag.numel() + 1)
    if include_last:
        sizes = with_room(sizes, len(out) + 1)
        if func is aten._embedding_bag_forward_only.default and not mode:
            most = with_room(most, len(out) + 1)
    return out, bag, sizes, most


def normalised(func: Any, given: Tensor, weight: Tensor | None, *others: Any) -> tuple[Any, ...]:
    """The results of a batch norm: the CPU keeps the statistics in the type of its weights."""
    out, *statistics = func(given, weight, *others)
    if weight is not None and weight.dtype != given.dtype:
        statistics = [each.to(weight.dtype) for each in statistics]
    return out, *statistics


def with_room(tensor: Tensor, count: int) -> Tensor:
    """One like ``tensor``, in a storage for ``count`` elements or more."""
    found = tensor.numel()
    return tensor.new_empty(count)[:found] if found < count else tensor


# By the device of a run: what takes the place of an operator.
COMPUTED: dict[Any, Callable[..., Any]] = {aten.clone.default: kept}
UNCOMPUTED: dict[Any, Callable[..., Any]] = {
    **MISSING_ON_META,
    **COMPUTED,
    **{
        func: partial(bags, func)
        for func in (aten._embedding_bag.default, aten._embedding_bag_forward_only.default)
    },
    **{
        func: partial(normalised, func)
        for func in (aten.native_batch_norm.default, aten._native_batch_norm_legit.default)
    },
}
