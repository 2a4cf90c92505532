"""Parts of plans: what can be joined, what is the same from here on, and cycles."""

from hypothesis import given
from hypothesis import strategies as st

from reports.plans import EMPTY, Plan, Step, has_cycle


def step(run, reads, last, multiplies=False, **more):
    settings = {"gathers": False, "follows": False, "leaves": False} | more
    near = frozenset(reads)
    return Step(run, reads, near, written=1, last=last, multiplies=multiplies, **settings)


def after(*taken):
    """The one plan of steps, each with those that it is joined to, and what it saves."""
    plan, saved = EMPTY, 0
    for each, joined in taken:
        ((plan, more),) = plan.longer(each, joined)
        saved += more
    return plan, saved


def test_two_that_multiply_are_never_joined():
    plan, _ = after((step(0, {}, 1, True), ()))
    assert list(plan.longer(step(1, {0: 1}, 2, True), (0,))) == []
    ((alone, saved),) = plan.longer(step(1, {0: 1}, 2, True), ())
    assert (len(alone.multiplying), saved) == (1, 0)


def test_plans_that_differ_only_in_what_is_over_are_one():
    begin = step(0, {}, 1)
    joined, two = after((begin, ()), (step(1, {0: 1}, 2), (0,)))
    apart, none = after((begin, ()), (step(1, {0: 1}, 2), ()))
    assert joined == apart
    assert (two, none) == (2, 0)


def test_who_waits_by_way_of_a_third_is_known_when_that_is_over():
    """0 is read by 1 and 3, 1 by 2: 3 cannot join both 0 and 2 without 1."""
    begin = step(0, {}, 3, True), ()
    third = step(1, {0: 1}, 2, True), ()
    plan, _ = after(begin, third, (step(2, {1: 1}, 3), ()))
    assert plan.waits == {(0, 1, True)}
    assert list(plan.longer(step(3, {0: 1, 2: 1}, 4), (0, 2))) == []
    assert list(plan.longer(step(3, {0: 1, 2: 1}, 4), (0,))) == []
    ((last, saved),) = plan.longer(step(3, {0: 1, 2: 1}, 3), (2,))
    assert (last, saved) == (Plan(), 2)


def test_a_concatenation_that_stands_is_where_its_parts_lie():
    two = [(step(run, {}, 3, True), ()) for run in (0, 1)]
    plan, _ = after(*two)
    gathering = step(2, {0: 1, 1: 1}, 2, gathers=True)
    found = {saved: plan for plan, saved in plan.longer(gathering, (0, 1))}
    assert sorted(found) == [2, 4]  # what they wrote, too; though another reads it later
    assert [each.stays for each in found[4].live] == [None, None]
    assert [each.stays for each in found[2].live] == [True, True]


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=9))
def test_a_cycle_is_one_that_waits_for_itself(waits):
    reached = set(waits)
    for _ in range(6):
        reached |= {(a, d) for a, b in reached for c, d in reached if b == c}
    assert has_cycle(waits) == any(a == b for a, b in reached)
