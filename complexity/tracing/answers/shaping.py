"""What all answers share: which tensors they take, and the empty ones that they give."""

from typing import Any

import torch
from torch import Tensor

ATEN = torch.ops.aten
REAL = frozenset((torch.float32, torch.float16, torch.bfloat16, torch.float64))
PLAIN = frozenset((Tensor, torch.nn.Parameter))


def is_shape(value: Any) -> bool:
    """Whether it is a tensor of torch's own class and dense layout that lies on meta."""
    return type(value) in PLAIN and value.is_meta and value.layout is torch.strided


def is_plain(*tensors: Tensor | None) -> bool:
    """Whether these are real tensors of one data type in torch's usual order, on meta."""
    first = tensors[0]
    assert first is not None
    dtype = first.dtype
    if dtype not in REAL:
        return False
    for each in tensors:
        if each is not None and not (
            is_shape(each) and each.dtype is dtype and each.is_contiguous()
        ):
            return False
    return True


def empty(shape: Any, like: Tensor) -> Tensor:
    """A tensor of this shape and of the other's data type, in torch's usual order."""
    return torch.empty(shape, dtype=like.dtype, device="meta")


def same(tensor: Tensor) -> Tensor:
    """Another tensor of the same shape, data type and order."""
    return tensor.clone()


def sides(value: Any, dims: int) -> tuple[int, ...] | None:
    """A setting for each dimension; None where it is written in a way left to torch."""
    if type(value) is int:
        return (value,) * dims
    if type(value) in (tuple, list) and all(type(side) is int for side in value):
        return (
            tuple(value) if len(value) == dims else tuple(value) * dims if len(value) == 1 else None
        )
    return None
