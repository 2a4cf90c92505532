"""What is compared of a block, value by value; what cannot be compared is refused."""

from functools import partial

import pytest
import torch
from torch import nn

from complexity.tracing.engines.fingerprint import (
    IncomparableError,
    fed,
    memory_of,
    randomness,
    reaches_out,
    surroundings,
    value_of,
)


def meta(*shape, **options):
    return torch.empty(*shape, device="meta", **options)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), ((1, 2), [1, 2]), ({"a": 1}, {"a": 2}), (torch.float16, torch.float32),
     (torch.relu, torch.tanh), (meta(3, 5), meta(5, 3)), (meta(3, 5), meta(5, 3).t()),
     (meta(3), meta(3, dtype=torch.float16)), ("a", b"a"), ([True], [1])],
)  # fmt: skip
def test_values_that_differ_in_kind_or_content_differ(one, other):
    assert value_of(one) != value_of(other)
    assert value_of(one) == value_of(one)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        partial(torch.relu),
        nn.ReLU(),
        nn.ReLU().forward,
        {1, 2},
        [object()],
        torch.zeros(3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_may_hold_anything_is_not_compared(value):
    with pytest.raises(IncomparableError):
        value_of(value)


def test_tensors_that_share_memory_are_told_from_those_that_do_not():
    x, y = meta(3, 5), meta(3, 5)
    assert fed((x, y), {}) == fed((y, meta(3, 5)), {})
    assert fed((x, x), {}) != fed((x, y), {})
    assert fed((x,), {"scale": 1}) != fed((x,), {"scale": 2})
    assert fed((x, 1), {}) != fed((x,), {"scale": 1})
    assert memory_of(x) != memory_of(y)
    with pytest.raises(IncomparableError):
        fed((x, x.view(5, 3)), {})
    with pytest.raises(IncomparableError):
        fed(([x],), {})


def test_a_tensor_with_attributes_is_not_compared():
    x = meta(3)
    x.mark = 1
    with pytest.raises(IncomparableError):
        fed((x,), {})


@pytest.mark.parametrize("draw", [torch.rand, lambda n: __import__("random").random()])
def test_a_random_number_is_noticed(draw):
    before = randomness()
    assert before == randomness()
    draw(1)
    assert before != randomness()


def test_numpys_random_number_is_noticed():
    numpy = pytest.importorskip("numpy")
    before = randomness()
    numpy.random.rand()
    assert before != randomness()


def test_surroundings_tell_modes_apart():
    plain = surroundings()
    with torch.inference_mode():
        assert surroundings() != plain
    with torch.device("meta"):
        assert surroundings() != plain
    assert surroundings() == plain


TABLE: list = []


class Reading(nn.Module):
    def forward(self, x):
        return x[TABLE]


class Inner(nn.Module):
    def forward(self, x):
        return [TABLE.append(each) for each in x]


class Good(nn.Conv2d):
    __constants__ = ["stride"]  # noqa: RUF012

    def forward(self, x):
        return super().forward(torch.relu(x))


def test_methods_that_speak_of_something_that_can_change_are_found():
    assert reaches_out(Reading)
    assert reaches_out(Inner)
    assert not reaches_out(Good)
    assert not any(map(reaches_out, (nn.Linear, nn.MultiheadAttention, nn.Sequential)))
