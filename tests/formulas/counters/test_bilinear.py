"""Bilinear layer, and the outer product of two vectors."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given

from formulas import SizeError, bilinear, count, fc, matmul
from formulas.layers import Bilinear, Linear, Outer
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import module_of, numel, real_out_shape
from tests.oracles.refusals import refuses
from tests.oracles.symbols import N, assert_same, cin, cout, m
from tests.strategies import FEW, PLACED


@pytest.mark.parametrize("kind", ["bilinear", "outer"])
def test_all_five_fields_are_what_running_on_ones_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)

    check()


@FEW
@given(PLACED["bilinear"])
def test_output_shape_and_params_are_those_of_the_real_module(placed):
    layer, shapes = placed
    assert layer.out_shape(*shapes) == real_out_shape(layer, *shapes)
    assert count(layer, *shapes).params == numel(module_of(layer))


def test_macs_are_the_steps_of_the_nested_loops():
    steps = 0
    for _pair, _out, _one, _two in product(range(6), range(5), range(11), range(7)):
        steps += 1
    assert count(Bilinear(11, 7, 5), (2, 3, 11), (2, 3, 7)).macs == steps


def test_every_field_in_symbols():
    cost = bilinear(cin, m, cout, bias=True, batch=N)
    assert_same(cost.params, cin * m * cout + cout)
    assert_same(cost.macs, N * cin * m * cout)
    assert_same(cost.elementwise, N * cout)
    assert_same(cost.activations, N * cout)
    assert_same(cost.memory_access, N * (cin + m) + N * cout + cost.params)


def test_with_a_second_input_of_one_element_it_is_fully_connected():
    one, other = bilinear(11, 1, 5, batch=3), fc(11, 5, batch=3)
    assert (one.params, one.macs, one.activations) == (other.params, other.macs, other.activations)
    assert one.memory_access == other.memory_access + 3


def test_the_inputs_may_change_places():
    assert bilinear(11, 7, 5, bias=True, batch=3) == bilinear(7, 11, 5, bias=True, batch=3)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"in1_features": [5, 64, 2048], "in2_features": [7, 32, 4096], "batch": [1, 3, 64]}
    assert_elementwise(bilinear, varying, out_features=16, bias=True)


def test_an_outer_product_is_a_matrix_product_over_one():
    assert count(Outer(), (7,), (11,)) == matmul(7, 1, 11)
    assert Outer().out_shape((7,), (11,)) == (7, 11)


@pytest.mark.parametrize("shapes", [((2, 3), (5,)), ((5,), (2, 3)), ((), (5,))])
def test_an_outer_product_takes_two_vectors(shapes):
    with pytest.raises(SizeError):
        count(Outer(), *shapes)


@pytest.mark.parametrize("two", [(3, 7), (7,), (3, 2, 7)])
def test_pairs_that_do_not_pair_up_are_refused(two):
    with pytest.raises(SizeError):
        count(Bilinear(11, 7, 5), (2, 11), two)


@pytest.mark.parametrize("argument", ["in1_features", "in2_features", "out_features"])
def test_impossible_features_are_refused_when_built(argument):
    for wrong in (0, -3, 2.0, True, "3", None):
        features = {"in1_features": 11, "in2_features": 7, "out_features": 5, argument: wrong}
        with refuses(f"{argument}={wrong!r} must be an integer of at least 1"):
            Bilinear(**features)


@pytest.mark.parametrize(
    ("real", "both", "shapes"),
    [
        (Bilinear(5, 7, 3, True), Bilinear(5, 7, 3, True, True), ((2, 5), (2, 7))),
        (Linear(5, 7, True), Linear(5, 7, True, True), ((2, 5),)),
        (Outer(), Outer(True), ((5,), (7,))),
    ],
    ids=["bilinear", "linear", "outer"],
)
def test_a_complex_layer_is_four_real_ones_in_its_macs_alone(real, both, shapes):
    one, four = count(real, *shapes), count(both, *shapes)
    assert four == replace(one, macs=4 * one.macs)
    assert both.symbols(*shapes)["N"] == 4 * real.symbols(*shapes)["N"]
