"""Matrix product."""

from math import prod

import pytest
import torch
from hypothesis import given

from formulas import count, fc, matmul
from formulas.layers import GroupedMatMul, MatMul
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


@pytest.mark.parametrize(
    ("shapes", "macs"),
    [
        (((7,), (7, 11)), 77), (((5, 7), (7,)), 35), (((7,), (7,)), 7),
        (((2, 3, 5, 7), (7,)), 210), (((7,), (2, 3, 7, 11)), 6 * 77),
    ],
)  # fmt: skip
def test_a_vector_is_a_row_on_the_left_and_a_column_on_the_right(shapes, macs):
    out = torch.matmul(*map(torch.empty, shapes))
    assert MatMul().out_shape(*shapes) == tuple(out.shape)
    cost = count(MatMul(), *shapes)
    assert (cost.macs, cost.activations) == (macs, out.numel())
    assert cost.memory_access == sum(map(prod, shapes)) + out.numel()


@pytest.mark.parametrize("shapes", [((), (7, 11)), ((5, 7), ())])
def test_a_number_is_no_matrix(shapes):
    with refuses("input=() must have at least 1 dimensions"):
        count(MatMul(), *shapes)


@pytest.mark.parametrize("shapes", [((7,), (5, 11)), ((5, 7), (11,)), ((7,), (11,))])
def test_a_vector_that_does_not_fit_is_refused(shapes):
    with refuses(f"inner=7 must equal the input's, {shapes[1][0]} in {shapes[1]!r}"):
        count(MatMul(), *shapes)


def test_products_that_are_added_up_leave_one_matrix():
    shapes = (3, 5, 7), (3, 7, 11)
    apart, summed = count(MatMul(), *shapes), count(MatMul(added=55, summed=True), *shapes)
    out = torch.addbmm(*map(torch.ones, ((5, 11), *shapes)))
    assert MatMul(summed=True).out_shape(*shapes) == tuple(out.shape)
    assert summed.macs == apart.macs == int((out - 1).sum())
    assert (summed.activations, summed.elementwise) == (55, 55)
    assert summed.memory_access == apart.memory_access - 2 * 55 + 55


def test_of_groups_the_count_does_not_depend_on_their_lengths():
    """Two experts see 13 rows together, whichever sees how many: a loop over the rows."""
    steps = sum(7 * 11 for _row in range(13))
    cost = count(GroupedMatMul(), (13, 7), (2, 7, 11), (2,))
    assert (cost.macs, cost.activations) == (steps, 13 * 11)
    assert count(GroupedMatMul(is_complex=True), (13, 7), (2, 7, 11), (2,)).macs == 4 * steps


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((13, 7), (2, 5, 11), (2,)), "inner=7 must equal the input's, 5 in (2, 5, 11)"),
        (((13, 7), (2, 7, 11), (3,)), "groups=3 must equal the input's, 2 in (2, 7, 11)"),
        (((2, 13, 7), (7, 11), (3,)), "groups=3 must equal the input's, 2 in (2, 13, 7)"),
        (((2, 13, 7), (2, 7, 11), (2,)), "input=(2, 13, 7) must be a matrix or a stack, "
         "one of the two flat, (2, 7, 11) and (2,) too"),
        (((13, 7), (7,), (2,)), "input=(13, 7) must be a matrix or a stack, "
         "one of the two flat, (7,) and (2,) too"),
    ],
)  # fmt: skip
def test_groups_that_do_not_meet_are_refused(shapes, words):
    with refuses(words):
        count(GroupedMatMul(), *shapes)


@FEW
@given(PLACED["grouped_matmul"])
def test_all_five_fields_are_what_a_loop_over_the_groups_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@pytest.mark.parametrize("wrong", [-1, 2.0, True, "3", None])
def test_an_impossible_addend_is_refused_when_built(wrong):
    with refuses(f"added={wrong!r} must be an integer of at least 0"):
        MatMul(added=wrong)
