"""The formulas as a reader sees them say what the functions say."""

import pytest
from hypothesis import given

from formulas.core.expressions import Expression, in_numbers, in_symbols
from formulas.kinds import KINDS, count
from formulas.layers import MatMul
from tests.golden.examples import EXAMPLES
from tests.oracles.checks import check_text, value_of
from tests.oracles.told import told
from tests.strategies import FEW, PLACED


@pytest.mark.parametrize("kind", KINDS)
def test_text_with_numbers_put_in_is_what_the_function_gives(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        layer, shapes = told(*placed)
        check_text(layer, *shapes)

    check()


BATCH = {
    "standard": 2, "group": 2, "depthwise": 2, "pointwise": 2, "transposed": 2, "fc": 6,
    "bilinear": 6, "matmul": 6, "attention": 2, "lstm": 3, "gru": 3, "rnn": 3,
}  # fmt: skip


@pytest.mark.parametrize("kind", BATCH)
def test_macs_with_a_batch_lead_with_it(kind):
    layer, shapes = EXAMPLES[kind]
    text = KINDS[kind].expression.macs
    numbers = in_numbers(text, layer.symbols(*shapes), getattr(layer, "dims", 2))
    assert numbers.startswith(f"{BATCH[kind]} * ")
    assert value_of(numbers) == count(layer, *shapes).macs


def test_every_kind_with_macs_but_two_has_a_batch():
    with_macs = {kind for kind, row in KINDS.items() if row.expression.macs != "0"}
    assert with_macs - {"outer", "grouped_matmul"} == set(BATCH)


def test_a_product_of_complex_matrices_is_told_as_four_real_ones():
    shapes = (3, 5, 7), (3, 7, 11)
    numbers = in_numbers(KINDS["matmul"].expression.macs, MatMul(is_complex=True).symbols(*shapes))
    assert numbers == "12 * 5 * 7 * 11"
    assert value_of(numbers) == count(MatMul(is_complex=True), *shapes).macs


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_that_end_as_a_sentence(kind):
    words = KINDS[kind].expression.words
    assert in_symbols(words).endswith(".")
    assert "{" not in in_symbols(words)


@pytest.mark.parametrize(
    ("kind", "params", "macs"),
    [
        ("standard", "kh * kw * cin * cout", "kh * kw * cin * cout * H * W"),
        ("group", "kh * kw * cin * cout / g", "kh * kw * cin * cout * H * W / g"),
        ("depthwise", "kh * kw * cout", "kh * kw * cout * H * W"),
        ("pointwise", "cin * cout", "cin * cout * H * W"),
        ("fc", "cin * cout", "cin * cout"),
    ],
)
def test_the_documents_five_kinds_are_told_in_its_symbols(kind, params, macs):
    expression = KINDS[kind].expression
    assert in_symbols(expression.params) == params
    assert in_symbols(expression.macs) == macs
    assert expression.main == expression.macs


def test_a_kind_without_macs_is_told_by_its_elementwise_work():
    assert Expression(elementwise="elements").main == "elements"
    assert Expression(macs="cin", elementwise="elements").main == "cin"
    assert Expression().main == "0"


@pytest.mark.parametrize(
    ("dims", "text"), [(1, "kw / W"), (2, "kh * kw / H * W"), (3, "kd * kh * kw / D * H * W")]
)
def test_sides_are_written_out_for_each_dimension(dims, text):
    assert in_symbols("{kernel} / {out}", dims) == text


def test_numbers_stand_where_the_symbols_stood():
    values = {"kh": 3, "kw": 5, "cin": 7, "cout": 11, "H": 13, "W": 17, "N": 1}
    text = in_numbers("{kernel} * cin * cout * {out}", values)
    assert text == "3 * 5 * 7 * 11 * 13 * 17"


def test_a_zero_stays_a_zero_whatever_the_batch():
    assert in_numbers("0", {"N": 5}) == "0"


def test_a_symbol_without_value_is_an_error():
    with pytest.raises(KeyError, match="cout"):
        in_numbers("cin * cout", {"cin": 3})
