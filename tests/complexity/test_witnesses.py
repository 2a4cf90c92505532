"""The outside counters: what they must find, by hand; and why, where they cannot run."""

import pytest
import torch
from torch import nn

from complexity import analyze, check
from complexity.witnesses import WITNESSES, ask, fvcore_habits
from tests.complexity.small import Keyword, Reused, network_in_miniature


def answers(model, *inputs):
    return {each.name: each for each in ask(analyze(model, inputs), model, inputs)}


def both(model, *inputs):
    found = answers(model, *inputs)
    return [
        (found[name].expected, found[name].counted) for name in ("fvcore", "torch FlopCounterMode")
    ]


def test_a_convolution_is_one_for_each_mac_and_two_for_torch():
    macs = 2 * 10 * 9 * 9 * (3 * 3 * 5)
    conv = nn.Conv2d(6, 10, (3, 5), groups=2)
    assert both(conv, torch.zeros(2, 6, 11, 13)) == [(macs, macs), (2 * macs, 2 * macs)]


def test_fvcore_adds_two_for_each_normalised_element():
    elements = 2 * 3 * 7 * 11
    found = answers(nn.BatchNorm2d(3), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 2 * elements
    assert found["fvcore"].explained == ("+ 924: two per batch-norm element",)
    assert found["torch FlopCounterMode"].counted == 0


def test_fvcore_adds_one_for_each_element_of_a_normalisation_without_weights():
    found = answers(nn.BatchNorm2d(3, affine=False), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 462
    assert found["fvcore"].explained == ("+ 462: one per batch-norm element without weights",)


@pytest.mark.parametrize("out", [1, (2, 3), (None, 5)])
def test_fvcore_adds_one_for_each_adaptively_averaged_input_element(out):
    found = answers(nn.AdaptiveAvgPool2d(out), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 462
    assert found["fvcore"].explained == ("+ 462: one per adaptively averaged input element",)


@pytest.mark.parametrize(
    ("pool", "shape"),
    [
        (nn.AdaptiveAvgPool1d(2), (2, 3, 7)),
        (nn.AdaptiveAvgPool3d(2), (2, 3, 5, 7, 11)),
        (nn.AdaptiveMaxPool2d(2), (2, 3, 7, 11)),
        (nn.MaxPool2d(2), (2, 3, 7, 11)),
        (nn.AvgPool2d(2), (2, 3, 7, 11)),
    ],
)
def test_no_other_pooling_costs_anything_outside(pool, shape):
    found = answers(pool, torch.zeros(shape))
    assert [(each.expected, each.counted) for each in found.values()] == [(0, 0), (0, 0)]
    assert found["fvcore"].explained == ()


def test_a_small_network_by_hand():
    # convolution 2x5x9x11 of 27 weights; the same map normalised, then averaged; 30 -> 7 twice
    macs, normalised, averaged = 990 * 27 + 2 * 30 * 7, 990, 990
    total = macs + 2 * normalised + averaged
    model = network_in_miniature()
    assert both(model, torch.zeros(2, 3, 11, 13)) == [(total, total), (2 * macs, 2 * macs)]


def test_habits_are_named_with_their_figures():
    report = analyze(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    assert [figure for _, figure in fvcore_habits(report)] == [1980, 0, 990]


def test_a_witness_that_cannot_run_says_why():
    report = analyze(Keyword(), inputs := {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)})
    fvcore, counter = ask(report, Keyword(), inputs)
    assert fvcore.counted is None  # it takes no keywords
    (why,) = fvcore.explained
    assert why.startswith("could not run: TypeError: ")
    assert "\n" not in why
    assert counter.counted == 2 * report.macs == 420


def test_any_failure_of_a_witness_is_its_answer_and_not_ours(monkeypatch):
    def fail(*_):
        raise OSError("the reason\nand more of it")

    def fail_silently(*_):
        raise NotImplementedError

    monkeypatch.setitem(WITNESSES, "fvcore", fail)
    monkeypatch.setitem(WITNESSES, "torch FlopCounterMode", fail_silently)
    verdict = check(nn.Linear(5, 7), torch.zeros(3, 5))
    assert verdict.agrees
    assert [each.counted for each in verdict.witnesses] == [None, None]
    assert verdict.witnesses[0].explained == ("could not run: OSError: the reason",)
    assert verdict.witnesses[1].explained[0].startswith("could not run: NotImplementedError")


def test_witnesses_say_nothing_on_the_terminal(capfd):
    answers(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    assert capfd.readouterr() == ("", "")


BROKEN_HABITS = {
    "reused": (
        Reused(nn.BatchNorm2d(3), rows=1), (2, 3, 7, 11),
        "the second row of a shared batch norm holds no params, and is taken for one without",
    ),
    "untracked": (
        nn.BatchNorm2d(3, track_running_stats=False), (2, 3, 7, 11),
        "with the statistics of the batch fvcore counts five an element, not two",
    ),
    "vectors": (nn.BatchNorm1d(5), (3, 5), "a batch norm of vectors is not read as one"),
    "one image": (nn.AdaptiveAvgPool2d(2), (3, 7, 11), "the habit is asked of 4 dimensions only"),
    "one solid": (nn.AdaptiveAvgPool3d(2), (3, 5, 7, 11), "4 dimensions, but no image"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        pytest.param(model, shape, id=name, marks=pytest.mark.xfail(reason=reason))
        for name, (model, shape, reason) in BROKEN_HABITS.items()
    ],
)
def test_a_known_habit_is_no_difference_in_rarer_places_either(model, shape):
    assert check(model, torch.zeros(shape)).differences == ()
