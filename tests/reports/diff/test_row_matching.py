"""Rows are matched by name, and numbered siblings in their order, against a search of all ways."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.diff import row_matching as aligning
from reports.diff.diff import Diff, total
from reports.diff.row_matching import aligned
from tests.reports.helpers import made, row

KINDS = ("fc", "standard", "batch_norm", "activation", "pooling")
LEAVES = st.builds(lambda kind, params: (kind, params), st.sampled_from(KINDS), st.integers(0, 3))
# A sequence holds layers and sequences; a layer is its kind and its params.
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, min_size=1, max_size=4), max_leaves=9)
SEQUENCES = st.lists(TREES, max_size=7)


def rows_of(tree, name="f"):
    """The rows of a nested sequence, as torch numbers it."""
    if isinstance(tree, tuple):
        kind, params = tree
        return [row(name, kind, params=params, macs=7 * params)]
    return [each for i, child in enumerate(tree) for each in rows_of(child, f"{name}.{i}")]


def nature(of):
    return (of.kind, of.cost)


def diffed(old, new):
    return Diff(made(layers=tuple(old)), made(layers=tuple(new)))


@given(SEQUENCES, st.integers(0, 7), TREES, st.booleans())
def test_one_that_comes_or_goes_is_all_that_is_told(sequence, place, extra, comes):
    """Whole blocks too; what is renumbered is as it was."""
    more = [*sequence[:place], extra, *sequence[place:]]
    sides = rows_of(sequence), rows_of(more)
    found = diffed(*sides) if comes else diffed(*reversed(sides))
    told = Counter((each.change, nature(each.new or each.old)) for each in found.changes)
    word = "added" if comes else "removed"
    assert told == Counter((word, nature(each)) for each in rows_of(extra))
    assert found.unchanged == len(rows_of(sequence))
    sign = 1 if comes else -1
    for name in ("params", "macs"):
        more = sign * sum(getattr(each, name) for each in rows_of(extra))
        assert total(found.new, name) - total(found.old, name) == more
        assert sum(each.figure(name) for each in found.changes) == more


@given(SEQUENCES, st.data())
def test_inside_of_a_block_of_a_block_too(sequence, data):
    """Inserted in a random sequence of the tree, at any depth."""
    tree = [[*sequence], ("fc", 2)]
    holders = [tree]
    for each in holders:
        holders += [child for child in each if isinstance(child, list)]
    chosen = data.draw(st.sampled_from(range(len(holders))))
    before = rows_of(tree)
    holders[chosen].insert(data.draw(st.integers(0, 4)), ("transposed", 11))
    (change,) = diffed(before, rows_of(tree)).changes
    assert (change.change, change.new.kind) == ("added", "transposed")
    (change,) = diffed(rows_of(tree), before).changes
    assert (change.change, change.old.kind) == ("removed", "transposed")


def longest_common(left, right):
    """Another road: every subsequence of the one, longest first, looked for in the other."""
    for length in range(min(len(left), len(right)), 0, -1):
        every = {tuple(each) for each in combinations(left, length)}
        if every & {tuple(each) for each in combinations(right, length)}:
            return length
    return 0


SHORT = st.lists(st.sampled_from(KINDS), max_size=6)


@given(SHORT, SHORT)
def test_as_many_as_can_be_are_kept_in_their_order(left, right):
    old, new = (rows_of([(kind, 1) for kind in kinds]) for kinds in (left, right))
    same = aligned(old, new, lambda of: (of.kind,))
    kept = [(i, j) for j, i in same.items() if old[i].kind == new[j].kind]
    assert len(kept) == longest_common(left, right)
    assert [i for i, _ in sorted(kept)] == [i for i, _ in sorted(kept, key=lambda pair: pair[1])]
    assert len(set(same.values())) == len(same)


def told(old, new):
    return {each.name: each.change for each in diffed(old, new).changes}


def test_a_layer_of_another_kind_in_one_place_is_changed():
    old = rows_of([("fc", 3), ("activation", 0), ("fc", 2)])
    new = rows_of([("fc", 3), ("batch_norm", 1), ("fc", 2)])
    assert told(old, new) == {"f.1": "changed"}


def test_what_follows_another_size_is_changed_and_not_renumbered_away():
    """A pooling is put in: all that follow have other shapes, and are still themselves."""
    old = rows_of([("standard", 3), ("fc", 2), ("activation", 0), ("standard", 5)])
    new = rows_of([("standard", 3), ("pooling", 0), ("fc", 2), ("activation", 0), ("standard", 5)])
    smaller = [replace(each, out_shape=(1,)) if n > 1 else each for n, each in enumerate(new)]
    assert told(old, smaller) == {
        "f.1": "added",
        "f.1 -> f.2": "changed",
        "f.2 -> f.3": "changed",
        "f.3 -> f.4": "changed",
    }
    assert diffed(old, smaller).renumbered == []


def test_of_those_that_are_the_same_the_last_is_new():
    found = diffed(rows_of([("fc", 3)] * 2), rows_of([("fc", 3)] * 3))
    assert [(each.name, each.change) for each in found.changes] == [("f.2", "added")]
    assert found.renumbered == []


def test_blocks_of_the_same_layers_in_another_order_are_not_the_same():
    block, turned = [("fc", 3), ("activation", 0)], [("activation", 0), ("fc", 3)]
    found = diffed(rows_of([block]), rows_of([turned, block]))
    assert [each.change for each in found.changes] == ["added"] * 2
    assert {each.name for each in found.changes} == {"f.0.0", "f.0.1"}
    found = diffed(rows_of([("fc", 3)]), rows_of([[("fc", 3)], ("fc", 3)]))
    assert [(each.name, each.change) for each in found.changes] == [("f.0.0", "added")]


def test_operations_of_one_name_are_numbered_too():
    names = ("add", "add#2", "add#3")
    old = [row(name, "addition", elementwise=n) for n, name in enumerate(names[:2], 5)]
    new = [replace(row("add", "addition", elementwise=4), name="add")]
    new += [replace(each, name=name) for each, name in zip(old, names[1:], strict=True)]
    assert told(old, new) == {"add": "added"}
    assert diffed(old, new).renumbered == [("add", "add#2"), ("add#2", "add#3")]
    assert told(new, old) == {"add": "removed"}


def test_a_module_that_runs_in_two_ways_stays_with_its_number():
    old = [row("f.0", "fc", macs=3), row("f.0#2", "fc", macs=5), row("f.1", "pooling")]
    new = [row("f.0", "batch_norm"), *(replace(each, name=each.name.replace("0", "1"))
                                       for each in old[:2]), replace(old[2], name="f.2")]  # fmt: skip
    assert told(old, new) == {"f.0": "added"}


def test_named_children_are_never_matched_by_what_they_are():
    old, new = [row("a.x", "fc", macs=3)], [row("a.y", "fc", macs=5)]
    assert told(old, new) == {"a.x": "removed", "a.y": "added"}


def test_nothing_and_something():
    assert aligned([], [], nature) == {}
    assert aligned([row("a")], [], nature) == {}
    assert told([], [row("")]) == {"": "added"}
    assert told([row("")], [row("")]) == {}


@pytest.mark.parametrize("most", [0, 10**6])
def test_very_many_are_matched_without_a_search(monkeypatch, most):
    """From both ends; in between by number."""
    monkeypatch.setattr(aligning, "MOST_PAIRS", most)
    old = rows_of([("fc", n % 3) for n in range(30)])
    new = rows_of([("fc", n % 3) for n in range(7)] + [("pooling", 0)]
                  + [("fc", n % 3) for n in range(7, 30)])  # fmt: skip
    assert told(old, new) == {"f.7": "added"}
    other = [replace(each, out_shape=(2,)) for each in old]
    assert [each.name for each in diffed(old, other).changes] == [each.name for each in other]


def test_a_name_as_deep_as_a_file_may_hold_is_matched():
    old, new = ([row(".".join("0" * 2000), "fc", macs=macs)] for macs in (3, 5))
    assert list(told(old, new).values()) == ["changed"]
