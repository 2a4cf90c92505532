"""How many runs can go on side by side: by hand, and against every set of them."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from reports.model.dataflow import Flow, ones, pairs


def flow(**reads):
    """``flow(a="", b="a")``: b reads what a wrote."""
    names = list(reads)
    return Flow(tuple(names), tuple(tuple(map(names.index, reads[n])) for n in names))


def test_a_chain_is_one_and_what_reads_from_one_place_goes_side_by_side():
    assert flow(a="", b="a", c="b").width("abc") == 1
    assert flow(a="", b="a", c="a", d="a", e="bcd").width("abcde") == 3
    assert flow(a="", b="", c="").width("abc") == 3
    assert Flow((), ()).width("") == 0


def test_what_was_not_asked_for_hands_on_who_waits_for_whom():
    found = flow(a="", x="a", b="x", c="x", y="bc", d="y")
    assert found.width("abd") == 1
    assert found.width("abcd") == found.width("abcdxy") == 2


def test_an_earlier_run_changes_its_next_one_where_another_can_only_have_that():
    """c and d: c takes a first, d can only take a, and c has b as well."""
    assert flow(a="", b="", c="ab", d="a").width("abcd") == 2
    assert flow(b="", a="", c="ab", d="a").width("abcd") == 2


def test_runs_of_one_name_are_many():
    assert Flow(("a", "a", "a"), ((), (), (0,))).width({"a"}) == 2


def test_a_long_chain_is_no_deep_recursion():
    count = 3000
    assert Flow(("a",) * count, ((), *((n,) for n in range(count - 1)))).width({"a"}) == 1


graphs = st.integers(1, 9).flatmap(
    lambda size: st.tuples(
        *(st.sets(st.integers(0, max(0, run - 1)), max_size=run).map(tuple) for run in range(size))
    )
)


@given(graphs, st.sets(st.integers(0, 8)))
def test_it_is_the_largest_set_in_which_none_waits_for_another(reads, asked):
    found = Flow(tuple(map(str, range(len(reads)))), reads)
    waits = []
    for read in reads:
        waits.append(set(read).union(*(waits[each] for each in read)))
    runs = [run for run in range(len(reads)) if run in asked]
    free = (
        size
        for size in range(len(runs), 0, -1)
        for some in combinations(runs, size)
        if all(one not in waits[two] for one, two in combinations(some, 2))
    )
    assert found.width({str(run) for run in asked}) == next(free, 0)


def test_ends_wait_for_none_or_are_waited_for_by_none():
    found = flow(x="", a="x", b="a", c="a", d="bc", y="d", e="b")
    assert found.ends("abcde") == {"a", "d", "e"}
    assert found.ends("b") == {"b"}
    assert flow(a="", b="a", x="b", y="x", c="y").ends("abc") == {"a", "c"}
    assert found.ends("") == Flow((), ()).ends("a") == set()
    assert Flow(("a", "b", "a", "c"), ((), (0,), (1,), (2,))).ends("abc") == {"a", "c"}


@given(graphs, st.sets(st.integers(0, 8)))
def test_ends_are_those_without_a_path_to_or_from_another(reads, asked):
    found = Flow(tuple(map(str, range(len(reads)))), reads)
    waits = []
    for read in reads:
        waits.append(set(read).union(*(waits[each] for each in read)))
    runs = {run for run in range(len(reads)) if run in asked}
    first = {run for run in runs if not waits[run] & runs}
    last = {run for run in runs if not any(run in waits[other] for other in runs)}
    assert found.ends(set(map(str, asked))) == set(map(str, first | last))


def test_ones_are_the_places_of_bits_the_last_first():
    assert list(ones(0b10_0101)) == [5, 2, 0]
    assert pairs([]) == 0
