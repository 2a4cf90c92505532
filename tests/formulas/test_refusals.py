"""Every formula refuses every impossible number, and says which, and why."""

import numpy as np
import pytest

from formulas import (
    SizeError,
    attention,
    batch_norm,
    bilinear,
    depthwise,
    embedding,
    embedding_bag,
    fc,
    group,
    multi_head_attention,
    pointwise,
    pooling,
    recurrent,
    rms_norm,
    separable,
    standard,
    transposed,
)
from tests.oracles.refusals import refuses

MAPS = {"kernel": (2, 3), "out_size": (7, 11), "in_size": (13, 17), "batch": 2}
WITHOUT_KERNEL = {name: value for name, value in MAPS.items() if name != "kernel"}
CHANNELS = {"in_channels": 6, "out_channels": 15}
GOOD = {
    standard: CHANNELS | MAPS,
    group: CHANNELS | MAPS | {"groups": 3},
    depthwise: {"channels": 6, "multiplier": 2} | MAPS,
    pointwise: CHANNELS | WITHOUT_KERNEL,
    separable: CHANNELS | MAPS,
    transposed: CHANNELS | MAPS | {"groups": 3},
    bilinear: {"in1_features": 5, "in2_features": 11, "out_features": 7, "batch": 2},
    attention: {
        "heads": 6, "queries": 7, "keys": 11, "width": 5, "value_width": 13, "kv_heads": 3,
        "batch": 2,
    },
    multi_head_attention: {
        "queries": 7, "keys": 11, "embed_dim": 15, "heads": 3, "kdim": 5, "vdim": 13, "batch": 2
    },
    embedding: {"rows": 11, "width": 7, "indices": 5},
    embedding_bag: {"rows": 11, "width": 7, "indices": 5, "bags": 2},
    rms_norm: {"width": 5, "batch": 2},
    fc: {"in_features": 5, "out_features": 7, "batch": 2},
    batch_norm: {"channels": 5, "size": (7, 11), "batch": 2},
    pooling: {"channels": 5, "in_size": (7, 11), "out_size": (3, 5), "batch": 2},
}  # fmt: skip
STEPS = {"cell": "lstm", "input_size": 11, "hidden_size": 7, "steps": 5, "batch": 3}
GOOD[recurrent] = STEPS
# Without these an argument of another name is meant, or the same.
OPTIONAL = {
    *((formula, "in_size") for formula in (standard, group, depthwise, pointwise, separable)),
    (pooling, "in_size"),
    (transposed, "out_size"), (attention, "value_width"), (attention, "kv_heads"),
    (multi_head_attention, "kdim"), (multi_head_attention, "vdim"),
}  # fmt: skip
WRONG = (0, -3, 2.0, float("nan"), True, False, "3", None)
SIDES = ("kernel", "size", "in_size", "out_size")
ARGUMENTS = [
    (formula, argument) for formula, good in GOOD.items() for argument in good if argument != "cell"
]
ARGUMENTS_WITH_SIDES = [each for each in ARGUMENTS if each[1] in SIDES]
AT_LEAST_1 = "must be an integer of at least 1"


def named(parameter):
    return getattr(parameter, "__name__", None)


def assert_refused(formula, argument, value, rule):
    """``value`` is refused with the argument's name, the value, and this rule; no other words."""
    with pytest.raises(SizeError) as refusal:
        formula(**GOOD[formula] | {argument: value})
    error = refusal.value
    shown = value if value is error.value else next(side for side in value if side is error.value)
    assert error.argument == argument
    assert str(error) == f"{argument}={shown!r} {rule}"


@pytest.mark.parametrize("formula", GOOD, ids=named)
def test_the_good_numbers_are_taken(formula):
    assert formula(**GOOD[formula]).memory_access > 0


@pytest.mark.parametrize(("formula", "argument"), ARGUMENTS, ids=named)
def test_an_impossible_number_is_refused_by_name(formula, argument):
    for wrong in WRONG:
        if wrong is not None or (formula, argument) not in OPTIONAL:
            assert_refused(formula, argument, wrong, AT_LEAST_1)


@pytest.mark.parametrize(("formula", "argument"), ARGUMENTS_WITH_SIDES, ids=named)
def test_an_impossible_side_is_refused_by_name(formula, argument):
    for wrong in WRONG:
        assert_refused(formula, argument, (5, wrong), AT_LEAST_1)


@pytest.mark.parametrize(
    ("formula", "argument"), [each for each in ARGUMENTS_WITH_SIDES if each[1] != "size"], ids=named
)
@pytest.mark.parametrize("sides", [(), (5,)])
def test_too_few_sides_are_refused(formula, argument, sides):
    rule = "must have 2 numbers, one for each dimension"
    assert_refused(formula, argument, sides, rule)


@pytest.mark.parametrize("formula", [standard, depthwise, pooling], ids=named)
def test_too_many_sides_make_the_others_too_few(formula):
    sizes = {"kernel": 3, "out_size": (3, 5), "in_size": (3, 5, 7)}
    good = {name: sizes.get(name, value) for name, value in GOOD[formula].items()}
    with refuses("out_size=(3, 5) must have 3 numbers, one for each dimension"):
        formula(**good)


@pytest.mark.parametrize("formula", [standard, transposed, depthwise, fc, bilinear], ids=named)
def test_numbers_too_large_for_int64_are_refused_in_an_array(formula):
    """A uint64 would wrap around in int64."""
    argument = next(iter(GOOD[formula]))
    assert_refused(formula, argument, np.array([6, 2**63], "uint64"), AT_LEAST_1)


@pytest.mark.parametrize("channels", [[5], (5,), {5}, 5j, b"5"])
def test_a_collection_or_another_kind_of_number_is_no_channel_number(channels):
    with refuses(f"in_channels={channels!r} {AT_LEAST_1}"):
        standard(**GOOD[standard] | {"in_channels": channels})
