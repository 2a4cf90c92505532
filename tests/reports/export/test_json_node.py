"""A part of a file: its value as one kind of thing, or a sentence that says where it stands."""

import json

import pytest

from reports.export.json_node import Part, SavedError
from tests.oracles.refusals import refuses

BIG = 2**70
FILE = Part("a.json", "", {"layers": [{"macs": "many"}, {"macs": BIG, "out": [3, 5], "on": True}]})


def refusing(words: str):
    return refuses(words, SavedError)


def test_a_place_is_named_as_one_would_write_it():
    first, second = FILE["layers"].items()
    with refusing('a.json: layers[0].macs must be a whole number of at least 0, not "many"'):
        first["macs"].count()
    with refusing("a.json: layers[0] must have 'params'"):
        first["params"]
    with refusing("a.json must have 'model'"):
        FILE["model"]
    assert second["macs"].count() == BIG
    assert second["out"].sizes() == (3, 5)
    assert second["on"].truth() is True
    assert list(second.members()) == ["macs", "out", "on"]


@pytest.mark.parametrize("value", [True, 1.0, -1, "1", None, [1], 1e300])
def test_only_a_whole_number_is_a_count(value):
    with pytest.raises(SavedError, match="must be a whole number of at least 0, not "):
        Part("a.json", "x", value).count()


@pytest.mark.parametrize(
    ("method", "value", "words"),
    [
        ("text", 3, "a.json: x must be a text, not 3"),
        ("text", None, "a.json: x must be a text, not null"),
        ("truth", 0, "a.json: x must be true or false, not 0"),
        ("items", {}, "a.json: x must be a list, not {}"),
        ("members", [], "a.json: x must be an object, not []"),
        ("sizes", [3, -1], "a.json: x[1] must be a whole number of at least 0, not -1"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(method, value, words):
    with refusing(words):
        getattr(Part("a.json", "x", value), method)()


def test_a_word_is_one_of_those():
    assert Part("a.json", "x", "sgd").one_of(("sgd", "adam")) == "sgd"
    for value in ("lion", None, ["sgd"], {}):
        with refusing(f"a.json: x must be one of sgd, adam, not {json.dumps(value)}"):
            Part("a.json", "x", value).one_of(("sgd", "adam"))


def test_a_long_value_is_cut():
    with pytest.raises(SavedError) as refused:
        Part("a.json", "x", ["word"] * 1000).text()
    assert len(str(refused.value)) < 120
    assert str(refused.value).endswith("...")


def test_the_first_place_that_is_not_the_same_is_named():
    part = Part("a.json", "", {"a": [{"b": 3, "more": 1}], "c": BIG})
    part.same_as({"a": [{"b": 3}], "c": BIG}, "")
    for expected, words in (
        ({"a": [{"b": 5}]}, "a.json: a[0].b must be 5, so, not 3"),
        ({"a": [{"b": True}]}, "a.json: a[0].b must be true, so, not 3"),
        ({"a": []}, 'a.json: a must have 0 elements, so, not [{"b": 3, "more": 1}]'),
        ({"d": 3}, "a.json must have 'd'"),
        ({"c": BIG + 1}, f"a.json: c must be {BIG + 1}, so, not {BIG}"),
        ({"c": float(BIG)}, f"a.json: c must be {float(BIG)}, so, not {BIG}"),
        ({"c": [BIG]}, f"a.json: c must be a list, not {BIG}"),
    ):
        with refusing(words):
            part.same_as(expected, ", so")
