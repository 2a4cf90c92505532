"""Medians, ratios within a round, and marks."""

import pytest

from benchmarks.results import Result, results, start_ratios, verdict
from benchmarks.running import Sample
from benchmarks.tools import META, SLOW, TORCH


def sample(tool, number, warm, macs=None, **more):
    return Sample("w", tool, number, "meta", 2 * warm, warm, 100 * number, macs, **more)


def by_tool(*samples):
    return {each.tool: each for each in results(samples)}


def test_a_ratio_is_to_the_bare_forward_of_the_same_round():
    """The machine of round 2 is ten times slower, and that of round 3 a hundred times."""
    found = by_tool(
        *(sample(META, n, unit) for n, unit in ((1, 1.0), (2, 10.0), (3, 100.0))),
        *(sample("x", n, warm, 7) for n, warm in ((1, 3.0), (2, 20.0), (3, 500.0))),
    )
    assert found["x"].warm_ratio == 3
    assert found["x"].cold_ratio == 3
    assert found["x"].warm == 20
    assert found["x"].cold == 40
    assert found["x"].peak_mb == 200
    assert found[META].warm_ratio == 1


def test_without_a_bare_forward_there_is_no_ratio():
    found = by_tool(Sample("w", META, 1, error="no"), sample("x", 1, 3.0, 7))
    assert found["x"].warm_ratio is None
    assert found["x"].warm == 3
    assert found[META].error == "no"


@pytest.mark.parametrize(
    ("slow", "torch", "truth"), [(7, 7, 7), (7, 8, None), (7, None, None), (None, None, None)]
)
def test_the_truth_is_what_both_references_say(slow, torch, truth):
    references = [
        Sample("w", tool, 1, error="no") if macs is None else sample(tool, 1, 1.0, macs)
        for tool, macs in ((SLOW, slow), (TORCH, torch))
    ]
    found = by_tool(*references, sample("x", 1, 1.0, 7))
    assert found["x"].truth == truth
    assert found["x"].mark == ("right" if truth else "truth disputed")


def test_a_reference_that_did_not_run_is_no_truth():
    assert by_tool(sample(SLOW, 1, 1.0, 7), sample("x", 1, 1.0, 7))["x"].truth is None


def test_a_count_that_changes_between_rounds_is_an_error():
    found = by_tool(sample("x", 1, 1.0, 7), sample("x", 2, 1.0, 8))
    assert found["x"].error == "another count in another round"


def test_a_failure_in_any_round_is_the_result():
    found = by_tool(sample("x", 1, 1.0, 7), Sample("w", "x", 2, error="not done in 60 s"))
    assert found["x"].error == "not done in 60 s"
    assert found["x"].mark == "-"


@pytest.mark.parametrize(
    ("macs", "words"),
    [
        (1000, "right"),
        (1001, "+0.1 %"),
        (999, "-0.1 %"),
        (0, "-100.0 %"),
        (2, "-99.8 %"),
        (1123, "+12.3 %"),
    ],
)
def test_a_count_is_right_to_the_last_integer_or_off_in_percent(macs, words):
    assert verdict(macs, 1000) == words


def test_one_too_many_in_a_huge_count_is_not_right():
    assert verdict(10**18 + 1, 10**18) != "right"


def test_a_forward_is_not_judged():
    assert Result("w", META, truth=7).mark == "-"


def test_starts_are_medians_of_ratios_too():
    each = [{"import torch": 1.0, "x": 3.0}, {"import torch": 10.0, "x": 20.0},
            {"import torch": 4.0, "x": 20.0}]  # fmt: skip
    assert start_ratios(each) == {"import torch": (4.0, 1.0), "x": (20.0, 3.0)}
    assert start_ratios([]) == {}
