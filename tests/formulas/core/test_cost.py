"""Cost: adding, repeating, and the conventions it is read by."""

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import CONVENTION, Cost, fc, standard
from formulas.core.cost import COST_FIELDS, has_any, weighted
from tests.oracles.symbols import N, cout
from tests.strategies import FEW

costs = st.builds(Cost, *[st.integers(0, 10**15)] * 5)


def test_fields_are_exactly_the_five_of_the_convention():
    names = ("params", "macs", "elementwise", "activations", "memory_access")
    assert tuple(field.name for field in fields(Cost)) == COST_FIELDS == names


def test_flops_are_two_for_each_multiply_add():
    assert Cost(macs=7, elementwise=5).flops == 14


def test_convention_states_what_is_counted():
    assert "1 MAC = 1 multiply-add; flops = 2 * macs" in CONVENTION
    assert "params include biases and normalisation" in CONVENTION


def test_a_cost_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Cost().macs = 3


@FEW
@given(costs, costs)
def test_sum_adds_each_field_and_does_not_mix_them(a, b):
    for name in COST_FIELDS:
        assert getattr(a + b, name) == getattr(a, name) + getattr(b, name)


@FEW
@given(costs, costs, costs)
def test_addition_has_a_zero_and_does_not_care_for_order(a, b, c):
    assert a + Cost() == a
    assert a + b == b + a
    assert (a + b) + c == a + (b + c) == sum([a, b, c], Cost())


@FEW
@given(costs, st.integers(0, 12))
def test_repeating_is_adding_so_many_times(cost, times):
    assert times * cost == cost * times == sum([cost] * times, Cost())


def test_a_layer_run_three_times_costs_what_three_layers_cost():
    layer = standard(3, 5, kernel=(3, 2), out_size=(7, 11), bias=True)
    assert 3 * layer == layer + layer + layer
    assert (3 * layer).params == 3 * (3 * 5 * 3 * 2 + 5)


def test_a_cost_may_be_repeated_a_symbolic_number_of_times():
    assert (N * fc(5, 7)).macs == 35 * N


@pytest.mark.parametrize("other", [1, 0, None, "cost"])
def test_something_else_cannot_be_added(other):
    with pytest.raises(TypeError, match="unsupported operand"):
        Cost() + other


def test_weighted_counts_a_step_for_each_output_only_where_there_is_a_bias():
    sizes = {"weights": 30, "macs": 90, "inputs": 11, "outputs": 7}
    assert weighted(biases=0, **sizes) == Cost(30, 90, 0, 7, 11 + 7 + 30)
    assert weighted(biases=5, **sizes) == Cost(35, 90, 7, 7, 11 + 7 + 35)


@pytest.mark.parametrize(("biases", "any_of_them"), [(0, False), (1, True), (7, True)])
def test_has_any_knows_no_biases_from_some(biases, any_of_them):
    assert has_any(biases) is any_of_them


def test_a_symbolic_number_of_biases_is_some():
    assert has_any(cout) is True
