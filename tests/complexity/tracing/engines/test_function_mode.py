"""torch's functions: one row for those with a name, and bodies that can be looked into."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from complexity.tracing.engines.function_mode import in_order, is_overriding, python_functions_open
from complexity.tracing.instrumentation import ENGINES, recording
from tests.complexity.small import Calls

NAMES = ("query", "key", "value")


class Overriding(Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return super().__torch_function__(func, types, args, kwargs or {})


class Bare(Tensor):
    __torch_function__ = torch._C._disabled_torch_function_impl


def rows(function, *inputs, engine="operators"):
    model = Calls(function)
    with torch.no_grad(), recording(model, lambda _: False, engine) as recorder:
        model(*inputs)
    return [(call.name, call.cost.macs) for call in recorder.calls if call.cost.macs]


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((1, 2, 3), {}, ((1, 2, 3), {})),
        ((1,), {"value": 3, "key": 2}, ((1, 2, 3), {})),
        ((), {"key": 2, "value": 3}, ((), {"key": 2, "value": 3})),
        ((1, 2), {"value": 3, "scale": 0.5}, ((1, 2, 3), {"scale": 0.5})),
    ],
)
def test_arguments_by_name_take_their_places(args, kwargs, expected):
    given = dict(kwargs)
    assert in_order(NAMES, args, given) == expected
    assert given == kwargs  # what was given stays whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [(torch.empty(2), False), (nn.Parameter(torch.empty(2)), False), (3, False), (None, False),
     (torch.empty(2).as_subclass(Bare), False), (torch.empty(2).as_subclass(Overriding), True)],
)  # fmt: skip
def test_only_a_class_with_its_own_way_overrides(value, expected):
    assert is_overriding(value) is expected


def test_a_class_of_tensors_still_overrides_a_function_whose_body_is_open():
    seen = []

    class Watching(Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            seen.append(func)
            return super().__torch_function__(func, types, args, kwargs or {})

    with python_functions_open():
        F.relu(torch.empty(2).as_subclass(Watching))
    assert seen[0] is F.relu


@pytest.mark.parametrize("engine", ENGINES)
def test_attention_inside_multi_head_attention_is_one_row(engine):
    attention = nn.MultiheadAttention(12, 3, batch_first=True).eval().to("meta")
    x = torch.empty(2, 5, 12, device="meta")
    found = rows(lambda x: attention(x, x, x, need_weights=False)[0], x, engine=engine)
    assert ("scaled_dot_product_attention", 2 * 2 * 25 * 12) in found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("outer", [torch.outer, torch.ger, Tensor.outer, Tensor.ger])
def test_an_outer_product_is_a_product(engine, outer):
    assert rows(outer, torch.empty(5), torch.empty(7), engine=engine) == [("outer", 35)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_gradient_inside_forward_is_really_taken(engine):
    def function(x, w):
        with torch.enable_grad():
            w = w.detach().requires_grad_()
            return torch.autograd.grad((x @ w).sum(), w)

    x, w = torch.empty(3, 5, device="meta"), torch.empty(5, 7, device="meta")
    assert rows(function, x, w, engine=engine) == [("matmul", 105), ("mm", 105)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mapped_function_has_the_dimension_that_it_does_not_see(engine):
    x, w = torch.empty(11, 3, 5, device="meta"), torch.empty(5, 7, device="meta")
    found = rows(lambda x: torch.vmap(lambda each: each @ w)(x), x, engine=engine)
    assert sum(macs for _, macs in found) == 11 * 105
