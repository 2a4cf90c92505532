"""Output sizes along one dimension."""

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from formulas import SizeError
from formulas.core.output_sizes import broadcast, window_out
from tests.oracles.loops import ceil_starts, starts
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same
from tests.strategies import FEW, PLACED


@st.composite
def lines(draw, fitting=True, half=False):
    """A line and a window that fits in it, or does not; ``half``: pad half a kernel at most."""
    kernel, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    reach = dilation * (kernel - 1) + 1
    padding = draw(st.integers(0, kernel // 2 if half else 4))
    if fitting:
        size = max(1, reach - 2 * padding) + draw(st.integers(0, 9))
    else:
        kernel, dilation, padding = kernel + 4, 1, padding // 4
        size = draw(st.integers(1, kernel - 2 * padding - 1))
    stride = draw(st.integers(1, 5))
    return {
        "size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation
    }  # fmt: skip


@FEW
@given(lines())
def test_it_is_the_number_of_windows_found_by_walking(line):
    assert window_out(**line) == len(starts(**line))


@FEW
@given(lines(half=True))
def test_ceil_mode_allows_one_window_to_hang_over_the_end(line):
    """But not one that would start in the padding; torch allows padding up to half a kernel."""
    assert window_out(**line, ceil_mode=True) == len(ceil_starts(**line))


@FEW
@given(lines(fitting=False))
def test_a_kernel_larger_than_the_padded_map_is_refused(line):
    assert starts(**line) == []
    with pytest.raises(SizeError, match=r"^kernel=\d must fit in the padded map: \d \+ 2 \* \d$"):
        window_out(**line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ((4, 5), "kernel=5 must fit in the padded map: 4 + 2 * 0"),
        ((2, 7, 1, 2), "kernel=7 must fit in the padded map: 2 + 2 * 2"),
        ((4, 3, 2, 0, 2), "kernel=3 dilated by 2 must fit in the padded map: 4 + 2 * 0"),
    ],
)
def test_the_refusal_says_kernel_dilation_and_map(line, words):
    with refuses(words):
        window_out(*line)


def test_ceil_mode_drops_the_window_that_starts_in_the_padding():
    """Of 3 + 2 positions at stride 3 the second window would start behind the last real one."""
    assert window_out(3, kernel=2, stride=3, padding=1, ceil_mode=True) == 2
    assert window_out(2, kernel=2, stride=3, padding=1, ceil_mode=True) == 1


def test_arrays_give_elementwise_what_ints_give():
    line = {"kernel": 3, "stride": 2, "padding": 1, "dilation": 2}
    sizes = [5, 6, 7, 20]
    for ceil_mode in (False, True):
        expected = [window_out(size, **line, ceil_mode=ceil_mode) for size in sizes]
        found = window_out(np.array(sizes), **line, ceil_mode=ceil_mode)
        assert found.tolist() == expected


def test_one_impossible_element_of_an_array_is_refused():
    with refuses("kernel=3 must fit in the padded map: array([9, 2]) + 2 * 0"):
        window_out(np.array([9, 2]), kernel=3)


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_symbolic_size_comes_back_as_an_expression(stride):
    line = {"kernel": 5, "stride": stride, "padding": 1}
    expression = window_out(H, **line)
    assert expression.free_symbols == {H}
    for size in range(3, 15):
        assert expression.subs(H, size) == window_out(size, **line)


def test_stride_1_and_half_the_kernel_as_padding_keep_a_symbolic_size():
    assert sympy.simplify(window_out(H, kernel=3, padding=1) - H) == 0


def test_at_stride_1_nothing_is_rounded_and_ceil_mode_takes_a_symbol():
    assert_same(window_out(H, kernel=3, ceil_mode=True), H - 2)


def test_ceil_mode_needs_a_number_where_the_last_window_may_start_in_the_padding():
    with refuses("ceil_mode=True needs a known size, not H"):
        window_out(H, kernel=2, stride=2, padding=1, ceil_mode=True)


@pytest.mark.parametrize(("kernel", "padding"), [(2, 0), (3, 0), (3, 1), (5, 2)])
def test_ceil_mode_takes_a_symbol_where_the_last_window_cannot_start_in_the_padding(
    kernel, padding
):
    symbolic = window_out(H, kernel, 2, padding, ceil_mode=True)
    for size in range(kernel, 40):
        assert symbolic.subs(H, size) == window_out(size, kernel, 2, padding, ceil_mode=True)


@FEW
@given(st.data())
def test_broadcast_meets_where_numpy_does(data):
    _, shapes = data.draw(PLACED["elementwise"])
    assert broadcast(*shapes) == np.broadcast_shapes(*shapes)


@pytest.mark.parametrize("shapes", [((2, 3), (2,)), ((5, 1), (3, 2), (7, 1)), ((2, 3), (3, 2))])
def test_broadcast_refuses_unequal_sides(shapes):
    with pytest.raises(ValueError, match="mismatch"):
        np.broadcast_shapes(*shapes)
    with refuses(f"shapes={shapes!r} must broadcast: equal sides, or 1"):
        broadcast(*shapes)


def test_broadcast_keeps_symbols():
    assert broadcast((N, H, W), (H, 1), (1,)) == (N, H, W)


def test_broadcast_lets_undecided_symbols_pass():
    assert broadcast((N, 3), (H, 3)) == (N, 3)
    assert broadcast((H,), (1,)) == (H,)
    assert broadcast((1, W), (H, 1)) == (H, W)


@pytest.mark.parametrize("shapes", [((H,), (3,), (5,)), ((3,), (H,), (5,)), ((3,), (5,), (H,))])
def test_a_symbol_hides_no_two_unequal_numbers(shapes):
    with refuses(f"shapes={shapes!r} must broadcast: equal sides, or 1"):
        broadcast(*shapes)


def test_broadcast_takes_arrays():
    batch = np.array([2, 3])
    met = broadcast((batch, 5, 1), (batch, 1, 7), (7,))
    assert met[0].tolist() == [2, 3]
    assert met[1:] == (5, 7)
    assert broadcast((batch, 1), (1, 7))[0] is batch


def test_broadcast_refuses_one_element_that_does_not_fit():
    with pytest.raises(SizeError, match="must broadcast: equal sides, or 1"):
        broadcast((np.array([2, 3]), 5), (np.array([2, 5]), 5))
