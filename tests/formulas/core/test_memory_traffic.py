"""Traffic: what adds up, what a data type weighs, and that its three parts are the whole access."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import count
from formulas.core.errors import SizeError
from formulas.core.memory_traffic import (
    DTYPE_BYTES,
    FLOATS,
    STORED,
    Traffic,
    added,
    bytes_moved,
    elements_moved,
)
from formulas.kinds import moved, traffic
from formulas.layers import (
    Attention,
    ChannelShuffle,
    Concat,
    Conv,
    Embedding,
    EmbeddingBag,
    Linear,
    MatMul,
    Recurrent,
)

parts = st.integers(0, 2**70)
traffics = st.builds(Traffic, parts, parts, parts)
moves = st.dictionaries(st.sampled_from(sorted(DTYPE_BYTES)), traffics)


@given(traffics, traffics, st.integers(0, 97))
def test_traffic_adds_and_scales_part_by_part(one, two, times):
    both = one + two
    assert (both.inputs, both.outputs) == (one.inputs + two.inputs, one.outputs + two.outputs)
    assert both.total == one.total + two.total
    assert (times * one).total == times * one.total
    assert times * both == times * one + both.__mul__(times) + (-1 * (times * one))


def test_traffic_adds_to_traffic_alone():
    with pytest.raises(TypeError):
        Traffic() + 1


@given(moves, moves)
def test_what_is_moved_together_weighs_as_much_as_apart(one, two):
    both = added((one, two))
    assert elements_moved(both) == elements_moved(one) + elements_moved(two)
    assert bytes_moved(both) == bytes_moved(one) + bytes_moved(two)


@given(moves, st.sampled_from(sorted(STORED)))
def test_a_chosen_type_changes_floating_numbers_alone(some, dtype):
    rest = {name: each for name, each in some.items() if name not in FLOATS}
    floating = elements_moved({name: each for name, each in some.items() if name in FLOATS})
    assert bytes_moved(some, dtype) == bytes_moved(rest) + STORED[dtype] * floating


def test_an_unknown_type_is_refused_with_the_choice():
    with pytest.raises(SizeError, match="bytes_as='int32' must be one of float64, float32"):
        bytes_moved({}, "int32")


# The parts of each layer, counted by hand on unequal primes.
BY_HAND = [
    (Conv(3, 5, kernel=7, stride=2, padding=3, bias=True), [(2, 3, 11, 13)],
     (2 * 3 * 11 * 13, 2 * 5 * 6 * 7, 5 * 3 * 49 + 5)),
    (Linear(7, 11), [(2, 3, 7)], (42, 66, 77)),
    (MatMul(added=7), [(2, 3, 5), (5, 7)], (30 + 35 + 7, 42, 0)),
    (Attention(mask=35), [(2, 3, 5, 11), (2, 3, 7, 11), (2, 3, 7, 13)],
     (2 * 3 * (5 * 11 + 7 * 11 + 7 * 13) + 35, 2 * 3 * 5 * 13, 0)),
    (Recurrent("lstm", 3, 5), [(7, 2, 3)], (42, 7 * 2 * 5 + 2 * 2 * 5, 4 * 5 * (3 + 5 + 2))),
    (Recurrent("gru", 3, 5, is_cell=True), [(2, 3), (2, 5)], (6 + 10, 10, 3 * 5 * (3 + 5 + 2))),
    (EmbeddingBag(101, 7), [(3, 5)], (15, 21, 15 * 7)),
    (Concat(), [(1, 3, 5), (1, 2, 5)], (25, 25, 0)),
    (ChannelShuffle(1), [(1, 6, 5, 7)], (0, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("layer", "shapes", "parts"), BY_HAND, ids=lambda case: type(case).__name__
)
def test_the_parts_are_those_counted_by_hand_and_their_sum_is_the_access(layer, shapes, parts):
    assert traffic(layer, *shapes) == Traffic(*parts)
    assert traffic(layer, *shapes).total == count(layer, *shapes).memory_access


def test_indices_are_integers_and_what_they_find_is_not():
    found = moved(Embedding(101, 7), (3, 5), dtype="float16")
    assert found == {"int64": Traffic(15), "float16": Traffic(0, 105, 105)}
    assert bytes_moved(found).total == 8 * 15 + 2 * 210


def test_traffic_of_a_sweep_and_of_symbols():
    numpy, sympy = pytest.importorskip("numpy"), pytest.importorskip("sympy")
    widths = numpy.array([2, 3, 5])
    swept = traffic(Conv(7, widths, kernel=1), (1, 7, 11, 13))
    assert list(swept.weights) == [14, 21, 35]
    assert list(swept.outputs) == [143 * width for width in widths]
    cin, cout, side = sympy.symbols("cin cout side", integer=True, positive=True)
    free = traffic(Conv(cin, cout, kernel=1), (1, cin, side, side))
    assert sympy.expand(free.total - side**2 * (cin + cout) - cin * cout) == 0
