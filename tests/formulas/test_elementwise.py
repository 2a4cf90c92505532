"""Activations, additions, and any other element-wise operation."""

import pytest
from hypothesis import given

from formulas import activation, addition, elementwise
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same, cin, m
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["activation"])
def test_an_activation_costs_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["addition"])
def test_an_addition_costs_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["elementwise"])
def test_any_elementwise_operation_costs_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


def test_a_broadcast_operation_in_symbols_reads_each_tensor_once():
    cost = elementwise((N, cin, H, W), (cin, 1, 1))
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, 2 * N * cin * H * W + cin)


def test_on_one_tensor_it_is_an_activation_and_on_two_an_addition():
    shape = (2, 3, 5, 7)
    assert elementwise(shape) == activation(shape)
    assert elementwise(shape, shape) == addition(shape)


def test_an_activation_in_symbols():
    cost = activation((N, cin, H, W))
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, 2 * N * cin * H * W)
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_an_addition_in_symbols():
    cost = addition((N, cin, H, W), m)
    assert_same(cost.elementwise, (m - 1) * N * cin * H * W)
    assert_same(cost.memory_access, (m + 1) * N * cin * H * W)
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_two_summands_are_meant_where_nothing_is_said():
    assert addition((2, 3, 5, 7)) == addition((2, 3, 5, 7), 2)


def test_three_summands_take_two_additions_but_write_no_sum_between():
    once, twice = addition((2, 3, 5, 7)), addition((2, 3, 5, 7), 3)
    assert twice.elementwise == 2 * once.elementwise
    assert twice.memory_access == 2 * once.memory_access - 2 * (2 * 3 * 5 * 7)


@pytest.mark.parametrize("formula", [activation, addition])
def test_only_the_number_of_elements_matters(formula):
    assert formula((2, 3, 5, 7)) == formula((210,)) == formula((7, 30))


@pytest.mark.parametrize("formula", [activation, addition])
def test_arrays_give_elementwise_what_ints_give(formula):
    def of_batch(batch):
        return formula((batch, 65536, 112, 57))

    assert_elementwise(of_batch, {"batch": [1, 3, 64]})


@pytest.mark.parametrize("formula", [activation, addition])
@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_an_impossible_shape_is_refused(formula, wrong):
    with refuses(f"shape={wrong!r} must be an integer of at least 1"):
        formula((2, wrong, 5))
