"""Every formula refuses every impossible number, and says which, and why."""

import pytest

from formulas import (
    SizeError,
    batch_norm,
    depthwise,
    fc,
    group,
    pointwise,
    pooling,
    separable,
    standard,
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
    fc: {"in_features": 5, "out_features": 7, "batch": 2},
    batch_norm: {"channels": 5, "size": (7, 11), "batch": 2},
    pooling: {"channels": 5, "in_size": (7, 11), "out_size": (3, 5), "batch": 2},
}
# Two formulas hand an argument on under another name, which the refusal may use instead.
HANDED_ON = {(separable, "in_channels"): "channels", (batch_norm, "size"): "out_size"}
WRONG = (0, -3, 2.0, float("nan"), True, False, "3", None)
SIDES = ("kernel", "size", "in_size", "out_size")
ARGUMENTS = [(formula, argument) for formula, good in GOOD.items() for argument in good]
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
    assert error.argument in (argument, HANDED_ON.get((formula, argument)))
    assert str(error) == f"{error.argument}={shown!r} {rule}"


@pytest.mark.parametrize("formula", GOOD, ids=named)
def test_the_good_numbers_are_taken(formula):
    assert formula(**GOOD[formula]).memory_access > 0


@pytest.mark.parametrize(("formula", "argument"), ARGUMENTS, ids=named)
def test_an_impossible_number_is_refused_by_name(formula, argument):
    for wrong in WRONG:
        if (argument, wrong) != ("in_size", None):  # no input map means the output map
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


@pytest.mark.parametrize("channels", [[5], (5,), {5}, 5j, b"5"])
def test_a_collection_or_another_kind_of_number_is_no_channel_number(channels):
    with refuses(f"in_channels={channels!r} {AT_LEAST_1}"):
        standard(**GOOD[standard] | {"in_channels": channels})
