"""Rows as a tree: every row once, every module the sum of what it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas.core.cost import Cost
from formulas.networks import NETWORKS, network
from reports.model.module_tree import ITSELF, module_tree
from reports.model.report import report_of
from tests.reports.helpers import MYSTERIES, ROWS, made, row


def shape(report):
    """Each part as a label, below the label of its parent."""
    parts = module_tree(report)
    return [
        (part.label, None if part.parent is None else parts[part.parent].label) for part in parts
    ]


def test_the_tree_by_hand():
    assert shape(made()) == [
        ("made", None),
        ("stem", "made"), ("conv", "stem"), ("bn", "stem"),
        ("body", "made"), ("0", "body"), ("conv", "0"), ("bn", "0"),
        ("1", "body"), ("conv", "1"), ("conv#2", "1"),
        ("head", "made"),
    ]  # fmt: skip


def test_what_holds_one_thing_only_is_no_part_of_its_own():
    rows = (row("a.b.c.d"), row("x.y.z.1"), row("x.y.z.2"))
    parts = module_tree(made(layers=rows))
    assert [(part.label, part.path) for part in parts[1:]] == [
        ("a.b.c.d", "a.b.c.d"), ("x.y.z", "x.y.z"), ("1", "x.y.z.1"), ("2", "x.y.z.2"),
    ]  # fmt: skip


def test_a_module_that_is_a_row_too_holds_itself():
    parts = module_tree(made(layers=(row("a", macs=2), row("a.b", macs=3), row("a.c", macs=5))))
    assert [(part.label, part.path, part.group.cost.macs) for part in parts[1:]] == [
        ("a", "a", 10), (ITSELF, "a", 2), ("b", "a.b", 3), ("c", "a.c", 5),
    ]  # fmt: skip


def test_rows_that_come_back_to_a_module_belong_to_it():
    parts = module_tree(made(layers=(row("a.x"), row("b"), row("a.y"))))
    assert [part.path for part in parts] == ["", "a", "a.x", "a.y", "b"]


def test_a_module_with_something_unknown_is_not_known():
    parts = module_tree(made(layers=(*ROWS, *MYSTERIES)))
    assert [part.path for part in parts if not part.group.known] == ["", "fft", "svd"]


def test_no_rows_leave_the_model():
    (root,) = module_tree(made(layers=()))
    assert (root.label, root.parent, root.group.rows, root.group.cost) == ("made", None, 0, Cost())


def check(report):
    parts = module_tree(report)
    assert sorted(part.row.name for part in parts if part.row) == sorted(
        r.name for r in report.layers
    )
    assert parts[0].group.cost == report.cost
    for index, part in enumerate(parts):
        inside = [each for each in parts if each.parent == index]
        assert (part.row is None) == (bool(inside) or not report.layers)
        if inside:
            assert sum((each.group.cost for each in inside), Cost()) == part.group.cost
            assert sum(each.group.rows for each in inside) == part.group.rows
            assert len(inside) > 1 or index == 0
        if part.parent is not None:
            assert part.parent < index


@pytest.mark.parametrize("name", NETWORKS)
def test_every_module_of_a_network_is_the_sum_of_what_it_holds(name):
    check(report_of(network(name)))


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(".".join), max_size=20,
                unique=True))  # fmt: skip
def test_any_paths_make_a_tree(paths):
    check(made(layers=tuple(row(path, macs=2**n) for n, path in enumerate(paths))))
