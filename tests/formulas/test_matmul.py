"""Matrix product."""

import pytest
from hypothesis import given

from formulas import fc, matmul
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import N, assert_same, cin, cout, m
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["matmul"])
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


def test_every_field_in_symbols():
    cost = matmul(m, cin, cout, batch=N)
    assert_same(cost.macs, N * m * cin * cout)
    assert_same(cost.activations, N * m * cout)
    assert_same(cost.memory_access, N * m * cin + N * cin * cout + N * m * cout)
    assert (cost.params, cost.elementwise) == (0, 0)


def test_what_is_added_is_read_and_costs_a_step_for_each_output():
    bare, added = matmul(3, 5, 7, batch=2), matmul(3, 5, 7, batch=2, added=7)
    assert added.macs == bare.macs
    assert (bare.elementwise, added.elementwise) == (0, 2 * 3 * 7)
    assert added.memory_access == bare.memory_access + 7


def test_turning_both_factors_over_changes_nothing():
    """(A B) transposed is B transposed times A transposed."""
    assert matmul(3, 5, 7, batch=2) == matmul(7, 5, 3, batch=2)


def test_with_a_weight_it_does_what_a_fully_connected_layer_does():
    layer, product = fc(5, 7, batch=3), matmul(3, 5, 7)
    assert (product.macs, product.memory_access) == (layer.macs, layer.memory_access)
    assert (product.params, layer.params) == (0, 35)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"rows": [3, 197, 4096], "inner": [5, 64, 2048], "batch": [1, 12, 64]}
    assert_elementwise(matmul, varying, columns=4096, added=4096)


@pytest.mark.parametrize("argument", ["rows", "inner", "columns", "batch"])
@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_impossible_sizes_are_refused(argument, wrong):
    sizes = {"rows": 3, "inner": 5, "columns": 7, "batch": 2} | {argument: wrong}
    with refuses(f"{argument}={wrong!r} must be an integer of at least 1"):
        matmul(**sizes)


@pytest.mark.parametrize("wrong", [-1, 2.0, True, "3", None])
def test_an_impossible_size_of_what_is_added_is_refused(wrong):
    with refuses(f"added={wrong!r} must be an integer of at least 0"):
        matmul(3, 5, 7, added=wrong)
