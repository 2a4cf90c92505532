"""Every rule of ptflops's for functions, by hand."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from complexity import ModelError, bridge
from complexity.interop.bridge.ptflops_functions import (
    ACTIVATED,
    ADDED,
    BIASED,
    BY_NAME,
    FUNCTIONS,
    POOLED,
    RESIZED,
)
from tests.complexity.interop.bridge.models import Takes
from tests.complexity.interop.bridge.rules import steps_to
from tests.conftest import installed

MAP = (2, 3, 7, 11)
ELEMENTS = 462


def by_name(owner, name, *more):
    """A call of a function by its name, looked up when it is called."""
    return lambda *inputs: getattr(owner, name)(*inputs, *more)


CASES = [
    (by_name(torch, "matmul"), [(3, 5), (5, 7)], 105, {}),
    (lambda a, b: a.matmul(b), [(3, 5), (5, 7)], 105, {}),
    (lambda a, b: a.mm(b), [(3, 5), (5, 7)], 105, {}),
    (by_name(torch, "bmm"), [(2, 3, 5), (2, 5, 7)], 210, {}),
    (lambda a, b: a @ b, [(3, 5), (5, 7)], 105, {BY_NAME: -105}),
    (by_name(torch, "matmul"), [(3, 5), (2, 5, 7)], 210, {BY_NAME: -105}),
    (by_name(torch, "matmul"), [(3, 5), (5,)], 15, {BY_NAME: 75 - 15}),
    (by_name(torch, "addmm"), [(7,), (3, 5), (5, 7)], 105, {BIASED: 7}),
    (lambda c, a, b: torch.addmm(c, a, b, beta=0), [(3, 7), (3, 5), (5, 7)], 105, {}),
    (by_name(torch, "baddbmm"), [(2, 3, 7), (2, 3, 5), (2, 5, 7)], 210, {BIASED: 42}),
    (lambda a, b: torch.einsum("ij,jk->ik", a, b), [(3, 5), (5, 7)], 105, {BY_NAME: -105}),
    (by_name(F, "linear"), [(3, 5), (7, 5)], 105, {"fc outside of the modules that it counts": -105}),
    (by_name(torch, "add"), [(3, 5), (3, 5)], 0, {ADDED: 15}),
    (lambda a, b: a.mul(b), [(3, 1), (3, 5)], 0, {ADDED: 15}),
    (by_name(torch, "add"), [(2, 3, 5), (5,)], 0, {ADDED: 5 * 3 * 5}),  # sides compared from the first on
    (lambda a: torch.mul(a, 3), [(3, 5)], 0, {ADDED: 15}),
    (lambda a: torch.add(3, a), [(3, 5)], 0, {ADDED: 15}),
    (lambda a, b: a + b, [(3, 5), (3, 5)], 0, {}),
    *((by_name(F, name), [MAP], 0, {ACTIVATED: ELEMENTS})
      for name in ("relu", "elu", "relu6", "gelu", "silu")),
    (lambda x: F.relu(input=x), [MAP], 0, {ACTIVATED: ELEMENTS}),
    (by_name(F, "prelu"), [MAP, (3,)], 0, {ACTIVATED: ELEMENTS}),
    (lambda x: F.softmax(x, 1), [MAP], 0, {ACTIVATED: ELEMENTS}),
    (lambda x: x.relu(), [MAP], 0, {}),
    *((by_name(F, f"{kind}_pool{dims}d", 2), [(2, 3, 4, 6, 8)[:dims + 2]],
       0, {POOLED: {1: 24, 2: 144, 3: 1152}[dims]})
      for kind in ("avg", "max", "adaptive_avg", "adaptive_max") for dims in (1, 2, 3)),
    (lambda x: F.interpolate(x, (5, 9)), [MAP], 0, {RESIZED: 6 * 45}),
    (lambda x: F.interpolate(x, size=5), [MAP], 0, {RESIZED: 6 * 25}),
    (lambda x: F.interpolate(x, scale_factor=(2, 3)), [MAP], 0, {RESIZED: 6 * ELEMENTS}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("function", "shapes", "macs", "steps"),
    [pytest.param(*case, id=str(number)) for number, case in enumerate(CASES)],
)
def test_a_rule_is_known_to_the_last_operation(function, shapes, macs, steps):
    installed("ptflops")
    assert steps_to("ptflops", Takes(function), *shapes) == (macs, steps)


def test_a_keyword_that_its_rules_do_not_know_is_refused():
    model = Takes(lambda a, b: a.mm(mat2=b))
    with pytest.raises(ModelError, match="ptflops has no figure for Takes: its rules end in KeyE"):
        bridge(model, (torch.zeros(3, 5), torch.zeros(5, 7)), to="ptflops")


def test_every_function_that_it_listens_to_is_known():
    installed("ptflops")
    from ptflops.pytorch_ops import FUNCTIONAL_MAPPING, TENSOR_OPS_MAPPING

    theirs = {*FUNCTIONAL_MAPPING, *TENSOR_OPS_MAPPING} - {F.linear}  # which it leaves alone
    assert {getattr(owner, name) for owner, name in FUNCTIONS} == theirs
