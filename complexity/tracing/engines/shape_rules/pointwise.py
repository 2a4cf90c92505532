"""Answers of element-wise work, of sums along dimensions, and of what only looks or copies."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from complexity.tracing.engines.shape_rules.common import (
    ATEN,
    REAL,
    empty,
    is_plain,
    is_shape,
    met,
    same,
)
from complexity.tracing.ops.cost_rules import work_of
from complexity.tracing.recording.recorder import Recorder

Answer = Callable[..., Any]
NUMBERS = (int, float)


def one_tensor(func: Any, *, in_place: bool = False) -> Answer:
    """One step for each element of a real tensor; what else is given are settings."""

    def answer(record: Recorder, input: Tensor, *settings: Any, **named: Any) -> Any:
        if not is_shape(input) or input.dtype not in REAL:
            return NotImplemented
        if "out" in named or not all(type(each) in (*NUMBERS, str, bool) for each in settings):
            return NotImplemented
        out = input if in_place else met(input)
        args = (input, *settings)
        return record.answered(func, args, (input,), out)

    return answer


def two_tensors(func: Any) -> Answer:
    """A tensor with a number, or with a tensor that fits by broadcasting."""

    def answer(record: Recorder, left: Any, right: Any, **named: Any) -> Any:
        if named or not is_shape(left) or left.dtype not in REAL:
            return NotImplemented
        if type(right) in NUMBERS:
            inputs: tuple[Tensor, ...] = (left,)
        elif is_shape(right) and right.dtype is left.dtype:
            inputs = (left, right)
        else:
            return NotImplemented
        out = met(*inputs)
        if out is None:
            return NotImplemented
        args = (left, right)
        return record.answered(func, args, inputs, out)

    return answer


def into_first(func: Any) -> Answer:
    """In place: the first tensor takes the result."""

    def answer(record: Recorder, left: Any, right: Any, **named: Any) -> Any:
        if named or not is_shape(left) or left.dtype not in REAL:
            return NotImplemented
        inputs: tuple[Tensor, ...] = (left,)
        if is_shape(right) and right.shape == left.shape:
            if right.dtype is not left.dtype:
                return NotImplemented
            inputs = (left, right)
        elif type(right) not in NUMBERS:
            return NotImplemented
        record.did(func, (left, right), inputs, (left,), work_of(func, (left, right), left))
        return left

    return answer


def softmax(record: Recorder, input: Tensor, dim: Any = None, *rest: Any, **named: Any) -> Any:
    if type(dim) is not int or named or any(each is not None for each in rest):
        return NotImplemented
    if not is_plain(input) or not -input.dim() <= dim < input.dim():
        return NotImplemented
    out, args, func = same(input), (input, dim, False), ATEN._softmax.default
    return record.answered(func, args, (input,), out)


def mean(
    record: Recorder, input: Tensor, dim: Any = None, keepdim: bool = False, **named: Any
) -> Any:
    axes = [dim] if type(dim) is int else list(dim) if type(dim) in (tuple, list) else []
    if named or not axes or not is_plain(input):
        return NotImplemented
    count = input.dim()
    reduced = {axis % count for axis in axes if count and -count <= axis < count}
    if len(reduced) != len(axes):
        return NotImplemented
    sides = input.shape
    kept = [1 if a in reduced else s for a, s in enumerate(sides) if keepdim or a not in reduced]
    args = (input, axes, keepdim) if keepdim else (input, axes)
    out, func = empty(kept, input), ATEN.mean.dim
    return record.answered(func, args, (input,), out)


def relu6(record: Recorder, input: Tensor) -> Any:
    return one_tensor(ATEN.hardtanh.default)(record, input, 0, 6)


def relu6_(record: Recorder, input: Tensor) -> Any:
    return one_tensor(ATEN.hardtanh_.default, in_place=True)(record, input, 0, 6)


def dropout(record: Recorder, input: Tensor, p: float, train: bool) -> Any:
    """At inference it is not there."""
    return NotImplemented if train or not is_shape(input) else input


ONE = {
    "relu": (torch.relu, Tensor.relu),
    "gelu": (torch._C._nn.gelu,),
    "silu": (torch._C._nn.silu,),
    "sigmoid": (torch.sigmoid, Tensor.sigmoid),
    "tanh": (torch.tanh, Tensor.tanh),
    "hardtanh": (torch._C._nn.hardtanh,),
    "hardswish": (torch._C._nn.hardswish,),
    "hardsigmoid": (torch._C._nn.hardsigmoid,),
    "leaky_relu": (torch._C._nn.leaky_relu,),
    "neg": (torch.neg, Tensor.neg),
    "rsqrt": (torch.rsqrt, Tensor.rsqrt),
    "sqrt": (torch.sqrt, Tensor.sqrt),
    "exp": (torch.exp, Tensor.exp),
    "cos": (torch.cos, Tensor.cos),
    "sin": (torch.sin, Tensor.sin),
}
ONE_IN_PLACE = {
    "relu_": (torch.relu_, Tensor.relu_),
    "silu_": (torch._C._nn.silu_,),
    "hardtanh_": (torch._C._nn.hardtanh_,),
    "hardswish_": (torch._C._nn.hardswish_,),
    "hardsigmoid_": (torch._C._nn.hardsigmoid_,),
    "leaky_relu_": (torch._C._nn.leaky_relu_,),
}
TWO = {
    "add": (torch.add, Tensor.add),
    "sub": (torch.sub, Tensor.sub),
    "mul": (torch.mul, Tensor.mul),
    "div": (torch.div, Tensor.div),
}
TWO_IN_PLACE = {"add_": (Tensor.add_,), "mul_": (Tensor.mul_,), "sub_": (Tensor.sub_,)}

ANSWERS: dict[Any, Answer] = {
    **{f: one_tensor(getattr(ATEN, name).default) for name, fs in ONE.items() for f in fs},
    **{
        f: one_tensor(getattr(ATEN, name).default, in_place=True)
        for name, fs in ONE_IN_PLACE.items()
        for f in fs
    },
    **{f: two_tensors(getattr(ATEN, name).Tensor) for name, fs in TWO.items() for f in fs},
    **{f: into_first(getattr(ATEN, name).Tensor) for name, fs in TWO_IN_PLACE.items() for f in fs},
    **dict.fromkeys((torch.pow, Tensor.pow), two_tensors(ATEN.pow.Tensor_Scalar)),
    **dict.fromkeys((torch.softmax, Tensor.softmax), softmax),
    **dict.fromkeys((torch.mean, Tensor.mean), mean),
    **dict.fromkeys((torch.dropout, torch.dropout_), dropout),
    torch._C._nn.relu6: relu6,
    torch._C._nn.relu6_: relu6_,
}
