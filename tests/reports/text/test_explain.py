"""A layer explained: what is printed in symbols, in numbers and as a result is one thing."""

import re
from fractions import Fraction

import pytest

from formulas.layers import Conv, Linear
from formulas.networks import NETWORKS, PlacedLayer, network
from reports.text.explain import explain, explain_layer

RULE = re.compile(
    r"^  (?P<label>params|macs|elementwise) = (?P<symbols>.*)\n"
    r"  +(?P<pad> +)= (?P<figures>.*)\n  +(?P=pad)= (?P<result>[\d,]+)$",
    re.MULTILINE,
)
BIAS_ONLY = re.compile(r"^  elementwise = ([\d,]+) \(bias added to each output\)$", re.M)


def value(expression: str, **symbols: int) -> Fraction:
    """The expression worked out exactly; words in brackets are remarks."""
    plain = re.sub(r" \((bias|bias added to each output)\)|(?<=\d),(?=\d{3})", "", expression)
    assert re.fullmatch(r"[\w */+]+", plain), plain
    exact = re.sub(r"\d+", lambda digits: f"Fraction({digits.group()})", plain)
    return eval(exact, {"Fraction": Fraction, **symbols})


def placed(layer, *shapes, name="block.conv") -> PlacedLayer:
    return PlacedLayer(name, layer, shapes, layer.out_shape(*shapes))


def integer(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_numbers_put_in_give_the_result_that_is_printed_and_counted(name, variant, batch):
    closed = network(name, variant=variant, resolution=(67, 83), batch=batch)
    shown = 0
    for layer in closed.layers:
        text = explain_layer(layer)
        for rule in RULE.finditer(text):
            counted = getattr(layer.cost, rule["label"])
            assert value(rule["figures"]) == integer(rule["result"]) == counted
            shown += counted
        for figure in BIAS_ONLY.findall(text):
            assert integer(figure) == layer.cost.elementwise
            shown += integer(figure)
    total = closed.cost
    assert shown == total.params + total.macs + total.elementwise


def test_the_symbols_with_the_values_of_the_legend_give_the_same_result():
    text = explain_layer(placed(Conv(6, 15, (3, 5), (2, 1), groups=3, bias=True), (1, 6, 11, 13)))
    legend = {name: int(size) for name, size in re.findall(r"(\w+) = [a-z ]+ = (\d+)", text)}
    assert legend == {"kh": 3, "kw": 5, "cin": 6, "cout": 15, "g": 3, "H": 5, "W": 9}
    rules = list(RULE.finditer(text))
    assert [rule["label"] for rule in rules] == ["params", "macs"]
    for rule in rules:
        assert value(rule["symbols"], **legend) == integer(rule["result"])


def test_an_explanation_has_shapes_symbols_numbers_and_words():
    text = explain_layer(placed(Conv(6, 15, (3, 5), groups=3), (1, 6, 11, 13)))
    assert text.splitlines() == [
        "block.conv: group, 1x6x11x13 -> 1x15x9x9",
        "  params = kh * kw * cin * cout / g",
        "         = 3 * 5 * 6 * 15 / 3",
        "         = 450",
        "  macs = kh * kw * cin * cout * H * W / g",
        "       = 3 * 5 * 6 * 15 * 9 * 9 / 3",
        "       = 36,450",
        "  where kh = kernel height = 3, kw = kernel width = 5, cin = input channels = 6, "
        "cout = output channels = 15, g = groups = 3, H = output height = 9, "
        "W = output width = 9",
        "  As a standard convolution, but each of the cout filters sees only the cin / g channels "
        "of its own group: the g-th part of the params and of the MACs.",
    ]


def test_one_and_three_dimensions_have_their_own_sides():
    one = explain_layer(placed(Conv(2, 3, (5,), dims=1), (1, 2, 11)))
    three = explain_layer(placed(Conv(2, 3, (2, 3, 5), dims=3), (1, 2, 7, 11, 13)))
    assert "macs = kw * cin * cout * W" in one
    assert "macs = kd * kh * kw * cin * cout * D * H * W" in three
    assert "5 * 2 * 3 * 7\n" in one


def test_a_batch_multiplies_the_macs_but_not_the_params():
    text = explain_layer(placed(Linear(5, 7, bias=True), (3, 5), name="fc"))
    assert "  params = cin * cout + 7 (bias)\n         = 5 * 7 + 7 (bias)\n         = 42" in text
    assert "  macs = N * cin * cout\n       = 3 * 5 * 7\n       = 105" in text
    assert "elementwise = 21 (bias added to each output)\n" in text


def test_every_number_of_an_explanation_has_its_digits_grouped():
    text = explain_layer(placed(Linear(1009, 12007, bias=True), (1, 1009), name="fc"))
    assert "= 1,009 * 12,007 + 12,007 (bias)" in text
    assert "cin = input channels = 1,009" in text
    assert "elementwise = 12,007 (bias added to each output)" in text
    assert not re.search(r"\d{4}", text.split("\n", 1)[1])


def test_the_batch_is_explained_where_the_formula_has_it():
    assert "N = batch = 3" in explain_layer(placed(Linear(5, 7), (3, 5), name="fc"))


def test_work_that_computes_nothing_says_so():
    text = explain(network("shufflenet"), "stage2.0.cat")
    assert "It has no formula: nothing is computed." in text


def test_a_block_is_explained_layer_by_layer_with_its_sum():
    closed = network("mobilenet", alpha=0.5, resolution=160)
    text = explain(closed, "conv1.0.pointwise")
    below = [p for p in closed.layers if p.name.startswith("conv1.0.pointwise.")]
    assert [line.split(":")[0] for line in text.splitlines() if line[:1].strip()] == [
        *(p.name for p in below),
        "conv1.0.pointwise, 3 layers together",
    ]
    params = sum(p.cost.params for p in below)
    macs = sum(p.cost.macs for p in below)
    assert text.endswith(f"together: {params:,} params, {macs:,} macs\n")


def test_a_single_layer_has_no_sum():
    text = explain(network("mobilenet"), "fc")
    assert text.startswith("fc: fc, 1x1024 -> 1x100\n")
    assert "together" not in text


@pytest.mark.parametrize("name", ["conv1.0.pointwis", "", "conv9", "CONV1"])
def test_a_layer_that_does_not_exist_is_a_key_error(name):
    with pytest.raises(KeyError):
        explain(network("mobilenet"), name)
