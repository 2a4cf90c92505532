"""CONTRIBUTING.md tells where things are: its map is the tree's, its answers are paths."""

import re

import pytest

from tests.paths import ROOT
from tests.tree_map import MAP, PAGE, map_of

TEXT = PAGE.read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^\| (Where .*?\?) \| `(.*?)` \|$", TEXT, re.M)


def test_the_map_is_made_from_the_package_docstrings():
    assert MAP.search(TEXT).group() == map_of(ROOT)


def test_the_map_follows_a_docstring(tmp_path):
    (tmp_path / "formulas").mkdir()
    (tmp_path / "formulas" / "__init__.py").write_text('"""New words.\n\nMore."""\n')
    assert re.match(r"formulas/ +New words\.\n", map_of(tmp_path))


def test_there_are_twelve_questions():
    assert len(QUESTIONS) == len({path for _, path in QUESTIONS}) == 12


@pytest.mark.parametrize(("question", "path"), QUESTIONS)
def test_the_path_answers_the_question_by_its_words(question, path):
    """The subject of the question stands in the path, so that ``ls`` finds it."""
    assert (ROOT / path).exists()
    words = set(re.findall(r"[a-z0-9]+", question.lower()))
    assert words & set(re.findall(r"[a-z0-9]+", path.removesuffix(".py")))


def test_every_path_of_the_page_exists():
    paths = re.findall(r"`((?:formulas|reports|complexity|tests|docs|benchmarks)/[^`<*{ ]*)`", TEXT)
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []
