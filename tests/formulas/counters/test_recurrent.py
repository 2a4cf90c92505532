"""LSTM, GRU and the plain RNN, as layers and as single cells."""

from itertools import product

import pytest
from hypothesis import given

from formulas import SizeError, count, recurrent
from formulas.layers import Recurrent
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import module_of, numel, real_out_shape
from tests.oracles.symbols import N, assert_same, cin, cout, m
from tests.strategies import FEW, PLACED

GATES = {"lstm": ("input", "forget", "cell", "output"), "gru": ("reset", "update", "new"),
         "rnn": ("new",)}  # fmt: skip
each_cell = pytest.mark.parametrize("cell", GATES)


@each_cell
def test_all_five_fields_are_what_the_cells_equations_give(cell):
    """Run by hand, step by step; the oracle's output is the real module's."""

    @FEW
    @given(PLACED[cell])
    def check(placed):
        layer, shapes = placed
        check_by_running(layer, *shapes)

    check()


@each_cell
def test_output_shape_and_params_are_those_of_the_real_module(cell):
    @FEW
    @given(PLACED[cell])
    def check(placed):
        layer, shapes = placed
        assert layer.out_shape(*shapes) == real_out_shape(layer, shapes[0])
        assert count(layer, *shapes).params == numel(module_of(layer))

    check()


@each_cell
@pytest.mark.parametrize("directions", [1, 2])
def test_macs_are_the_steps_of_the_nested_loops(cell, directions):
    """Each gate of each unit looks at what is fed and at the state: of a first and second layer."""
    steps = 0
    for _step, _sequence, _way in product(range(5), range(3), range(directions)):
        for fed in (range(11), range(7 * directions)):
            for _unit, _gate in product(range(7), GATES[cell]):
                for _element in (*fed, *range(7)):
                    steps += 1
    found = recurrent(cell, 11, 7, 5, layers=2, directions=directions, batch=3)
    assert found.macs == steps


@each_cell
def test_one_layer_in_symbols(cell):
    gates = len(GATES[cell])
    cost = recurrent(cell, cin, cout, m, batch=N)
    assert_same(cost.params, gates * cout * (cin + cout) + 2 * gates * cout)
    assert_same(cost.macs, N * m * gates * cout * (cin + cout))
    assert_same(cost.activations, N * m * 2 * gates * cout)
    states = N * cout * (2 if cell == "lstm" else 1)
    assert_same(cost.memory_access, N * m * (cin + cout) + states + cost.params)


@each_cell
def test_running_both_ways_doubles_one_layer(cell):
    one, both = (recurrent(cell, 11, 7, 5, directions=ways, batch=3) for ways in (1, 2))
    for field in ("params", "macs", "elementwise", "activations"):
        assert getattr(both, field) == 2 * getattr(one, field)
    assert both.memory_access == 2 * one.memory_access - 3 * 5 * 11  # the input is read once


@each_cell
def test_a_second_layer_is_fed_the_first_ones_output(cell):
    first, second = recurrent(cell, 11, 7, 5, batch=3), recurrent(cell, 7, 7, 5, batch=3)
    both = recurrent(cell, 11, 7, 5, layers=2, batch=3)
    for field in ("params", "macs", "elementwise", "activations"):
        assert getattr(both, field) == getattr(first, field) + getattr(second, field)
    assert both.memory_access == first.memory_access + second.memory_access - 2 * (3 * 5 * 7)


def test_an_lstm_has_four_gates_and_a_gru_three_for_each_of_a_plain_ones():
    lstm, gru, plain = (recurrent(cell, 11, 7, 5, batch=3) for cell in ("lstm", "gru", "rnn"))
    assert (lstm.params, lstm.macs) == (4 * plain.params, 4 * plain.macs)
    assert (gru.params, gru.macs) == (3 * plain.params, 3 * plain.macs)


@each_cell
def test_so_many_steps_are_so_many_cells(cell):
    run = count(Recurrent(cell, 11, 7), (5, 3, 11))
    once = count(Recurrent(cell, 11, 7, is_cell=True), (3, 11))
    assert run.params == once.params
    for field in ("macs", "elementwise", "activations"):
        assert getattr(run, field) == 5 * getattr(once, field)


def test_which_dimension_is_the_batch_changes_no_work():
    one = count(Recurrent("gru", 11, 7), (5, 3, 11))
    assert count(Recurrent("gru", 11, 7, batch_first=True), (3, 5, 11)) == one


def test_biases_are_two_for_each_gate_and_no_macs():
    bare, biased = (recurrent("gru", 11, 7, 5, bias=bias, batch=3) for bias in (False, True))
    assert biased.macs == bare.macs
    assert biased.params - bare.params == 2 * 3 * 7
    assert biased.elementwise - bare.elementwise == 5 * 3 * (2 * 3 * 7)


@each_cell
def test_arrays_give_elementwise_what_ints_give(cell):
    varying = {"input_size": [5, 64, 512], "hidden_size": [7, 128, 4096], "batch": [1, 3, 2**20]}
    assert_elementwise(lambda **o: recurrent(cell, **o), varying, steps=11, layers=2)


def test_many_sequences_are_exact_beside_plain_sizes():
    varying = {"batch": [1, 3, 2**20]}
    assert_elementwise(recurrent, varying, cell="lstm", input_size=11, hidden_size=4096, steps=7)


LSTM = {"cell": "lstm", "input_size": 11, "hidden_size": 7}
NO_NUMBER = (-1, 2.0, True, "2", None)


@pytest.mark.parametrize("build", [lambda **o: recurrent(**o, steps=5), Recurrent],
                         ids=["formula", "description"])  # fmt: skip
@pytest.mark.parametrize(
    ("argument", "wrongs"),
    [
        ("input_size", (0, *NO_NUMBER)),
        ("hidden_size", (0, *NO_NUMBER)),
        ("layers", (0, *NO_NUMBER)),
        ("directions", (0, 3, *NO_NUMBER)),
        ("proj_size", (7, 9, *NO_NUMBER)),
        ("cell", ("foo", None)),
    ],
)
def test_what_a_recurrent_layer_cannot_be_is_refused_by_name(build, argument, wrongs):
    """A projection must be shorter than the state, as torch wants it."""
    for wrong in wrongs:
        with pytest.raises(SizeError, match=rf"^{argument}={wrong!r} "):
            build(**LSTM | {argument: wrong})


@pytest.mark.parametrize("cell", ["gru", "rnn"])
def test_only_an_lstm_projects(cell):
    with pytest.raises(SizeError, match=r"^proj_size=5 "):
        recurrent(cell, 11, 7, 5, proj_size=5)


@pytest.mark.parametrize("shape", [(11,), (2, 3, 5, 11), ()])
def test_a_sequence_has_two_or_three_dimensions(shape):
    with pytest.raises(SizeError):
        count(Recurrent("gru", 11, 7), shape)
