"""Options as they are written, and where the output goes."""

import os

import pytest

from complexity.options import Number, Resolution, given, writable, write
from formulas.errors import SizeError


class Named:
    name = "alpha"


@pytest.mark.parametrize(
    ("text", "value"), [("160", 160), ("160x128", (160, 128)), ("-3", -3), ("1x2x3", (1, 2, 3))]
)
def test_a_resolution_is_a_side_or_height_and_width(text, value):
    assert Resolution().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["", "x", "160x", "x160", "a", "1.5", "160X128"])
def test_what_is_no_resolution_is_refused_in_words(text):
    with pytest.raises(SizeError) as refused:
        Resolution().convert(text, None, None)
    assert str(refused.value) == f"res={text!r} must be a side such as 160, or HxW"


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("0.5", 0.5), ("1e2", 100.0), ("-1", -1)])
def test_a_number_stays_an_int_where_it_is_written_as_one(text, value):
    found = Number().convert(text, Named, None)
    assert (found, type(found)) == (value, type(value))


def test_what_is_no_number_is_refused_by_the_name_of_its_option():
    with pytest.raises(SizeError) as refused:
        Number().convert("wide", Named, None)
    assert str(refused.value) == "alpha='wide' must be a number"


def test_only_options_that_were_given_are_passed_on():
    assert given({"a": None, "b": 0, "c": False}) == {"b": 0, "c": False}


def test_an_output_that_can_be_written_passes(tmp_path):
    assert writable(None, None, None) is None
    target = str(tmp_path / "new.txt")
    assert writable(None, None, target) == target
    assert os.listdir(tmp_path) == []


def test_without_output_the_text_goes_to_the_terminal_as_it_is(capsys):
    write("a\nb", None)
    assert capsys.readouterr().out == "a\nb"


def test_with_output_the_text_goes_to_the_file_alone(capsys, tmp_path):
    write("a\nb\n", str(tmp_path / "new.txt"))
    assert (tmp_path / "new.txt").read_text() == "a\nb\n"
    assert capsys.readouterr() == ("", "")


def test_what_goes_wrong_while_writing_is_told_in_words(tmp_path):
    with pytest.raises(SizeError) as refused:
        write("x", str(tmp_path))
    assert (
        str(refused.value) == f"output={str(tmp_path)!r} cannot be written: {tmp_path} is a folder"
    )
