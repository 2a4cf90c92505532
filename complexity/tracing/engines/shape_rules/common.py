"""What all answers share: which tensors they take, and the empty ones that they give."""

from typing import Any

import torch
from torch import Tensor

from complexity.tracing.recording.records import PLAIN

ATEN = torch.ops.aten
REAL = frozenset((torch.float32, torch.float16, torch.bfloat16, torch.float64))


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


def met(*tensors: Tensor) -> Tensor | None:
    """The result of element-wise work on these: of their common shape, in torch's own order.

    None where they do not meet by broadcasting.
    """
    first = tensors[0]
    shape = first.shape
    for each in tensors[1:]:
        if each.shape != shape:
            wide = broadcast(shape, each.shape)
            if wide is None:
                return None
            shape = torch.Size(wide)
    if all(each.is_contiguous() for each in tensors):
        return torch.empty(shape, dtype=first.dtype, device="meta")
    strides = physical(shape, [spread(each, shape) for each in tensors])
    return torch.empty_strided(shape, strides, dtype=first.dtype, device="meta")


def broadcast(one: Any, two: Any) -> tuple[int, ...] | None:
    """The shape in which two shapes meet; None where they do not."""
    long, short = (one, two) if len(one) >= len(two) else (two, one)
    wide = list(long)
    for place, side in enumerate(short, len(long) - len(short)):
        if wide[place] != side:
            if wide[place] != 1 and side != 1:
                return None
            wide[place] = side if wide[place] == 1 else wide[place]
    return tuple(wide)


def spread(tensor: Tensor, shape: Any) -> list[int]:
    """The tensor's strides in ``shape``: 0 where it is broadcast."""
    missing = len(shape) - tensor.dim()
    sides = zip(tensor.shape, tensor.stride(), shape[missing:], strict=True)
    return [0] * missing + [0 if own != side else stride for own, stride, side in sides]


def physical(shape: Any, strides: list[list[int]]) -> list[int]:
    """Strides of a dense result: dimensions in the order in which the operands lie in memory.

    The operands are asked in turn; one that is broadcast along either dimension has no say. Of
    equal strides, the smaller side is the inner one. torch sorts by insertion, as is done here.
    """

    def is_before(a: int, b: int) -> int:
        for each in strides:
            if each[a] == 0 or each[b] == 0:
                continue
            if each[a] != each[b]:
                return -1 if each[a] < each[b] else 1
            if shape[a] > shape[b]:
                return 1
        return 0

    inner_first = list(range(len(shape) - 1, -1, -1))
    for start in range(1, len(shape)):
        moving = start
        for place in range(start - 1, -1, -1):
            before = is_before(inner_first[place], inner_first[moving])
            if before > 0:
                inner_first[place], inner_first[moving] = inner_first[moving], inner_first[place]
                moving = place
            elif before < 0:
                break
    result, step = [0] * len(shape), 1
    for dim in inner_first:
        result[dim] = step
        step *= max(shape[dim], 1)
    return result


def same(tensor: Tensor) -> Tensor:
    """Another tensor of the same shape, data type and order."""
    return tensor.clone()


def sides(value: Any, dims: int) -> tuple[int, ...] | None:
    """A setting for each dimension; None where it is written in a way left to torch."""
    if type(value) is int:
        return (value,) * dims
    if type(value) in (tuple, list) and all(type(side) is int for side in value):
        return tuple(value) if len(value) == dims else None
    return None
