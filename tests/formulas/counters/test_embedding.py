"""Embedding: rows are read, nothing is computed."""

import pytest
import torch
from hypothesis import given

from formulas import count, embedding, embedding_bag
from formulas.layers import Embedding, EmbeddingBag
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import real_out_shape
from tests.oracles.refusals import refuses
from tests.oracles.symbols import N, assert_same, cin, cout, m
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


@FEW
@given(PLACED["embedding_bag"])
def test_a_bag_costs_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["embedding_bag"])
def test_a_bags_output_shape_is_the_real_modules(placed):
    layer, shapes = placed
    real = torch.nn.EmbeddingBag(layer.rows, layer.width, include_last_offset=layer.closed)
    indices, *starts = (torch.zeros(shape, dtype=torch.int64) for shape in shapes)
    for each in starts:
        each[-1] = len(indices) if layer.closed else 0
    assert layer.out_shape(*shapes) == tuple(real(indices, *starts).shape)


def test_every_field_of_a_bag_in_symbols():
    cost = embedding_bag(cin, cout, indices=m, bags=N, starts=N)
    assert_same(cost.params, cin * cout)
    assert_same(cost.elementwise, m * cout)
    assert_same(cost.memory_access, m + N + m * cout + N * cout)
    assert (cost.macs, cost.activations) == (0, 0)


def test_bags_of_arrays_give_elementwise_what_ints_give():
    varying = {"indices": [7, 4096, 1 << 21], "bags": [3, 64, 4096]}
    assert_elementwise(embedding_bag, varying, rows=50257, width=2048)


@pytest.mark.parametrize("shapes", [((2, 3), (2,)), ((6,),), ((6,), (2, 2)), ((2, 3, 5),)])
def test_indices_that_are_in_no_bags_are_refused(shapes):
    words = "must be bags of indices, or a row of them and its bags"
    with refuses(f"input={shapes[0]!r} {words}"):
        count(EmbeddingBag(11, 7), *shapes)
