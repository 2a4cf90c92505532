"""Concatenation, channel shuffle and copy: no arithmetic, but memory is touched."""

import numpy as np
import pytest
import torch
from hypothesis import given

from formulas import Cost, channel_shuffle, concatenation, copy, count
from formulas.layers import Concat, Pad, PixelShuffle, Unfold
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same, cin, g
from tests.strategies import FEW, PLACED


@pytest.mark.parametrize("kind", ["concatenation", "channel_shuffle", "copy"])
def test_it_costs_what_running_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)

    check()


def test_all_read_and_write_each_element_once():
    shape = (N, cin, H, W)
    for cost in (concatenation(shape), channel_shuffle(shape, g), copy(shape)):
        assert_same(cost.memory_access, 2 * N * cin * H * W)
        assert (cost.params, cost.macs, cost.elementwise, cost.activations) == (0, 0, 0, 0)


def test_one_group_shuffles_nothing():
    assert channel_shuffle((2, 15, 7, 11), groups=1) == Cost()


@pytest.mark.parametrize("groups", [3, 5])
def test_how_many_groups_shuffle_does_not_matter(groups):
    assert channel_shuffle((2, 15, 7, 11), groups) == Cost(memory_access=2 * 2 * 15 * 7 * 11)


def test_groups_that_do_not_divide_the_channels_are_refused():
    with refuses("groups=4 must divide channels=15"):
        channel_shuffle((2, 15, 7, 11), groups=4)


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_impossible_numbers_are_refused(wrong):
    with refuses(f"groups={wrong!r} must be an integer of at least 1"):
        channel_shuffle((2, 15, 7, 11), groups=wrong)
    with refuses(f"shape={wrong!r} must be an integer of at least 1"):
        channel_shuffle((2, 15, wrong, 11), groups=3)
    with refuses(f"shape={wrong!r} must be an integer of at least 1"):
        concatenation((2, 15, wrong, 11))
    with refuses(f"shape={wrong!r} must be an integer of at least 1"):
        copy((2, 15, wrong, 11))


def test_arrays_give_elementwise_what_ints_give():
    def joined(batch):
        return concatenation((batch, 65536, 112, 57))

    def shuffled(batch):
        return channel_shuffle((batch, 65536, 112, 57), groups=2)

    assert_elementwise(joined, {"batch": [1, 3, 64]})
    assert_elementwise(shuffled, {"batch": [1, 3, 64]})


@pytest.mark.parametrize("groups", [1, 15])
def test_one_channel_in_each_group_stays_where_it_is(groups):
    assert channel_shuffle((2, 15, 7, 11), groups) == Cost()


@pytest.mark.parametrize("shape", [(), (15,)])
def test_a_shuffle_needs_channels(shape):
    with refuses(f"shape={shape!r} must have channels, in dimension 1"):
        channel_shuffle(shape, groups=3)


def test_a_shuffle_takes_arrays_of_channels():
    found = channel_shuffle((2, np.array([6, 15]), 7, 11), groups=3)
    assert found.memory_access.tolist() == [2 * 2 * 6 * 77, 2 * 2 * 15 * 77]


@pytest.mark.parametrize("swept", [0, 2])
def test_a_concatenation_takes_arrays_of_batches_and_of_sides(swept):
    def joined(side):
        shape = [2, 5, 7, 11]
        shape[swept] = side
        return count(Concat(), tuple(shape), (shape[0], 3, *shape[2:])).memory_access

    assert joined(np.array([13, 17])).tolist() == [joined(13), joined(17)]


def test_an_empty_vector_joins_anything():
    """As in torch: it adds nothing."""
    assert torch.cat([torch.ones(0), torch.ones(2, 5)], 1).shape == (2, 5)
    assert Concat().out_shape((0,), (2, 5)) == (2, 5)
    assert Concat(0).out_shape((0,), (0,)) == (0,)


@pytest.mark.parametrize(
    ("dim", "shapes", "words"),
    [
        (1, [(2, 3, 7), (2, 3, 5)], "shape=(2, 3, 5) must be as (2, 3, 7) but in dimension 1"),
        (-1, [(2, 3, 7), (5, 3, 7)], "shape=(5, 3, 7) must be as (2, 3, 7) but in dimension 2"),
        (1, [(2, 3), (2, 3, 5)], "shape=(2, 3, 5) must be as (2, 3) but in dimension 1"),
        (3, [(2, 3, 7), (2, 3, 7)], "dim=3 must be a dimension of (2, 3, 7)"),
        (-4, [(2, 3, 7)], "dim=-4 must be a dimension of (2, 3, 7)"),
    ],
)
def test_what_cannot_be_joined_is_refused(dim, shapes, words):
    with pytest.raises((RuntimeError, IndexError)):
        torch.cat([torch.ones(shape) for shape in shapes], dim)
    with refuses(words):
        count(Concat(dim), *shapes)


def test_a_copy_of_another_shape_is_written_as_large_as_it_is():
    cost = copy((N, cin, H), (N, cin, H + 3))
    assert_same(cost.memory_access, N * cin * (2 * H + 3))


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (Pad(((0, 0),) * 3), (2, 3), "input=(2, 3) must have at least 3 dimensions"),
        (Pad(((-2, -2),)), (2, 3), "sides=((-2, -2),) must leave something of (2, 3)"),
        (PixelShuffle(2), (2, 6, 5, 7), "factor * factor=4 must divide channels=6"),
        (PixelShuffle(2, True), (2, 6, 5, 8), "factor=2 must divide height=5"),
        (PixelShuffle(2, True), (2, 6, 8, 5), "factor=2 must divide width=5"),
        (PixelShuffle(2), (6, 5), "input=(6, 5) must have at least 3 dimensions"),
        (Unfold(3), (6, 5), "input=(6, 5) must have at least 3 dimensions"),
        (Unfold((3, 9)), (1, 5, 6, 7), "kernel=9 must fit in the padded map: 7 + 2 * 0"),
    ],
)
def test_a_map_that_cannot_be_laid_out_anew_is_refused(layer, shape, words):
    with refuses(words):
        count(layer, shape)


def test_layouts_take_symbols():
    assert Pad(((1, 2),)).out_shape((N, H))[1] - H == 3
    assert PixelShuffle(g).out_shape((N, cin * g**2, H, W)) == (N, cin, g * H, g * W)
    assert PixelShuffle(g, True).out_shape((N, cin, g * H, g * W)) == (N, cin * g**2, H, W)
