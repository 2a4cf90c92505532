"""Settings of the user's: the nearest file, and what is wrong with it in one sentence."""

import pytest

from complexity.budgets.pyproject_config import setting_error, settings_of
from complexity.errors import ArgumentError
from formulas.core.errors import SizeError

FILE = "pyproject.toml"


def test_the_nearest_file_above_is_read(tmp_path):
    (tmp_path / FILE).write_text("[tool.complexity.guidelines]\ng1 = 1.5\n")
    below = tmp_path / "one" / "two"
    below.mkdir(parents=True)
    assert settings_of("guidelines", below) == {"g1": 1.5}
    (below / FILE).write_text("[tool.ruff]\nline-length = 100\n")
    assert settings_of("guidelines", below) == {}


def test_the_working_directory_is_where_it_begins(tmp_path, monkeypatch):
    (tmp_path / FILE).write_text("[tool.complexity.guidelines]\ng4 = 0.9\n")
    monkeypatch.chdir(tmp_path)
    assert settings_of("guidelines") == {"g4": 0.9}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[tool.complexity.guidlines]\ng1 = 2\n",
            r"tool.complexity.guidlines=.* must be a table among",
        ),
        ("[tool.complexity]\nguidelines = 3\n", r"tool.complexity.guidelines=3 must be a table"),
        ("[tool]\ncomplexity = 3\n", "must have a table tool.complexity"),
        ("[tool.complexity\n", "must be TOML: TOMLDecodeError"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ArgumentError, match=said):
        settings_of("guidelines", tmp_path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ArgumentError, match="must be TOML: UnicodeDecodeError"):
        settings_of("guidelines", tmp_path)


def test_a_refused_setting_is_named_with_its_table_and_file(tmp_path):
    (tmp_path / FILE).write_text("[tool.complexity.guidelines]\ng1 = 'x'\n")
    error = setting_error("guidelines", SizeError("g1", "x", "must be a number"), tmp_path)
    assert str(error) == (
        f"tool.complexity.guidelines.g1='x' must be a number, in {tmp_path / FILE}"
    )
