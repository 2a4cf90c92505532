"""Matrix product."""

from math import prod

import pytest
from hypothesis import given

from formulas import count, fc, matmul
from formulas.layers import MatMul
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


@pytest.mark.parametrize("shapes", [((2, 3, 5, 7), (7, 11)), ((3, 5, 7), (2, 3, 7, 11)),
                                    ((2, 1, 5, 7), (1, 3, 7, 11))])  # fmt: skip
def test_a_factor_that_is_broadcast_is_read_once(shapes):
    left, right = shapes
    cost = count(MatMul(), *shapes)
    assert (cost.macs, cost.activations) == (6 * 5 * 7 * 11, 6 * 5 * 11)
    assert cost.memory_access == prod(left) + prod(right) + 6 * 5 * 11


def test_a_complex_product_is_four_real_ones_and_as_many_outputs():
    shapes = (2, 3, 5, 7), (2, 3, 7, 11)
    real, both = (count(MatMul(added=11, is_complex=each), *shapes) for each in (False, True))
    assert both.macs == 4 * real.macs
    assert (both.activations, both.memory_access) == (real.activations, real.memory_access)
    assert both.elementwise == real.elementwise


def test_the_batch_may_be_an_array_on_both_sides():
    def product(batch):
        return count(MatMul(), (batch, 4096, 64), (batch, 64, 2048))

    assert_elementwise(product, {"batch": [2, 3, 64]})


@pytest.mark.parametrize("shapes", [((2, 3, 5, 7), (3, 2, 7, 11)), ((2, 5, 7), (3, 7, 11))])
def test_stacks_that_do_not_meet_are_refused(shapes):
    stacks = shapes[0][:-2], shapes[1][:-2]
    with refuses(f"shapes={stacks!r} must broadcast: equal sides, or 1"):
        count(MatMul(), *shapes)


@pytest.mark.parametrize("shapes", [((7,), (7, 11)), ((5, 7), (7,))])
def test_a_vector_is_no_matrix(shapes):
    vector = next(shape for shape in shapes if len(shape) == 1)
    with refuses(f"input={vector!r} must have at least 2 dimensions"):
        count(MatMul(), *shapes)


@pytest.mark.parametrize("wrong", [-1, 2.0, True, "3", None])
def test_an_impossible_addend_is_refused_when_built(wrong):
    with refuses(f"added={wrong!r} must be an integer of at least 0"):
        MatMul(added=wrong)
