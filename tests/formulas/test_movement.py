"""Concatenation, channel shuffle and copy: no arithmetic, but memory is touched."""

import pytest
from hypothesis import given

from formulas import Cost, channel_shuffle, concatenation, copy
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
