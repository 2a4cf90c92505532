"""What counts as a number, and what is refused as one."""

import pickle

import numpy as np
import pytest
import sympy

from formulas import standard
from formulas.core.cost import COST_FIELDS
from formulas.core.quantities import (
    dimensions,
    elements,
    every,
    exact_quotient,
    is_array,
    is_symbolic,
    largest,
    map_elements,
    must_divide,
    quantities,
    quantity,
    same,
)
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, W, cin, g

NEGATIVE = sympy.Symbol("n", integer=True, negative=True)
FRACTION = sympy.Symbol("q", integer=False)


@pytest.mark.parametrize(
    "value", [7, np.int8(7), np.int64(7), np.uint16(7), np.array(7), sympy.Integer(7)]
)
def test_whole_numbers_of_any_make_become_a_plain_int(value):
    found = quantity("size", value)
    assert found == 7
    assert type(found) is int


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint16", "int64"])
def test_whole_arrays_become_int64(dtype):
    found = quantity("size", np.array([3, 5], dtype))
    assert found.dtype == np.int64
    assert found.tolist() == [3, 5]


def test_a_uint64_that_int64_holds_is_taken():
    assert quantity("size", np.array([7, 2**63 - 1], "uint64")).tolist() == [7, 2**63 - 1]
    assert quantity("size", np.uint64(2**64 - 1)) == 2**64 - 1


def test_symbols_pass_as_they_are():
    unknown = sympy.Symbol("x")
    assert quantity("size", H) is H
    assert quantity("size", unknown) is unknown


