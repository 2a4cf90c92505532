"""Answers of what computes nothing: other looks at the same memory, and copies."""

from collections.abc import Callable
from types import EllipsisType
from typing import Any

import torch
from torch import Tensor

from complexity.tracing.engines.shape_rules.common import (
    ATEN,
    empty,
    is_plain,
    is_shape,
    same,
)
from complexity.tracing.ops.cost_rules import Work
from complexity.tracing.recording.recorder import Recorder
from complexity.tracing.recording.records import PLAIN

Answer = Callable[..., Any]


def look(func: Any) -> Answer:
    """torch itself makes the view, which costs nothing: it need not be seen."""

    def answer(record: Recorder, input: Tensor, *args: Any, **kwargs: Any) -> Any:
        if type(input) not in PLAIN:
            return NotImplemented
        record.coverage["free"] += 1
        return func(input, *args, **kwargs)

    return answer


def perhaps_copied(func: Any) -> Answer:
    """torch makes a view where it can, and a copy where the order of the elements forbids it."""

    def answer(record: Recorder, input: Tensor, *args: Any, **kwargs: Any) -> Any:
        if not is_shape(input):
            return NotImplemented
        if kwargs.get("memory_format", torch.contiguous_format) is not torch.contiguous_format:
            return NotImplemented
        out = func(input, *args, **kwargs)
        if out is input:
            return out
        if out.untyped_storage()._cdata == input.untyped_storage()._cdata:
            record.coverage["free"] += 1
        else:
            record.did(ATEN.clone.default, (input,), (input,), (input,), Work())
        return out

    return answer


def item(record: Recorder, input: Tensor, index: Any) -> Any:
    """Plain indices make a view; lists, booleans and tensors gather, which is left to torch."""
    parts = index if type(index) is tuple else (index,)
    if type(input) not in PLAIN:
        return NotImplemented
    if not all(type(part) in (int, slice, type(None), EllipsisType) for part in parts):
        return NotImplemented
    record.coverage["free"] += 1
    return Tensor.__getitem__(input, index)


NOTHING = (0,)  # torch passes over such a vector among tensors of any shape


def concatenation(record: Recorder, tensors: Any, dim: int = 0, **named: Any) -> Any:
    if named or type(tensors) not in (tuple, list) or not tensors:
        return NotImplemented
    dtype = tensors[0].dtype
    if not all(is_shape(t) and t.dtype is dtype and is_ordered(t) for t in tensors):
        return NotImplemented
    parts = [each for each in tensors if each.shape != NOTHING] or [tensors[0]]
    first = parts[0].shape
    axis = dim + len(first) if dim < 0 else dim
    if not 0 <= axis < len(first):
        return NotImplemented
    rest = (first[:axis], first[axis + 1 :])
    if any((t.shape[:axis], t.shape[axis + 1 :]) != rest for t in parts):
        return NotImplemented
    total = sum(each.shape[axis] for each in parts)
    out = empty((*first[:axis], total, *first[axis + 1 :]), tensors[0])
    args = (list(tensors), dim) if dim else (list(tensors),)
    func = ATEN.cat.default
    return record.answered(func, args, tuple(tensors), out)


def is_ordered(tensor: Tensor) -> bool:
    """Whether what is made of the tensor lies in the usual order: its channels are not last."""
    return tensor.is_contiguous() or tensor.dim() not in (4, 5) or tensor.stride(1) != 1


def roll(record: Recorder, input: Tensor, shifts: Any, dims: Any = ()) -> Any:
    if not is_plain(input) or type(dims) is not tuple or type(shifts) is not tuple:
        return NotImplemented
    if len(dims) != len(shifts) or not all(-input.dim() <= d < input.dim() for d in dims):
        return NotImplemented
    out, args, func = same(input), (input, list(shifts), list(dims)), ATEN.roll.default
    return record.answered(func, args, (input,), out)


VIEWS = (
    Tensor.view,
    Tensor.transpose,
    Tensor.permute,
    Tensor.unsqueeze,
    Tensor.squeeze,
    Tensor.expand,
    Tensor.chunk,
    Tensor.t,
    torch.transpose,
    torch.permute,
    torch.unsqueeze,
    torch.squeeze,
    torch.chunk,
)
PERHAPS = (Tensor.reshape, Tensor.contiguous, Tensor.flatten, torch.flatten, torch.reshape)

ANSWERS: dict[Any, Answer] = {
    **{func: look(func) for func in VIEWS},
    **{func: perhaps_copied(func) for func in PERHAPS},
    Tensor.__getitem__: item,
    **dict.fromkeys((torch.cat, torch.concat), concatenation),
    torch.roll: roll,
}
