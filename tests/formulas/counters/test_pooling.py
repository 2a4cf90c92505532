"""Pooling, by a sliding window or to a fixed map."""

import pytest
from hypothesis import given

from formulas import pooling
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.symbols import H, Hin, N, W, Win, assert_same, cin
from tests.strategies import FEW, PLACED

KINDS_OF_POOLING = ("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool")


@pytest.mark.parametrize("kind", KINDS_OF_POOLING)
def test_all_five_fields_are_what_running_on_ones_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)

    check()


def test_every_field_in_symbols():
    cost = pooling(cin, (Hin, Win), (H, W), batch=N)
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, N * cin * Hin * Win + N * cin * H * W)
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_one_and_three_dimensions_have_as_many_sides():
    assert pooling(5, (7,), (3,)).elementwise == 5 * 3
    assert pooling(5, (7, 11, 13), (2, 3, 5)).elementwise == 5 * 2 * 3 * 5


def test_doubling_the_batch_doubles_everything():
    assert pooling(5, (7, 11), (2, 3), batch=2) == 2 * pooling(5, (7, 11), (2, 3))


def test_arrays_give_elementwise_what_ints_give():
    varying = {"channels": [5, 64, 65536], "batch": [1, 3, 64]}
    assert_elementwise(pooling, varying, in_size=(112, 56), out_size=(56, 28))
