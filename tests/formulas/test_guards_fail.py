"""Every check of the formulas goes red on a planted fault.

First each field of each kind is off by one; then come faults as people make them.
"""

from dataclasses import replace

import pytest

import formulas
from formulas import (
    Cost,
    batch_norm,
    fc,
    standard,
)
from formulas import (
    adapters as applying,
)
from formulas import (
    kinds as table,
)
from formulas.core.cost import COST_FIELDS
from formulas.kinds import KINDS
from formulas.layers import BatchNorm, Conv
from tests.formulas.faults import A_KIND, FAULTS
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
        ("grouped_matmul", {"macs": "rows * columns"}),
        ("attention", {"macs": "heads * queries * keys * width"}),
        ("lstm", {"macs": "weights"}),
        ("embedding", {"params": "rows"}),
        ("embedding_bag", {"elementwise": "width"}),
        ("rms_norm", {"elementwise": "(2 * width + learned)"}),
        ("prelu", {"params": "elements"}),
        ("gate", {"elementwise": "2 * elements"}),
        ("fold", {"elementwise": "1"}),
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
