"""Test modules stand on their own, so that each can be moved; and the rules go red."""

import pytest

from tests import tree_rules
from tests.paths import ROOT


@pytest.mark.parametrize("rule", [tree_rules.imported_tests, tree_rules.roots_of_their_own])
def test_the_tests_of_this_tree_keep_the_rule(rule):
    assert rule(ROOT) == []


PLANTED = {
    "module": (tree_rules.imported_tests, "from tests.reports.test_a import helper", "test_a"),
    "package": (tree_rules.imported_tests, "from tests.reports import test_a", "test_a"),
    "in a function": (tree_rules.imported_tests, "def f():\n    import tests.reports.test_a", "test_a"),
    "own root": (tree_rules.roots_of_their_own, "ROOT = Path(__file__).parents[1]", "__file__"),
}  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_named_with_its_file(planted, tmp_path):
    rule, line, words = PLANTED[planted]
    folder = tmp_path / "tests" / "reports"
    folder.mkdir(parents=True)
    (folder / "test_a.py").write_text("helper = 1\n")
    assert rule(tmp_path) == []
    (folder / "helpers.py").write_text(line + "\n")
    (found,) = rule(tmp_path)
    assert found.startswith("tests/reports/helpers.py")
    assert words in found