@pytest.mark.parametrize(
    "wrong",
    [
        0, -3, 2.0, 2.5, float("nan"), True, False, "3", None, [3], (3,),
        np.float64(2), np.bool_(True), np.array([3, 0]), np.array([3.0]), np.array([True]),
        np.array([7, 2**63], "uint64"), np.array([2**64 - 1], "uint64"), np.array([2**70]),
        sympy.Rational(1, 2), NEGATIVE, FRACTION,
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_name_value_and_rule(wrong):
    with refuses(f"size={wrong!r} must be an integer of at least 1"):
        quantity("size", wrong)


def test_zero_is_allowed_where_the_minimum_is_zero():
    assert quantity("padding", 0, minimum=0) == 0
    with refuses("padding=-1 must be an integer of at least 0"):
        quantity("padding", -1, minimum=0)


def test_one_number_stands_for_every_dimension():
    assert quantities("kernel", 3, 2) == (3, 3)
    assert quantities("kernel", (3, 5, 7), 3) == (3, 5, 7)
    assert quantities("kernel", [3, 5], 2) == (3, 5)


@pytest.mark.parametrize("value", [(), (3,), (3, 5, 7)])
def test_a_tuple_of_the_wrong_length_is_refused(value):
    with refuses(f"kernel={value!r} must have 2 numbers, one for each dimension"):
        quantities("kernel", value, 2)


def test_a_wrong_number_in_a_tuple_is_named():
    with refuses("kernel=0 must be an integer of at least 1"):
        quantities("kernel", (3, 0), 2)


def test_dimensions_are_those_of_the_longest_tuple_and_two_for_plain_numbers():
    assert dimensions(3) == dimensions(3, 5) == dimensions() == 2
    assert dimensions(3, (5,)) == 1
    assert dimensions((3,), 5, (5, 7, 9)) == 3
    assert dimensions(None, [3, 5, 7]) == 3


def test_must_divide_refuses_a_remainder():
    assert must_divide("groups", 3, "channels", 15) is None
    with refuses("groups=4 must divide channels=15"):
        must_divide("groups", 4, "channels", 15)


def test_must_divide_looks_at_every_element_of_an_array():
    assert must_divide("groups", np.array([3, 5]), "channels", 15) is None
    with refuses("groups=array([3, 4]) must divide channels=15"):
        must_divide("groups", np.array([3, 4]), "channels", 15)


def test_must_divide_lets_undecided_symbols_pass():
    assert must_divide("groups", g, "channels", 15) is None
    assert must_divide("groups", 4, "channels", cin) is None


def test_exact_quotient_stays_an_int_and_symbols_stay_symbols():
    assert exact_quotient(15, 3) == 5
    assert type(exact_quotient(10**30, 10)) is int
    assert exact_quotient(cin * g, g) == cin
    assert exact_quotient(np.array([15, 10]), 5).tolist() == [3, 2]


def test_elements_multiplies_all_sides_and_a_scalar_has_one():
    assert elements((2, 3, 5)) == 30
    assert elements(()) == 1
    assert elements((H, W, 2)) == 2 * H * W


def test_map_elements_takes_the_output_map_where_no_input_map_is_given():
    assert map_elements(3, (5, 7), None) == (9, 35, 35)
    assert map_elements((2, 3), (5, 7), (11, 13)) == (6, 35, 143)
    assert map_elements(3, (5, 7, 9), None) == (27, 315, 315)


def test_map_elements_refuses_sides_of_different_dimensions():
    with refuses("out_size=(5, 7) must have 3 numbers, one for each dimension"):
        map_elements((3, 3, 3), (5, 7), None)


def test_every_and_the_two_questions_tell_arrays_symbols_and_numbers_apart():
    assert every(np.array([True, True])) is True
    assert every(np.array([True, False])) is False
    assert every(5 > 3) is True
    assert [is_array(x) for x in (np.array([3]), np.int64(3), 3, H)] == [True, False, False, False]
    assert [is_symbolic(x) for x in (H, H * 2, sympy.Integer(3), 3)] == [True, True, False, False]


def test_same_compares_every_element_and_lets_undecided_symbols_pass():
    sides = np.array([3, 5])
    assert same(7, 7)
    assert same(sides, np.array([3, 5]))
    assert same(H, 7)
    assert same(sides, H)
    assert not same(7, 11)
    assert not same(sides, np.array([3, 7]))
    assert not same(sides, 3)


LARGE = 10**6


@pytest.mark.parametrize("other", [LARGE, np.array([LARGE, 7]), 10**30], ids=str)
def test_a_product_that_int64_does_not_hold_is_exact_all_the_same(other):
    sizes = quantity("size", np.array([LARGE, 3]))
    second = 7 if is_array(other) else int(other)
    first = LARGE if is_array(other) else int(other)
    for found in (sizes * sizes * sizes * other, other * (sizes * sizes * sizes)):
        assert found.tolist() == [LARGE**3 * first, 27 * second]


def test_a_sum_that_int64_does_not_hold_is_exact_all_the_same():
    sizes = quantity("size", np.array([2**62, 3]))
    assert (sizes + sizes).tolist() == [2**63, 6]
    assert (2**63 + sizes).tolist() == [2**63 + 2**62, 2**63 + 3]
    assert sum([sizes] * 5).tolist() == [5 * 2**62, 15]


def test_what_int64_holds_stays_in_it():
    sizes = quantity("size", np.array([2**31, 3]))
    assert (sizes * 2**31).dtype == (sizes + 2**62).dtype == np.int64
    assert (sizes * sizes).tolist() == [2**62, 9]
    assert (quantity("size", np.array([2**62 - 1])) + 2**62).dtype == np.int64


def test_the_guard_is_needed():
    """Plain arrays wrap around without a word."""
    plain = np.array([LARGE, 3])
    assert (plain * plain * plain * plain).tolist() != [LARGE**4, 81]


def test_a_guarded_array_is_printed_saved_and_summed_as_any():
    sizes = quantity("size", np.array([3, 5])) * 2
    assert repr(sizes) == "array([ 6, 10])"
    assert type(sizes.sum()) is type(sizes[0]) is np.int64
    assert type(pickle.loads(pickle.dumps(sizes))) is np.ndarray
    assert quantity("size", sizes).tolist() == sizes.tolist()
    assert (sizes * 0.5).tolist() == [3.0, 5.0]
    assert (sizes * H)[0] == 6 * H
    assert (sizes / 4).dtype == np.float64


def test_an_empty_sweep_has_no_largest_element():
    assert (quantity("size", np.array([], int)) * LARGE).tolist() == []


@pytest.mark.parametrize(
    ("value", "size"),
    [(-7, 7), (np.array([3, -11]), 11), (np.array([-(2**63)]), 2**63), (0.5, None), (H, None)],
    ids=str,
)
def test_the_largest_is_a_magnitude(value, size):
    assert largest(value) == size


def test_the_formulas_are_exact_beyond_int64_in_arrays_as_in_numbers():
    """Every figure equals the one of plain Python integers, element by element."""
    wide = np.array([LARGE, 1009])
    swept = standard(LARGE, wide, 1009, 10**4, in_size=10**4 + 7, bias=True, batch=wide)
    for place, size in enumerate(wide.tolist()):
        one = standard(LARGE, size, 1009, 10**4, in_size=10**4 + 7, bias=True, batch=size)
        for field in COST_FIELDS:
            assert getattr(swept, field)[place] == getattr(one, field)
        assert (2 * swept).flops[place] == 4 * one.macs
