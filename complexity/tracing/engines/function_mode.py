"""torch functions as they are called: which of them are one row, and how they come into sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nested._internal.nested_tensor import NestedTensor
from torch.overrides import TorchFunctionMode

from complexity.tracing.ops.cost_rules import Work, real_macs
from complexity.tracing.recording.recorder import Recorder

# Functions that are one operation to a reader, whatever operators run inside; and the names of
# the tensors that they take, in order.
NAMED: dict[Any, tuple[str, tuple[str, ...]]] = {
    nn.functional.linear: ("linear", ("input", "weight", "bias")),
    nn.functional.scaled_dot_product_attention: (
        "scaled_dot_product_attention",
        ("query", "key", "value", "attn_mask"),
    ),
    torch._C._nn.adaptive_avg_pool2d: ("adaptive_avg_pool2d", ("input", "output_size")),
    **dict.fromkeys((torch.matmul, Tensor.matmul), ("matmul", ("input", "other"))),
}

# Functions that torch may lower to ``mul``, and the product that each of them is.
EINSUM = torch.ops.aten.einsum.default
MULTIPLYING: dict[Any, Any] = {
    **dict.fromkeys((torch.einsum, torch._C._VariableFunctions.einsum, EINSUM), EINSUM),  # type: ignore[attr-defined]
    **dict.fromkeys((torch.kron, Tensor.kron, torch.ops.aten.kron.default),
                    torch.ops.aten.outer.default),
}  # fmt: skip

Answer = Callable[..., Any]


class Functions(TorchFunctionMode):
    """Makes one row of a named function, and lets ``answers`` take the place of kernels.

    An answer gets the recorder and the function's arguments, records the work and returns what
    the function would return; ``NotImplemented`` leaves it to torch, whose operators are then
    seen one by one.
    """

    def __init__(self, recorder: Recorder, answers: Mapping[Any, Answer]) -> None:
        super().__init__()
        self.recorder = recorder
        self.answers = answers

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        nested = any(issubclass(kind, NestedTensor) for kind in types)
        answer = None if nested else self.answers.get(func)
        product = MULTIPLYING.get(func)
        if product is not None and (product is not EINSUM or sums_products(*args[:1])):
            with self.recorder.products(product):
                return func(*args, **kwargs)
        if answer is not None and (func in RECOUNTED or shapes_are_all()):
            unseen = torch._C._DisableTorchDispatch()  # what an answer does is no operator
            try:
                out = answer(self.recorder, *args, **kwargs)
            except TypeError as error:
                if error.__traceback__ is None or error.__traceback__.tb_next is not None:
                    raise
                out = NotImplemented  # arguments in another way than the answer knows
            finally:
                del unseen
            if out is not NotImplemented:
                return out
        if func not in NAMED:
            return func(*args, **kwargs)
        name, order = NAMED[func]
        placed, rest = in_order(order, args, kwargs)
        return self.recorder.function(name, func, placed, rest, lambda: func(*args, **kwargs))


def sums_products(equation: Any) -> bool:
    """Whether an einsum is a matrix or outer product, and no element-wise multiplication.

    Parameters
    ----------
    equation : str
        The equation. With more than two operands every multiplication counts as a product.

    Returns
    -------
    bool
        True if an index is summed, or each operand has an index that the other lacks.

    Examples
    --------
    >>> sums_products("bi,oi->bo"), sums_products("i,j"), sums_products("bi,i->bi")
    (True, True, False)
    """
    if not isinstance(equation, str):
        return False
    terms, arrow, result = equation.replace(" ", "").replace("...", "").partition("->")
    letters = terms.split(",")
    if len(letters) != 2:
        return True
    left, right = map(set, letters)
    single = {each for each in left | right if terms.count(each) == 1}
    summed = (left | right) - (set(result) if arrow else single)
    return bool(summed or (left - right and right - left))


def in_order(
    names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments with those that were given by name in their places."""
    placed, rest = list(args), dict(kwargs)
    for name in names[len(args) :]:
        if name not in rest:
            break
        placed.append(rest.pop(name))
    return tuple(placed), rest


def shapes_are_all() -> bool:
    """Whether nothing but shapes is asked for: no gradient inside forward, no ``vmap``."""
    return not torch.is_grad_enabled() and torch._C._functorch.peek_interpreter_stack() is None


def outer(record: Recorder, *vectors: Tensor, **named: Any) -> Any:
    """torch multiplies element by element; here each product is a MAC, as in a matrix product."""
    (one, two), rest = in_order(("input", "vec2"), vectors, named)
    if rest or one.dim() != 1 or two.dim() != 1:
        return NotImplemented

    def run() -> Tensor:
        out = one.unsqueeze(1) * two
        work = Work(real_macs(out, out.numel()), 0, out.numel())
        record.did(torch.ops.aten.outer.default, (one, two), (one, two), (out,), work)
        return out

    return record.function("outer", torch.outer, (one, two), {}, run)


def vecdot(record: Recorder, left: Tensor, right: Tensor, *, dim: int = -1, **named: Any) -> Any:
    """Dot products along a dimension, which torch multiplies and sums in two steps.

    Parameters
    ----------
    record : Recorder
        The run.
    left, right : Tensor
        Vectors along `dim`; the other dimensions broadcast.
    dim : int
        The dimension that is summed. Default: the last.

    Returns
    -------
    Tensor or NotImplemented
        The result of ``torch.linalg.vecdot``; ``NotImplemented`` for other arguments.
    """
    if named:
        return NotImplemented

    def run() -> Tensor:
        out = torch.linalg.vecdot(left, right, dim=dim)
        products = prod(torch.broadcast_shapes(left.shape, right.shape))
        work = Work(real_macs(out, products), 0, out.numel())
        func = torch.ops.aten.linalg_vecdot.default
        record.did(func, (left, right), (left, right), (out,), work)
        return out

    return record.function("linalg_vecdot", torch.linalg.vecdot, (left, right), {}, run)


RECOUNTED: dict[Any, Answer] = {
    **dict.fromkeys((torch.outer, torch.ger, Tensor.outer, Tensor.ger), outer),
    torch.linalg.vecdot: vecdot,
}


@contextmanager
def python_functions_open() -> Iterator[None]:
    """Inside torch's functions that are written in Python, the functions they call are seen.

    torch takes a function mode off while such a function runs, and would show multi-head
    attention as one closed call. While this lasts the question "does anybody override this
    function?" is answered with yes for tensor subclasses alone, so that its body runs as written.
    """

    def overridden(*tensors: Any) -> bool:
        return torch._C._is_torch_function_enabled() and any(map(is_overriding, tensors))

    ways = {
        "has_torch_function": lambda tensors: overridden(*tensors),
        "has_torch_function_unary": overridden,
        "has_torch_function_variadic": overridden,
    }
    with ExitStack() as stack:
        for home in (nn.functional, torch.functional):
            for name, way in ways.items():
                if hasattr(home, name):
                    stack.callback(setattr, home, name, getattr(home, name))
                    setattr(home, name, way)
        yield


PLAIN = (Tensor, nn.Parameter, type(None), int, float, bool)


def is_overriding(value: Any) -> bool:
    """Whether it is of a tensor class with a ``__torch_function__`` of its own."""
    if type(value) in PLAIN:
        return False
    own = getattr(type(value), "__torch_function__", None)
    plain = (torch._C._disabled_torch_function_impl, Tensor.__torch_function__.__func__)
    return own is not None and getattr(own, "__func__", own) not in plain
