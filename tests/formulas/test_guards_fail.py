"""Every check of the formulas goes red on a planted fault.

First each field of each kind is off by one; then come faults as people make them.
"""

from dataclasses import replace

import pytest

import formulas
from formulas import (
    Cost,
    applying,
    attention,
    batch_norm,
    bilinear,
    depthwise,
    fc,
    group,
    interpolation,
    matmul,
    normalization,
    pooling,
    recurrent,
    standard,
    table,
    transposed,
)
from formulas.cost import COST_FIELDS
from formulas.layers import BatchNorm, Conv
from formulas.table import KINDS
from tests.golden.examples import EXAMPLES
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking, check_text
from tests.oracles.symbols import H, W, assert_same, cin, cout
from tests.oracles.told import told

WALKED = ("depthwise", "group", "pointwise", "standard", "fc")


def bare(kind):
    return told(*EXAMPLES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_fault_the_checks_are_green(kind):
    layer, shapes = EXAMPLES[kind]
    check_by_running(layer, *shapes)
    if kind in WALKED:
        check_by_walking(layer, *shapes)
    plain, plain_shapes = bare(kind)
    check_text(plain, *plain_shapes)


@pytest.mark.parametrize("field", COST_FIELDS)
@pytest.mark.parametrize("kind", KINDS)
def test_running_finds_any_field_of_any_kind_off_by_one(kind, field, monkeypatch):
    plant(monkeypatch, kind, Cost(**{field: 1}))
    layer, shapes = EXAMPLES[kind]
    with pytest.raises(AssertionError):
        check_by_running(layer, *shapes)


@pytest.mark.parametrize("kind", WALKED)
def test_walking_finds_macs_off_by_one(kind, monkeypatch):
    plant(monkeypatch, kind, Cost(macs=1))
    layer, shapes = EXAMPLES[kind]
    with pytest.raises(AssertionError):
        check_by_walking(layer, *shapes)


@pytest.mark.parametrize("field", ["params", "macs", "elementwise"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_text_finds_what_it_tells_off_by_one(kind, field, monkeypatch):
    layer, shapes = bare(kind)
    if field == "elementwise" and KINDS[kind].expression.macs != "0":
        field = "macs"  # with MACs the text tells nothing of element-wise work
    plant(monkeypatch, kind, Cost(**{field: 1}))
    with pytest.raises(AssertionError):
        check_text(layer, *shapes)


def plant(monkeypatch, kind, extra):
    """Let the table's ``kind`` cost ``extra`` too much."""
    right = KINDS[kind].cost
    wrong = replace(KINDS[kind], cost=lambda *given: right(*given) + extra)
    monkeypatch.setitem(KINDS, kind, wrong)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("standard", {"params": "{kernel} * cout"}),
        ("group", {"macs": "{kernel} * cin * cout * {out}"}),
        ("depthwise", {"macs": "{kernel} * cin * cout * {out}"}),
        ("pointwise", {"macs": "cin * cout"}),
        ("fc", {"params": "cin + cout"}),
        ("matmul", {"macs": "rows * columns"}),
        ("transposed", {"macs": "{kernel} * cin * cout * positions"}),
        ("bilinear", {"params": "cin * cout"}),
        ("outer", {"macs": "rows"}),
        ("attention", {"macs": "heads * queries * keys * width"}),
        ("lstm", {"macs": "weights"}),
        ("embedding", {"params": "rows"}),
        ("interpolation", {"elementwise": "2 * elements"}),
        ("reduction", {"elementwise": "2 * elements"}),
        ("batch_norm", {"params": "cin"}),
        ("max_pool", {"elementwise": "cin"}),
        ("addition", {"elementwise": "2 * elements"}),
    ],
)
def test_the_text_check_finds_a_wrong_text(kind, words, monkeypatch):
    expression = replace(KINDS[kind].expression, **words)
    monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], expression=expression))
    layer, shapes = bare(kind)
    with pytest.raises(AssertionError):
        check_text(layer, *shapes)


def without_batch(formula):
    return lambda *sizes, batch, **options: formula(*sizes, **options)


