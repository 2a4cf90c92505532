"""Answers of what multiplies: fully connected layers, matrix products, attention, convolutions."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from complexity.tracing.engines.shape_rules.common import (
    ATEN,
    REAL,
    empty,
    is_plain,
    is_shape,
    sides,
)
from complexity.tracing.ops.cost_rules import Work, work_of
from complexity.tracing.recording.recorder import Recorder


def linear(record: Recorder, input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Any:
    width, features = input.shape[-1:], weight.shape
    if len(features) != 2 or features[1:] != width or not is_plain(weight, bias):
        return NotImplemented
    if not is_shape(input) or input.dtype is not weight.dtype:
        return NotImplemented
    if bias is not None and bias.shape != features[:1]:
        return NotImplemented
    inputs = (input, weight) if bias is None else (input, weight, bias)

    def run() -> Tensor:
        out = empty((*input.shape[:-1], features[0]), input)
        steps = out.numel()
        work = Work(steps * features[1], 0 if bias is None else steps, steps)
        record.did(ATEN.addmm.default, (), inputs, (out,), work)
        return out

    return record.function("linear", F.linear, inputs, {}, run)


def addmm(record: Recorder, added: Tensor, left: Tensor, right: Tensor, **rest: Any) -> Any:
    if rest or not is_plain(added, left, right) or not left.dim() == right.dim() == 2:
        return NotImplemented
    rows, inner = left.shape
    if right.shape[0] != inner or added.shape != right.shape[1:]:
        return NotImplemented
    out, args = empty((rows, right.shape[1]), left), (added, left, right)
    record.did(ATEN.addmm.default, args, args, (out,), work_of(ATEN.addmm.default, args, out))
    return out


def matmul(record: Recorder, left: Tensor, right: Tensor) -> Any:
    """Of stacks of the same or no lead: what is broadcast otherwise is left to torch."""
    for each in (left, right):
        if not is_shape(each) or each.dim() < 2:
            return NotImplemented
    *lead, rows, inner = left.shape
    *other, depth, columns = right.shape
    if inner != depth or left.dtype is not right.dtype or left.dtype not in REAL:
        return NotImplemented
    if lead != other and other:
        return NotImplemented

    def run() -> Tensor:
        out = empty((*lead, rows, columns), left)
        work = Work(out.numel() * inner, 0, out.numel())
        record.did(ATEN.bmm.default, (), (left, right), (out,), work)
        return out

    return record.function("matmul", torch.matmul, (left, right), {}, run)


def attention(
    record: Recorder,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    """Two products and a softmax, as torch's plain attention: queries and keys are scaled."""
    given = (query, key, value)
    if dropout_p or not all(is_shape(t) and t.dim() == 4 for t in given):
        return NotImplemented
    (batch, heads, rows, width), (_, groups, keys, _), deep = query.shape, key.shape, value.shape
    fits = key.shape == (batch, groups, keys, width) and deep[:3] == (batch, groups, keys)
    shared = heads == groups or (enable_gqa and groups and heads % groups == 0)
    if not (fits and shared and query.dtype is key.dtype is value.dtype and query.dtype in REAL):
        return NotImplemented
    scores = batch * heads * rows * keys
    if not scores:
        return NotImplemented
    masked = scores if is_causal else 0
    made = rows * keys if is_causal else 0
    if attn_mask is not None:
        if (
            is_causal
            or not attn_mask.is_meta
            or not fits_scores(attn_mask, (batch, heads, rows, keys))
        ):
            return NotImplemented
        masked, made = scores, attn_mask.numel() if attn_mask.dtype is torch.bool else 0
        if attn_mask.dtype not in (torch.bool, query.dtype):
            return NotImplemented
    mask = () if attn_mask is None else (attn_mask,)
    named = {"is_causal": True} if is_causal else {}
    if enable_gqa:
        named["enable_gqa"] = True

    def run() -> Tensor:
        out = empty((batch, heads, rows, deep[3]), query)
        scaled = batch * heads * (rows + keys) * width
        steps = scaled + scores + masked + made
        work = Work(scores * (width + deep[3]), steps, scores + out.numel())
        record.did(ATEN.bmm.default, (), given, (out,), work)
        return out

    func = F.scaled_dot_product_attention
    return record.function("scaled_dot_product_attention", func, (*given, *mask), named, run)


def fits_scores(mask: Tensor, scores: tuple[int, ...]) -> bool:
    """Whether a mask has a side of 1, or none, or the scores' own, everywhere."""
    sides = mask.shape
    return len(sides) <= 4 and all(
        side in (1, whole) for side, whole in zip(reversed(sides), reversed(scores), strict=False)
    )


def convolution(dims: int) -> Callable[..., Any]:
    """The answer of ``conv1d``, ``conv2d`` or ``conv3d``: its result is in the usual order."""

    def answer(
        record: Recorder,
        input: Tensor,
        weight: Tensor,
        bias: Tensor | None = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        strides, pads, steps = (sides(each, dims) for each in (stride, padding, dilation))
        shape, kernel = input.shape, weight.shape
        if strides is None or pads is None or steps is None or 0 in strides:
            return NotImplemented
        if not is_shape(input) or not is_plain(weight, bias):
            return NotImplemented
        if input.dtype is not weight.dtype or len(shape) != dims + 2 or len(kernel) != dims + 2:
            return NotImplemented
        if shape[1] != kernel[1] * groups or kernel[0] % groups:
            return NotImplemented
        if bias is not None and bias.shape != kernel[:1]:
            return NotImplemented
        out = [shape[0], kernel[0]]
        for side, reach, stride, pad, step in zip(
            shape[2:], kernel[2:], strides, pads, steps, strict=True
        ):
            out.append((side + 2 * pad - step * (reach - 1) - 1) // stride + 1)
        if min(out) < 1 or min(pads) < 0:
            return NotImplemented
        result = empty(out, input)
        inputs = (input, weight) if bias is None else (input, weight, bias)
        args = (
            input, weight, bias, list(strides), list(pads), list(steps), False, [0] * dims, groups,
        )  # fmt: skip
        work = work_of(ATEN.convolution.default, args, result)
        record.did(ATEN.convolution.default, args, inputs, (result,), work)
        return result

    return answer


ANSWERS: dict[Any, Callable[..., Any]] = {
    F.linear: linear,
    torch.addmm: addmm,
    torch.matmul: matmul,
    Tensor.matmul: matmul,
    F.scaled_dot_product_attention: attention,
    torch.conv1d: convolution(1),
    torch.conv2d: convolution(2),
    torch.conv3d: convolution(3),
}
