"""Options as they are written, and where the output goes."""

import os
from pathlib import Path

import click
import pytest

from complexity.cli.commands.report import report
from complexity.cli.options import (
    Number,
    Resolution,
    Word,
    as_typed,
    parse_arguments,
    pictured,
    tell,
    without_unset,
    writable,
    write,
    write_file,
)
from formulas.core.errors import SizeError


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
        Resolution().convert(text, Named, None)
    assert str(refused.value) == f"alpha={text!r} must be a side such as 160, or HxW"


@pytest.mark.parametrize(("text", "value"), [("3", 3), ("0.5", 0.5), ("1e2", 100.0), ("-1", -1)])
def test_a_number_stays_an_int_where_it_is_written_as_one(text, value):
    found = Number().convert(text, Named, None)
    assert (found, type(found)) == (value, type(value))


def test_what_is_no_number_is_refused_by_the_name_of_its_option():
    with pytest.raises(SizeError) as refused:
        Number().convert("wide", Named, None)
    assert str(refused.value) == "alpha='wide' must be a number"


def test_only_options_that_were_given_are_passed_on():
    assert without_unset({"a": None, "b": 0, "c": False}) == {"b": 0, "c": False}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3), ("-3", -3), ("0.5", 0.5), ("1e3", 1000.0), ("True", True), ("None", None),
        ("(2, 3)", (2, 3)), ("[2]", [2]), ("'3'", "3"), ("relu", "relu"), ("", ""),
        ("a=b", "a=b"), ("2 + 3", "2 + 3"), ("f(x)", "f(x)"), ("{'a': 1}", {"a": 1}),
        ("1.5.2", "1.5.2"), ("true", "true"),
    ],
)  # fmt: skip
def test_an_argument_is_a_python_constant_or_a_word(written, value):
    found = parse_arguments((f"key={written}",))
    assert found == {"key": value}
    assert type(found["key"]) is type(value)


def test_arguments_are_told_apart_by_their_names():
    assert parse_arguments(("depth=3", "act=relu", "_x1=2")) == {
        "depth": 3,
        "act": "relu",
        "_x1": 2,
    }
    assert parse_arguments(()) == {}


@pytest.mark.parametrize("written", ["", "depth", "=3", "1=2", "a b=3", "a.b=3", "--depth=3"])
def test_what_is_no_argument_is_refused_in_words(written):
    with pytest.raises(SizeError) as refused:
        parse_arguments((written,))
    assert str(refused.value) == f"arguments={written!r} must be KEY=VALUE, such as depth=3"


def test_an_output_that_can_be_written_passes(tmp_path):
    assert writable(None, Named, None) is None
    target = str(tmp_path / "new.txt")
    assert writable(None, Named, target) == target
    assert os.listdir(tmp_path) == []


def test_without_output_the_text_goes_to_the_terminal_as_it_is(capsys):
    write("a\nb", None)
    assert capsys.readouterr().out == "a\nb"


@pytest.mark.parametrize("name", [None, "new.txt"])
def test_a_control_character_is_shown_and_not_obeyed(capsys, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    write("\x1b[2Ja\tb\x00\ud800\n", name)
    out = Path(name).read_text() if name else capsys.readouterr().out
    assert out == "\\u001b[2Ja\tb\\u0000\\ud800\n"
    write(b"\x1b\n", None)  # a file of its own kind, not text
    assert capsys.readouterr().out == "\x1b\n"
    tell(f"--res {'7' * 5000} is, and {'3' * 60} is")
    assert capsys.readouterr().err == f"complexity: --res {'7' * 60}... is, and {'3' * 60} is\n"
    tell("it is\n\x1b[31m red")
    assert capsys.readouterr().err == "complexity: it is \\u001b[31m red\n"


def test_with_output_the_text_goes_to_the_file_alone(capsys, tmp_path):
    write("a\nb\n", str(tmp_path / "new.txt"))
    assert (tmp_path / "new.txt").read_text() == "a\nb\n"
    assert capsys.readouterr() == ("", "")


def test_a_file_is_refused_by_the_option_that_named_it(tmp_path):
    missing = str(tmp_path / "no" / "a.png")
    with pytest.raises(SizeError, match=r"^alpha=.* must lie in a folder that exists$"):
        writable(None, Named, missing)
    with pytest.raises(SizeError, match=r"^plot=.* cannot be written: "):
        write_file("plot", str(tmp_path), b"x")


def test_what_goes_wrong_while_writing_is_told_in_words(tmp_path):
    with pytest.raises(SizeError) as refused:
        write("x", str(tmp_path))
    assert (
        str(refused.value) == f"output={str(tmp_path)!r} cannot be written: {tmp_path} is a folder"
    )


def test_a_plot_is_refused_before_the_work(tmp_path):
    def asked(path):
        return pictured(None, click.Option(["--plot"]), path)

    assert asked(None) is None
    assert asked(str(tmp_path / "x.png")) == str(tmp_path / "x.png")
    (tmp_path / "x.svg").mkdir()
    for path, rule in (
        (tmp_path / "x.pdf", "must end in .png, .svg, .html"),
        (tmp_path / "x.svg", "must be a file, not a folder"),
        (tmp_path / "no" / "x.png", "must lie in a folder that exists"),
    ):
        with pytest.raises(SizeError) as refused:
            asked(str(path))
        assert (refused.value.argument, refused.value.rule) == ("plot", rule)


TYPED = (
    ("resolution", "4x4", "--res 4x4"),
    ("resolution", (8, 6), "--res 8x6"),
    ("alpha", 0.5, "--alpha 0.5"),
    ("alpha", "", "--alpha ''"),
    ("inputs", None, "--input"),
    ("inputs", ("3x5", "x=2"), "--input 3x5 x=2"),
    ("arguments", {"depth": 3}, "--arg depth=3"),
    ("arguments", "a b=3", "--arg 'a b=3'"),
    ("trace", False, "--no-trace"),
    ("backward", True, "--backward"),
    ("form", "xml", "--format xml"),
    ("output", "x.txt", "--output x.txt"),
    ("target", "timm:", "MODEL timm:"),
    ("kernel", 3, "kernel=3"),
    ("alpha", [0.5, 1], "--alpha 0.5,1"),
)


@pytest.mark.parametrize(("argument", "value", "typed"), TYPED)
def test_an_argument_in_an_error_is_as_it_is_typed(argument, value, typed):
    assert as_typed(SizeError(argument, value, "must be so"), report) == f"{typed} must be so"


def test_a_word_is_one_of_those_that_are_listed():
    assert Word(["one", "two"]).convert("two", Named, None) == "two"
    with pytest.raises(SizeError, match=r"^alpha='three' must be one of one, two$"):
        Word(["one", "two"]).convert("three", Named, None)
