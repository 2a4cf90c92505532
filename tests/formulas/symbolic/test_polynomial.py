"""Polynomials against plain integer arithmetic, and against SymPy."""

from fractions import Fraction

import numpy
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from formulas import network, pointwise, standard
from formulas.core.cost import COST_FIELDS
from formulas.core.errors import SizeError
from formulas.networks import EXACT_ALPHA, NETWORKS
from formulas.symbolic.polynomial import Polynomial, variable
from tests.oracles.refusals import refuses

N, S, r = variable("N"), variable("S"), variable("r")
SMALL = st.integers(1, 400)
STRIDES = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, 4]), st.sampled_from([1, 2, 3, 7]), st.integers(0, 3)),
    max_size=5,
)


@given(STRIDES, SMALL)
def test_a_chain_of_strides_is_what_it_is_step_by_step(strides, size):
    side, number = r, size
    for stride, kernel, padding in strides:
        side = (side + 2 * padding - kernel) // stride + 1
        number = (number + 2 * padding - kernel) // stride + 1
    assert side(r=size) == number
    assert -side(r=size) == (-side)(r=size)
    assert eval(side.to_python(), {"r": size}) == number
    assert side.to_sympy().subs(dict.fromkeys(side.to_sympy().free_symbols, size)) == number


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9), SMALL, SMALL)
def test_arithmetic_is_that_of_the_values(a, b, d, n, s):
    def build(x, y):
        return (a * x + b) * (x - y) ** 2 - (b * y + a) // d * y + (-x) // d

    expression = build(N, S)
    found = expression.value({"N": n, "S": s}) if isinstance(expression, Polynomial) else expression
    assert found == build(n, s)


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (18432 * N * S**2 + 123532032 * N * S, "18432 N S^2 + 123532032 N S"),
        (9408 * N * ((r - 1) // 2 + 1) ** 2, "9408 N ceil(r/2)^2"),
        ((r + 3) // 8 - 5, "floor((r + 3)/8) - 5"),
        (-(-r // 4), "ceil(r/4)"),
        (3 * N * r**2 / 4 - r, "3/4 N r^2 - r"),
        (((r - 1) // 2) // 2, "ceil(r/4) - 1"),
        (-r, "-r"),
    ],
)
def test_as_text(expression, written):
    assert str(expression) == written


def test_as_latex_and_python_and_in_a_notebook():
    expression = 9 * variable("alpha") * ((r - 1) // 2 + 1) ** 2 + Fraction(1, 2) * r
    assert expression.to_latex() == (r"9 \, \alpha \, \lceil r/2 \rceil^{2} + \frac{1}{2} \, r")
    assert expression._repr_latex_() == f"${expression.to_latex()}$"
    assert expression.to_python() == "(18*alpha*(-(-r//2))**2 + r)//2"


def test_what_cancels_is_a_number_again():
    assert (r - r, (r + 2) - r, (N * r) / (2 * N) * 2 - r) == (0, 2, 0)
    assert {type(r - r), type((r + 2) - r)} == {int}


def test_a_quotient_that_leaves_something_below_the_line_is_refused():
    with refuses("divisor='S' must divide each term of a polynomial"):
        N / S


def test_a_call_wants_every_name_and_a_whole_number():
    with refuses("S=None must be given: the expression has N, S"):
        (N * S**2)(N=3)
    with refuses("value=Fraction(3, 2) must be whole: the expression does not hold there"):
        (r / 2)(r=3)
    with refuses("name='2N' must be a name such as N"):
        variable("2N")
    with refuses("name='lambda' must be a name such as N"):
        variable("lambda")


def test_arrays_are_swept_exactly():
    sizes = numpy.arange(1, 99)
    expression = (r // 2) * r + (r**2 + r) / 2
    assert list(expression(r=sizes)) == [expression(r=int(size)) for size in sizes]


@given(STRIDES, st.integers(1, 9))
def test_without_floors_it_is_the_same_on_multiples(strides, times):
    side = r
    for stride, kernel, padding in strides:
        side = (side + 2 * padding - kernel) // stride + 1
    plain, step = (side * r + N).on_multiples()
    assert not plain.floors
    sizes = {"r": step * times, "N": 5}
    assert plain.value(sizes) == (side * r + N).value(sizes)


def test_the_counters_take_them():
    side = r // 2
    assert str(standard(3, 64, kernel=7, out_size=side, batch=N).macs) == "9408 N floor(r/2)^2"
    assert pointwise(N, S, out_size=1).macs == N * S


OPTIONS = {"squeezenet": {}, "mobilenet": {}, "mobilenetv2": {}, "shufflenet": {"groups": 8},
           "shufflenetv2": {"ratio": 0.5}}  # fmt: skip


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_in_symbols_is_the_network_at_30_sizes(name, variant):
    options = {**OPTIONS[name], "variant": variant}
    scales = name == "mobilenet" or (name, variant) == ("mobilenetv2", "paper")
    alpha = {"alpha": variable("alpha")} if scales else {}
    symbols = network(name, **options, **alpha, batch=N, resolution=r).cost
    for turn in range(30):
        sizes = {"N": turn % 4 + 1, "r": 29 + 7 * turn}
        width = {"alpha": EXACT_ALPHA[name] * (turn + 1)} if scales else {}
        numbers = network(name, **options, **width, batch=sizes["N"], resolution=sizes["r"]).cost
        for field in COST_FIELDS:
            expression = getattr(symbols, field)
            value = (
                expression.value({**sizes, **width})
                if isinstance(expression, Polynomial)
                else expression
            )
            assert value == getattr(numbers, field)


@pytest.mark.parametrize(
    ("name", "off"), [("mobilenet", Fraction(1, 64)), ("mobilenetv2", Fraction(1, 2))]
)
def test_between_the_exact_alphas_it_is_another_number(name, off):
    symbols = network(name, variant="paper", alpha=variable("alpha")).cost
    alpha = EXACT_ALPHA[name] * 3 + off
    assert (
        symbols.macs.value({"alpha": alpha})
        != network(name, variant="paper", alpha=alpha).cost.macs
    )


def test_as_sympy_it_is_an_expression_in_positive_integers():
    found = (r // 2 * N + -(-r // 4)).to_sympy()
    assert {str(each) for each in found.free_symbols} == {"N", "r"}
    assert all(each.is_integer and each.is_positive for each in found.free_symbols)
    assert found.has(sympy.floor, sympy.ceiling)


def test_a_float_exponent_or_a_text_is_no_number():
    with pytest.raises(TypeError):
        N + "1"
    with pytest.raises(SizeError):
        (N / 3)(N=1)
