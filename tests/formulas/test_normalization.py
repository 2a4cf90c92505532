"""Batch normalisation."""

import pytest
from hypothesis import given

from formulas import batch_norm
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.symbols import D, H, N, W, assert_same, cin
from tests.strategies import FEW, batch_norms


@FEW
@given(batch_norms())
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


def test_every_field_in_symbols():
    cost = batch_norm(cin, (H, W), batch=N)
    assert_same(cost.params, 2 * cin)
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, 2 * N * cin * H * W + 2 * cin + 2 * cin)
    assert cost.macs == 0
    assert cost.activations == 0


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(batch_norm(cin, (W,)).elementwise, cin * W)
    assert_same(batch_norm(cin, (D, H, W)).elementwise, cin * D * H * W)


def test_without_affine_only_the_learnable_tensors_are_gone():
    """The running statistics are still read."""
    learned, plain = (batch_norm(5, (7, 11), affine=affine) for affine in (True, False))
    assert plain.params == 0
    assert plain.elementwise == learned.elementwise
    assert learned.memory_access - plain.memory_access == learned.params == 2 * 5


def test_doubling_the_batch_doubles_the_work_and_leaves_the_params():
    one, two = (batch_norm(5, (7, 11), batch=n) for n in (1, 2))
    assert (two.params, two.elementwise) == (one.params, 2 * one.elementwise)


@pytest.mark.parametrize("affine", [True, False])
def test_arrays_give_elementwise_what_ints_give(affine):
    varying = {"channels": [5, 64, 65536], "batch": [1, 3, 64]}
    assert_elementwise(batch_norm, varying, size=(112, 56), affine=affine)
