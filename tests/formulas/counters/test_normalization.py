"""Batch normalisation, and those by the input's own statistics."""

import pytest
from hypothesis import given

from formulas import SizeError, batch_norm, count, normalization, rms_norm
from formulas.layers import BatchNorm, Normalization, RMSNorm
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import D, H, N, W, assert_same, cin, cout
from tests.strategies import FEW, PLACED, batch_norms


@FEW
@given(batch_norms())
def test_all_five_fields_are_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


def test_every_field_in_symbols():
    cost = batch_norm(cin, (H, W), batch=N)
    assert_same(cost.params, 2 * cin)
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, 2 * N * cin * H * W + 2 * cin + 2 * cin)
    assert cost.macs == 0
    assert cost.activations == 0


def test_one_and_three_dimensions_have_as_many_sides():
    assert_same(batch_norm(cin, (W,)).elementwise, cin * W)
    assert_same(batch_norm(cin, (D, H, W)).elementwise, cin * D * H * W)


def test_without_affine_only_the_learnable_tensors_are_gone():
    """The running statistics are still read."""
    learned, plain = (batch_norm(5, (7, 11), affine=affine) for affine in (True, False))
    assert plain.params == 0
    assert plain.elementwise == learned.elementwise
    assert learned.memory_access - plain.memory_access == learned.params == 2 * 5


def test_doubling_the_batch_doubles_the_work_and_leaves_the_params():
    one, two = (batch_norm(5, (7, 11), batch=n) for n in (1, 2))
    assert (two.params, two.elementwise) == (one.params, 2 * one.elementwise)


@pytest.mark.parametrize("affine", [True, False])
def test_arrays_give_elementwise_what_ints_give(affine):
    varying = {"channels": [5, 64, 65536], "batch": [1, 3, 64]}
    assert_elementwise(batch_norm, varying, size=(112, 56), affine=affine)


def test_over_vectors_there_is_one_position():
    norm = BatchNorm(5, dims=0)
    assert norm.out_shape((3, 5)) == (3, 5)
    assert count(norm, (3, 5)) == batch_norm(5, 1, batch=3)
    assert norm.symbols((3, 5)) == {"cin": 5, "N": 3}
    with refuses("channels=5 must equal the input's, 3 in (5, 3)"):
        norm.out_shape((5, 3))


def test_a_refused_map_is_named_size():
    with refuses("size=0 must be an integer of at least 1"):
        batch_norm(5, (7, 0))


@pytest.mark.parametrize("wrong", [-1, 4, True, None, "2"])
def test_a_batch_norm_has_none_to_three_spatial_dimensions(wrong):
    with pytest.raises(SizeError, match=rf"^dims={wrong!r} "):
        BatchNorm(5, dims=wrong)


OWN_STATISTICS = ("layer_norm", "group_norm", "instance_norm")


@pytest.mark.parametrize("kind", OWN_STATISTICS)
def test_statistics_of_the_input_cost_what_running_on_ones_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)
        assert layer.out_shape(*shapes) == shapes[0]

    check()


def test_with_the_inputs_own_statistics_every_field_in_symbols():
    cost = normalization((N, cin, H, W), cout)
    assert_same(cost.params, cout)
    assert_same(cost.elementwise, N * cin * H * W)
    assert_same(cost.memory_access, 2 * N * cin * H * W + cout)
    assert (cost.macs, cost.activations) == (0, 0)


def test_a_group_norm_is_a_batch_norm_without_running_statistics():
    tracked, own = batch_norm(5, (7, 11), batch=2), normalization((2, 5, 7, 11), 2 * 5)
    assert own == batch_norm(5, (7, 11), tracked=False, batch=2)
    assert tracked.memory_access - own.memory_access == 2 * 5


def test_with_own_statistics_arrays_give_elementwise_what_ints_give():
    def of_batch(batch):
        return normalization((batch, 65536, 112, 57), 2 * 65536)

    assert_elementwise(of_batch, {"batch": [1, 3, 64]})


@pytest.mark.parametrize("wrong", [-1, 2.0, True, "3", None])
def test_impossible_params_are_refused(wrong):
    rule = "must be an integer of at least 0"
    with refuses(f"params={wrong!r} {rule}"):
        normalization((2, 5, 7), wrong)
    with refuses(f"params={wrong!r} {rule}"):
        Normalization("layer_norm", wrong)


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_an_impossible_shape_is_refused(wrong):
    with refuses(f"shape={wrong!r} must be an integer of at least 1"):
        normalization((2, wrong, 5))


@FEW
@given(PLACED["rms_norm"])
def test_a_norm_by_the_mean_square_costs_the_steps_of_its_definition(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


def test_a_norm_by_the_mean_square_in_symbols():
    plain, scaled = rms_norm(cin, affine=False, batch=N), rms_norm(cin, batch=N)
    assert_same(plain.elementwise, N * (2 * cin + 3))
    assert_same(plain.memory_access, 2 * N * cin)
    assert_same(scaled.elementwise - plain.elementwise, N * cin)
    assert_same(scaled.memory_access - plain.memory_access, cin)
    assert (plain.params, scaled.params) == (0, cin)


def test_a_norm_by_the_mean_square_of_arrays():
    assert_elementwise(rms_norm, {"batch": [1, 2048, 1 << 20], "width": [7, 4096, 8192]})


def test_sides_that_the_input_has_not_are_refused():
    with refuses("sides=5 must equal the input's, 7 in (2, 5, 7)"):
        count(RMSNorm((5,)), (2, 5, 7))
    with refuses("sides=0 must be an integer of at least 1"):
        RMSNorm((0,))
