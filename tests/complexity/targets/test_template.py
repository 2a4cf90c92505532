"""Named sides: filled at each point, and refused where a name is wrong."""

import pytest

from complexity.targets.request import Request
from complexity.targets.template import FORM, Template
from tests.complexity.factories import net
from tests.oracles.refusals import refuses


def template(*inputs, arguments=(), sizes=("S",)):
    return Template(Request(net), inputs, arguments, sizes)


def test_each_named_side_of_each_input_is_filled():
    made = template("2x3xSxS", "mask=1xS:bool", "7xB:int64", "scalar", sizes=("S", "B"))
    asked = made.at({"S": 96, "B": 5})
    assert asked.inputs == ("2x3x96x96", "mask=1x96:bool", "7x5:int64", "scalar")
    assert asked.arguments == {}


def test_arguments_go_to_the_factory_and_sizes_do_not():
    made = template("1x3xSxS", arguments=("width",))
    asked = made.at({"width": (1, 2), "S": 4})
    assert asked == Request(net, arguments={"width": (1, 2)}, inputs=("1x3x4x4",))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1x3xTxS", "has a side 'T', which needs its values, such as --size S=64:128:32"),
        ("1x3x64:128:32xS", "has a range: name the side, as in 1x3xSxS, and give --size S=64:128:32"),
        ("1x3x-1xS", FORM),
        ("1x3xxS", FORM),
    ],
)  # fmt: skip
def test_a_side_that_is_neither_a_number_nor_named_is_refused(text, rule):
    with refuses(f"inputs={text!r} {rule}"):
        template(text)


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("side-2", "must be a word without an x, such as S=64:128:32"),
        ("max", "must be a word without an x, such as S=64:128:32"),
        ("width", "is an argument of the factory too"),
        ("T", "is no side of an input, such as --input 1x3xSxS"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, rule):
    with refuses(f"sizes={name!r} {rule}"):
        template("1x3xSxS", arguments=("width",), sizes=("S", name))


def test_a_target_that_names_nothing_is_refused_at_once():
    with pytest.raises(ValueError, match=r"was not found: there is no file 'no\.py'"):
        Template(Request("no.py:net"), ())
