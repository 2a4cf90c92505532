"""Parts of plans: what can be joined, what is the same from here on, cycles, and the best of all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.guidelines import fusion_savings as fusing
from reports.guidelines.fusion_plan import EMPTY, Plan, Step, has_cycle
from tests.reports.guidelines.fusion_graphs import saved


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


@st.composite
def graphs(draw):
    """Up to seven runs, each reading one or two of those before it, and the size of each map."""
    kinds = draw(st.lists(st.sampled_from(["conv", "act", "add", "pool"]), min_size=2, max_size=7))
    names = [f"{kind}{place}" for place, kind in enumerate(kinds)]
    reads = {}
    for place, name in enumerate(names):
        most = min(place, 1 + name.startswith("add"))
        given = draw(st.sets(st.sampled_from(names[:place]), max_size=most)) if place else ()
        reads[name] = " ".join(sorted(given))
    sizes = draw(st.lists(st.integers(1, 9), min_size=len(names), max_size=len(names)))
    return reads, dict(zip(names, sizes, strict=True))


def divisions(names):
    """Every way to divide ``names`` into kernels."""
    if not names:
        yield []
        return
    first, *rest = names
    for kernels in divisions(rest):
        yield [[first], *kernels]
        for place in range(len(kernels)):
            yield [*kernels[:place], [first, *kernels[place]], *kernels[place + 1 :]]


def runs_through(kernels, reads):
    """Whether the kernels can run one after another."""
    left = {place: set(kernel) for place, kernel in enumerate(kernels)}
    done = set()
    while left:
        free = [p for p, own in left.items()
                if all(r in done | own for n in own for r in reads[n].split())]  # fmt: skip
        if not free:
            return False
        done |= left.pop(free[0])
    return True


def best_division(reads, sizes, inside):
    best = 0
    for kernels in divisions(list(reads)):
        if any(len(each) > 1 and not inside.issuperset(each) for each in kernels):
            continue
        if any(sum(n.startswith(("conv", "pool")) for n in each) > 1 for each in kernels):
            continue
        total = 0
        for own in kernels:
            for name in own:
                readers = [each for each in reads if name in reads[each].split()]
                total += sizes[name] * sum(each in own for each in readers)
                total += sizes[name] * (bool(readers) and all(each in own for each in readers))
        if total > best and runs_through(kernels, reads):
            best = total
    return best


@given(graphs(), st.sets(st.integers(0, 6), max_size=2))
def test_no_division_into_kernels_saves_more_and_one_saves_as_much(graph, outside):
    """By another road: every division, of which those that cannot run are no plans."""
    reads, sizes = graph
    inside = {name for place, name in enumerate(reads) if place not in outside}
    assert saved(reads, " ".join(inside), **sizes) == best_division(reads, sizes, inside)


@given(graphs())
def test_with_few_plans_side_by_side_it_is_still_one_that_runs(graph):
    reads, sizes = graph
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.guidelines.fusion_savings.WIDTH", 1)
        found = saved(reads, **sizes)
    assert found <= saved(reads, **sizes)


def scan(steps):
    """A state that takes in one input after another, and all of its states side by side."""
    graph = {"conv0": "", "act0": "conv0"}
    for place in range(1, steps):
        graph[f"conv{place}"] = ""
        graph[f"add{place}"] = f"{'add' if place > 1 else 'act'}{place - 1} conv{place}"
    return graph | {"cat": " ".join(["act0", *(f"add{place}" for place in range(1, steps))])}


def work(monkeypatch, steps, effort):
    """What is found to be saved in a scan, and the live runs and waits that were looked at."""
    seen = []

    def longer(self, step, joined, one=Plan.longer):
        seen.append(1 + len(self.live) + len(self.waits))
        yield from one(self, step, joined)

    with monkeypatch.context() as patched:
        patched.setattr(Plan, "longer", longer)
        patched.setattr(fusing, "EFFORT", effort)
        return saved(scan(steps)), sum(seen)


def test_the_work_on_a_large_block_is_bounded(monkeypatch):
    """Of each plan a run may be joined in a few ways, and the last one in as many as it reads."""
    exact, long = work(monkeypatch, 12, 10**9)
    fewer, short = work(monkeypatch, 12, 2_000)
    assert fewer == exact == 4 * 12
    assert 5 * short < long
    found, looked_at = work(monkeypatch, 96, fusing.EFFORT)
    assert found == 4 * 96  # each sum is in its product's kernel, which writes it to its place
    assert looked_at < 10 * fusing.EFFORT
