"""Answers of normalisations and pooling at inference."""

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
    same,
    sides,
)
from complexity.tracing.recording.recorder import Recorder


def batch_norm(
    record: Recorder,
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor | None,
    var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn: bool = True,
) -> Any:
    if training or mean is None or var is None or not is_plain(input, weight, bias, mean, var):
        return NotImplemented
    given = [each for each in (weight, bias, mean, var) if each is not None]
    if input.dim() < 2 or any(each.shape != input.shape[1:2] for each in given):
        return NotImplemented
    out = same(input)
    args = (input, weight, bias, mean, var, training, momentum, eps)
    func = ATEN.native_batch_norm.default
    return record.answered(func, args, (input, *given), out)


def layer_norm(
    record: Recorder,
    input: Tensor,
    shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn: bool = True,
) -> Any:
    if not is_shape(input) or input.dtype not in REAL or input.shape[-len(shape) :] != tuple(shape):
        return NotImplemented
    given = [each for each in (weight, bias) if each is not None]
    if any(each.shape != tuple(shape) or each.dtype is not input.dtype for each in given):
        return NotImplemented
    if not all(map(is_plain, given)):
        return NotImplemented
    out = empty(input.shape, input)
    args = (input, list(shape), weight, bias, eps)
    func = ATEN.native_layer_norm.default
    return record.answered(func, args, (input, *given), out)


def average_to(record: Recorder, input: Tensor, output_size: Any) -> Any:
    """``adaptive_avg_pool2d``, which is a mean where one element a channel is left."""
    wanted = output_size if type(output_size) in (tuple, list) else (output_size,) * 2
    if input.dim() not in (3, 4) or not is_plain(input) or len(wanted) != 2:
        return NotImplemented
    kept = [
        side if new is None else new for side, new in zip(input.shape[-2:], wanted, strict=True)
    ]
    if min(kept) < 1:
        return NotImplemented
    if kept == [1, 1]:
        func, args = ATEN.mean.dim, (input, [-1, -2], True)
    else:
        func, args = ATEN._adaptive_avg_pool2d.default, (input, kept)

    def run() -> Tensor:
        out = empty((*input.shape[:-2], *kept), input)
        return record.answered(func, args, (input,), out)

    named = torch._C._nn.adaptive_avg_pool2d
    return record.function("adaptive_avg_pool2d", named, (input, output_size), {}, run)


def max_pool(
    record: Recorder,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
) -> Any:
    if sides(dilation, 2) != (1, 1):
        return NotImplemented
    func = ATEN.max_pool2d_with_indices.default
    return _pooled(record, func, input, (kernel_size, stride, padding), ((1, 1), ceil_mode))


def avg_pool(
    record: Recorder,
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    rest = (ceil_mode, count_include_pad, divisor_override)
    func = ATEN.avg_pool2d.default
    return _pooled(record, func, input, (kernel_size, stride, padding), rest)


def positions(side: int, reach: int, stride: int, pad: int, ceil_mode: bool) -> int:
    """How often a window fits; with ``ceil_mode`` also where it ends beyond the map, but not
    where it would begin there. 0 where it does not fit at all."""
    room = side + 2 * pad - reach
    if room < 0 or stride < 1:
        return 0
    last = -(-room // stride) if ceil_mode else room // stride
    return last + (last * stride < side + pad)


def _pooled(
    record: Recorder, func: Any, input: Tensor, window: tuple[Any, Any, Any], rest: tuple[Any, ...]
) -> Any:
    """A window over 2d maps; of ``rest`` the one that is a bool says how it ends."""
    kernel, stride, pads = (
        sides(each, 2) for each in (window[0], window[1] or window[0], window[2])
    )
    if kernel is None or stride is None or pads is None or input.dim() not in (3, 4):
        return NotImplemented
    if any(2 * pad > side for pad, side in zip(pads, kernel, strict=True)) or not is_plain(input):
        return NotImplemented
    ceil_mode = next(each for each in rest if type(each) is bool)
    settings = zip(input.shape[-2:], kernel, stride, pads, strict=True)
    kept = [positions(*each, ceil_mode) for each in settings]
    if min(kept) < 1:
        return NotImplemented
    out = empty((*input.shape[:-2], *kept), input)
    args = (input, list(kernel), list(stride), list(pads), *rest)
    return record.answered(func, args, (input,), out)


ANSWERS: dict[Any, Callable[..., Any]] = {
    torch.batch_norm: batch_norm,
    torch.layer_norm: layer_norm,
    torch._C._nn.adaptive_avg_pool2d: average_to,
    torch._C._nn.avg_pool2d: avg_pool,
    torch.max_pool2d: max_pool,
}
