"""Embedding: rows are read, nothing is computed."""

import pytest
from hypothesis import given

from formulas import embedding
from formulas.layers import Embedding
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import real_out_shape
from tests.oracles.refusals import refuses
from tests.oracles.symbols import N, assert_same, cin, cout
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["embedding"])
def test_all_five_fields_are_what_running_gives(placed):
    """The rows that are read are those that the gradient reaches."""
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["embedding"])
def test_output_shape_is_that_of_the_real_module(placed):
    layer, (shape,) = placed
    assert layer.out_shape(shape) == real_out_shape(layer, shape)


def test_every_field_in_symbols():
    cost = embedding(cin, cout, indices=N)
    assert_same(cost.params, cin * cout)
    assert_same(cost.memory_access, N + 2 * N * cout)
    assert (cost.macs, cost.elementwise, cost.activations) == (0, 0, 0)


def test_a_longer_table_has_more_params_and_is_read_no_more():
    short, long = embedding(11, 7, indices=5), embedding(13, 7, indices=5)
    assert long.params - short.params == 2 * 7
    assert long.memory_access == short.memory_access


def test_arrays_give_elementwise_what_ints_give():
    varying = {"rows": [11, 512, 2**20], "indices": [5, 128, 2**20]}
    assert_elementwise(embedding, varying, width=4096)


@pytest.mark.parametrize("argument", ["rows", "width"])
def test_impossible_sizes_are_refused_when_built(argument):
    for wrong in (0, -3, 2.0, True, "3", None):
        with refuses(f"{argument}={wrong!r} must be an integer of at least 1"):
            Embedding(**{"rows": 11, "width": 7} | {argument: wrong})