def with_square(formula, side):
    """Takes the first side of a pair for both."""
    return lambda *sizes, **options: formula(*sizes, **options | {side: options[side][0]})


def with_square_kernel(formula):
    return lambda a, b, kernel, **options: formula(a, b, kernel[0], **options)


FAULTS = {
    "standard: ignores the batch": ("standard", without_batch(standard)),
    "standard: takes the kernel for square": ("standard", with_square_kernel(standard)),
    "standard: takes the map for square": ("standard", with_square(standard, "out_size")),
    "standard: counts at the input map": (
        "standard",
        lambda *c, out_size, in_size, **o: standard(*c, out_size=in_size, in_size=in_size, **o),
    ),
    "standard: reads the output map": (
        "standard", lambda *c, in_size, **o: standard(*c, in_size=None, **o)
    ),
    "standard: forgets the bias": ("standard", lambda *c, bias, **o: standard(*c, **o)),
    "standard: takes biases for macs": (
        "standard",
        lambda *c, **o: replace(cost := standard(*c, **o), macs=cost.macs + cost.elementwise),
    ),
    "group: does not divide": ("group", lambda *c, groups, **o: standard(*c, **o)),
    "group: divides twice": (
        "group", lambda a, b, k, groups, **o: group(a // groups, b, k, groups=1, **o)
    ),
    "depthwise: every filter sees every channel": (
        "depthwise", lambda c, k, multiplier, **o: standard(c, c * multiplier, k, **o)
    ),
    "depthwise: forgets the multiplier": (
        "depthwise", lambda c, k, multiplier, **o: depthwise(c, k, **o)
    ),
    "pointwise: is a 3x3": ("pointwise", lambda *c, **o: standard(*c, kernel=3, **o)),
    "fc: ignores the batch": ("fc", without_batch(fc)),
    "fc: forgets the bias": ("fc", lambda *c, bias, **o: fc(*c, **o)),
    "matmul: one product for the whole stack": ("matmul", without_batch(matmul)),
    "matmul: products are not added up": ("matmul", lambda m, k, n, **o: matmul(m, 1, n, **o)),
    "transposed: counts at the output map": (
        "transposed", lambda *c, in_size, out_size, **o: transposed(*c, in_size=out_size, **o)
    ),
    "transposed: reads the output map": (
        "transposed", lambda *c, out_size, **o: transposed(*c, **o)
    ),
    "transposed: forgets the groups": (
        "transposed", lambda *c, groups, **o: transposed(*c, **o)
    ),
    "transposed: forgets the bias": ("transposed", lambda *c, bias, **o: transposed(*c, **o)),
    "bilinear: forgets the second input": (
        "bilinear", lambda a, b, c, **o: fc(a, c, **o)
    ),
    "bilinear: adds the inputs": ("bilinear", lambda a, b, c, **o: bilinear(a + b, 1, c, **o)),
    "attention: values are as wide as keys": (
        "attention", lambda *s, value_width, **o: attention(*s, **o)
    ),
    "attention: every query head has its own keys": (
        "attention", lambda *s, kv_heads, **o: attention(*s, **o)
    ),
    "attention: as few query heads as key heads": (
        "attention", lambda h, *s, kv_heads, **o: attention(kv_heads, *s, **o)
    ),
    "attention: looks from queries to queries": (
        "attention", lambda h, q, k, *s, **o: attention(h, q, q, *s, **o)
    ),
    "attention: forgets the mask": ("attention", lambda *s, mask, **o: attention(*s, **o)),
    "attention: ignores the batch": ("attention", without_batch(attention)),
    "recurrent: is a plain one": (
        "recurrent", lambda _, *s, proj_size, **o: recurrent("rnn", *s, **o)
    ),
    "recurrent: counts one step": (
        "recurrent", lambda c, i, h, steps, **o: recurrent(c, i, h, 1, **o)
    ),
    "recurrent: has one layer": ("recurrent", lambda *s, layers, **o: recurrent(*s, **o)),
    "recurrent: is fed one way": (
        "recurrent", lambda *s, directions, **o: directions * recurrent(*s, **o)
    ),
    "recurrent: does not project": ("recurrent", lambda *s, proj_size, **o: recurrent(*s, **o)),
    "recurrent: forgets the biases": (
        "recurrent", lambda *s, bias, **o: recurrent(*s, bias=False, **o)
    ),
    "recurrent: ignores the batch": ("recurrent", without_batch(recurrent)),
    "embedding: reads the whole table": (
        "embedding", lambda v, d, indices: Cost(v * d, 0, 0, 0, indices + v * d + indices * d)
    ),
    "normalization: learns nothing": ("normalization", lambda shape, _: normalization(shape)),
    "interpolation: counts what it reads": (
        "interpolation", lambda read, _: interpolation(read, read)
    ),
    "reduction: counts what it reads": (
        "reduction", lambda read, out: Cost(elementwise=770, memory_access=770 + 22)
    ),
    "batch_norm: statistics are params": (
        "batch_norm",
        lambda c, *s, **o: replace(cost := batch_norm(c, *s, **o), params=cost.params + 2 * c),
    ),
    "batch_norm: statistics are not read": (
        "batch_norm", lambda *s, tracked, **o: batch_norm(*s, tracked=False, **o)
    ),
    "pooling: counts what it reads": (
        "pooling", lambda c, in_size, out_size, **o: pooling(c, in_size, in_size, **o)
    ),
    "activation: writes nothing": (
        "activation", lambda shape: Cost(elementwise=770, memory_access=770)
    ),
    "addition: knows two summands": (
        "addition", lambda shape, operands: Cost(elementwise=770, memory_access=3 * 770)
    ),
    "concatenation: writes nothing": ("concatenation", lambda shape: Cost(memory_access=1232)),
    "channel_shuffle: moves nothing": ("channel_shuffle", lambda *_: Cost()),
}  # fmt: skip


# A kind that is counted by the formula, where it has another name.
A_KIND = {"pooling": "max_pool", "recurrent": "lstm", "normalization": "layer_norm"}


def test_every_formula_has_a_fault():
    formulas_of_kinds = {each for each in formulas.__all__ if callable(getattr(applying, each, 0))}
    assert {name for name in formulas_of_kinds if name.islower()} <= {f for f, _ in FAULTS.values()}


@pytest.mark.parametrize("fault", FAULTS)
def test_running_finds_a_fault_as_people_make_them(fault, monkeypatch):
    formula, faulty = FAULTS[fault]
    user = applying if hasattr(applying, formula) else table
    monkeypatch.setattr(user, formula, faulty)
    layer, shapes = EXAMPLES[A_KIND.get(formula, formula)]
    with pytest.raises(AssertionError):
        check_by_running(layer, *shapes)


def test_running_finds_a_description_with_a_wrong_output_map(monkeypatch):
    monkeypatch.setattr(Conv, "_map", lambda _, sizes: sizes)
    layer, shapes = EXAMPLES["standard"]
    with pytest.raises(AssertionError):
        check_by_running(layer, *shapes)


def test_running_finds_a_norm_that_always_learns(monkeypatch):
    plain = BatchNorm(5, affine=False)
    check_by_running(plain, (2, 5, 11, 7))
    monkeypatch.setattr(
        applying, "batch_norm", lambda *sizes, affine, **options: batch_norm(*sizes, **options)
    )
    with pytest.raises(AssertionError):
        check_by_running(plain, (2, 5, 11, 7))


def test_the_array_check_finds_an_overflow():
    def narrow(channels):
        macs = channels * channels * channels
        return Cost(macs=macs.astype("int32") if hasattr(macs, "astype") else macs)

    with pytest.raises(AssertionError, match="macs"):
        assert_elementwise(narrow, {"channels": [3, 65536]})


def test_the_array_check_wants_numbers_too_large_for_32_bits():
    with pytest.raises(AssertionError):
        assert_elementwise(fc, {"in_features": [3, 5]}, out_features=7)


def test_the_symbol_check_finds_a_swapped_side():
    assert_same(standard(cin, cout, 1, (H, W)).macs, cin * cout * H * W)
    with pytest.raises(AssertionError):
        assert_same(standard(cin, cout, 1, (H, W)).macs, cin * cout * H * H)
