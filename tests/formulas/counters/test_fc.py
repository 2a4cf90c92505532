"""Fully connected layer."""

import pytest
from hypothesis import given

from formulas import fc
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking
from tests.oracles.symbols import N, assert_same, cin, cout
from tests.strategies import FEW, linears


@FEW
@given(linears())
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(linears())
def test_macs_are_the_steps_of_the_nested_loops(placed):
    layer, shapes = placed
    check_by_walking(layer, *shapes)


def test_without_bias_it_is_the_documents_expression():
    cost = fc(cin, cout)
    assert_same(cost.params, cin * cout)
    assert_same(cost.macs, cin * cout)
    assert cost.elementwise == 0


def test_every_field_with_bias_and_batch_in_symbols():
    cost = fc(cin, cout, bias=True, batch=N)
    assert_same(cost.params, cin * cout + cout)
    assert_same(cost.macs, N * cin * cout)
    assert_same(cost.elementwise, N * cout)
    assert_same(cost.activations, N * cout)
    assert_same(cost.memory_access, N * cin + N * cout + cin * cout + cout)


@pytest.mark.parametrize("bias", [False, True])
def test_doubling_the_batch_doubles_the_work_and_leaves_the_params(bias):
    one, two = (fc(5, 7, bias=bias, batch=n) for n in (1, 2))
    assert (two.params, two.macs) == (one.params, 2 * one.macs)
    assert two.elementwise == 2 * one.elementwise


def test_two_layers_of_half_the_outputs_have_the_params_and_macs_of_one():
    whole, half = fc(5, 14, bias=True), fc(5, 7, bias=True)
    assert (2 * half.params, 2 * half.macs) == (whole.params, whole.macs)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"in_features": [5, 64, 65536], "out_features": [7, 11, 65537], "batch": [1, 3, 2]}
    assert_elementwise(fc, varying, bias=True)
