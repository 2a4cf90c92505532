"""Activations, additions, reductions, and any other element-wise operation."""

import pytest
from hypothesis import given

from formulas import SizeError, activation, addition, count, elementwise, pooling
from formulas.counters.elementwise import reduction
from formulas.layers import Gate, Reduction
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.running_families import reduced
from tests.oracles.symbols import H, N, W, assert_same, cin, m
from tests.oracles.tensors import ones
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


@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", None])
def test_an_impossible_number_of_summands_is_refused(wrong):
    with refuses(f"operands={wrong!r} must be an integer of at least 1"):
        addition((2, 3, 5), wrong)


def test_one_summand_is_no_addition():
    assert addition((2, 3, 5), 1).elementwise == 0


@pytest.mark.parametrize("wrong", [-3, 2.0, True, "3", None])
def test_an_impossible_side_of_any_operation_is_refused(wrong):
    with refuses(f"shape={wrong!r} must be an integer of at least 0"):
        elementwise((2, 3, 5), (wrong, 1))


def test_any_operation_needs_a_tensor():
    with refuses("shapes=() must be at least one"):
        elementwise()


def test_an_operation_on_an_empty_tensor_costs_nothing_and_reads_the_other():
    cost = elementwise((0, 3), (3,))
    assert (cost.elementwise, cost.memory_access) == (0, 3)


def test_shapes_with_arrays_broadcast_elementwise():
    def scaled(batch):
        return elementwise((batch, 65536, 112, 57), (65536, 1, 1))

    assert_elementwise(scaled, {"batch": [2, 3, 64]})


@FEW
@given(PLACED["reduction"])
def test_a_reduction_costs_what_running_on_ones_gives(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["reduction"])
def test_a_reduction_leaves_the_shape_that_torch_leaves(placed):
    layer, (shape,) = placed
    assert layer.out_shape(shape) == tuple(reduced(layer, ones(shape)).shape)


def test_a_reduction_in_symbols():
    cost = reduction((N, cin, H, W), (N, cin))
    assert_same(cost.elementwise, N * cin)
    assert_same(cost.memory_access, N * cin * H * W + N * cin)
    assert (cost.params, cost.macs, cost.activations) == (0, 0, 0)


def test_a_mean_over_the_map_is_counted_as_global_pooling_is():
    shape = (2, 5, 7, 11)
    assert count(Reduction("mean", (2, 3)), shape) == pooling(5, (7, 11), (1, 1), batch=2)


def test_over_no_axes_everything_is_reduced():
    assert Reduction("sum", ()).out_shape((2, 5, 7)) == ()
    assert Reduction("sum", (), keep=True).out_shape((2, 5, 7)) == (1, 1, 1)
    assert count(Reduction("sum", ()), (2, 5, 7)) == count(Reduction("sum", (0, 1, 2)), (2, 5, 7))


@pytest.mark.parametrize("axis", [3, -4])
def test_an_axis_that_is_not_there_is_refused(axis):
    with pytest.raises(IndexError):
        ones((2, 5, 7)).sum(axis)
    with pytest.raises(SizeError):
        Reduction("sum", (axis,)).out_shape((2, 5, 7))


@pytest.mark.parametrize("wrong", [-3, 2.0, True, "3", None])
def test_an_impossible_side_of_a_reduction_is_refused(wrong):
    with pytest.raises(SizeError, match=rf"^in_shape={wrong!r} "):
        reduction((2, wrong, 5), (2,))
    with pytest.raises(SizeError, match=rf"^out_shape={wrong!r} "):
        reduction((2, 3, 5), (2, wrong))


@pytest.mark.parametrize("kind", ["prelu", "gate"])
def test_learned_slopes_and_gates_cost_what_running_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)

    check()


def test_learned_slopes_are_params_and_are_read():
    plain, learned = activation((N, cin, H)), activation((N, cin, H), cin)
    assert_same(learned.params, cin)
    assert_same(learned.memory_access - plain.memory_access, cin)
    assert learned.elementwise == plain.elementwise


def test_a_gate_leaves_half_along_its_dimension():
    assert Gate(-2).out_shape((2, 6, 5)) == (2, 3, 5)
    assert Gate(1).out_shape((N, 2 * cin, H)) == (N, cin, H)


@pytest.mark.parametrize(
    ("dim", "words"),
    [
        (2, "halves=2 must divide channels=5"),
        (3, "dim=3 must be a dimension of (2, 6, 5)"),
        (-4, "dim=-4 must be a dimension of (2, 6, 5)"),
    ],
)
def test_a_gate_without_halves_is_refused(dim, words):
    with refuses(words):
        count(Gate(dim), (2, 6, 5))


@pytest.mark.parametrize("wrong", [-1, 2.0, True, "3", None])
def test_impossible_params_of_an_activation_are_refused(wrong):
    with refuses(f"params={wrong!r} must be an integer of at least 0"):
        activation((2, 3), wrong)
