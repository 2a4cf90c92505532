"""Every check of the formulas goes red on a planted fault.

First each field of each kind is off by one; then come faults as people make them.
"""

from dataclasses import replace

import pytest

from formulas import Cost, batch_norm, depthwise, fc, group, matmul, pooling, standard
from formulas.cost import COST_FIELDS
from formulas.layers import BatchNorm, Conv
from formulas.table import KINDS
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running, check_by_walking, check_text
from tests.oracles.symbols import H, W, assert_same, cin, cout
from tests.strategies import EXAMPLES

WALKED = ("depthwise", "group", "pointwise", "standard", "fc")


def bare(kind):
    """The example as the texts tell of it: without bias, one image, at most two summands."""
    layer, shapes = EXAMPLES[kind]
    if kind in WALKED:
        layer = replace(layer, bias=False)
    if kind == "fc":
        return layer, ((11,),)
    if kind == "matmul":
        return layer, tuple(shape[-2:] for shape in shapes)
    return layer, tuple((1, *shape[1:]) for shape in shapes[:2])


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_fault_the_checks_are_green(kind):
    layer, shapes = EXAMPLES[kind]
    check_by_running(layer, *shapes)
    if kind in WALKED:
        check_by_walking(layer, *shapes)
    told, told_shapes = bare(kind)
    check_text(told, *told_shapes)


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


FAULTS = {
    "standard: ignores the batch": ("standard", without_batch(standard)),
    "standard: takes the kernel for square": ("standard", with_square(standard, "kernel")),
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
        "group", lambda a, b, groups, **o: group(a // groups, b, groups=1, **o)
    ),
    "depthwise: every filter sees every channel": (
        "depthwise", lambda c, multiplier, **o: standard(c, c * multiplier, **o)
    ),
    "depthwise: forgets the multiplier": (
        "depthwise", lambda c, multiplier, **o: depthwise(c, **o)
    ),
    "pointwise: is a 3x3": ("pointwise", lambda *c, **o: standard(*c, kernel=3, **o)),
    "fc: ignores the batch": ("fc", without_batch(fc)),
    "fc: forgets the bias": ("fc", lambda *c, bias, **o: fc(*c, **o)),
    "matmul: one product for the whole stack": ("matmul", without_batch(matmul)),
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


@pytest.mark.parametrize("fault", FAULTS)
def test_running_finds_a_fault_as_people_make_them(fault, monkeypatch):
    formula, faulty = FAULTS[fault]
    monkeypatch.setattr(f"formulas.table.{formula}", faulty)
    layer, shapes = EXAMPLES["max_pool" if formula == "pooling" else formula]
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
        "formulas.table.batch_norm", lambda *sizes, affine, **options: batch_norm(*sizes, **options)
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
