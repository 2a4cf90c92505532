"""The family of errors: its words, its fields, its place among Python's own."""

import pytest

from formulas import FormulaError, SizeError, UnknownNameError

MANY = [f"unrelated{number}" for number in range(13)]


def test_every_error_is_also_a_value_error():
    assert issubclass(FormulaError, ValueError)
    assert issubclass(SizeError, FormulaError)
    assert issubclass(UnknownNameError, FormulaError)


def test_a_size_error_names_argument_value_and_rule_and_keeps_them():
    error = SizeError("groups", 5, "must divide in_channels=32")
    assert str(error) == "groups=5 must divide in_channels=32"
    assert (error.argument, error.value, error.rule) == ("groups", 5, "must divide in_channels=32")


def test_a_text_is_shown_as_text():
    assert str(SizeError("groups", "5", "is no number")) == "groups='5' is no number"


@pytest.mark.parametrize(
    ("name", "known", "words"),
    [
        ("alpha", ["alpah"], "there is no option 'alpha': did you mean 'alpah'?"),
        ("bear", ["bean", "beer"], "there is no option 'bear': did you mean 'beer' or 'bean'?"),
        ("xyz", ["one", "two"], "there is no option 'xyz': choose from one, two"),
        ("xyz", MANY[:12], f"there is no option 'xyz': choose from {', '.join(MANY[:12])}"),
        ("xyz", MANY, "there is no option 'xyz': none of the 13 known names is near it"),
    ],
)
def test_an_unknown_name_gets_near_names_or_a_list(name, known, words):
    error = UnknownNameError("option", name, known)
    assert str(error) == words
    assert (error.what, error.name, error.known) == ("option", name, known)


def test_at_most_three_near_names_are_suggested():
    error = UnknownNameError("net", "net", ["net1", "net2", "net3", "net4"])
    assert str(error).count(" or ") == 2
