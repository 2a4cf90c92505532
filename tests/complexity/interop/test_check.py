"""``check``: the two roads agree, and whatever disagrees is told."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from complexity import check
from complexity.interop.check import RESOLUTIONS, checked, configurations, disagreement
from complexity.interop.reference_counters import FVCORE, TORCH
from formulas import network
from formulas.core.errors import UnknownNameError
from formulas.networks import NETWORKS
from reports.model.verdict import Witness
from tests.complexity.helpers import SETTINGS
from tests.complexity.small import Asks, Mysterious, Reused, Tied, network_in_miniature


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_both_roads_and_both_witnesses_agree_on_a_network(name, variant):
    verdict = check(name, variant=variant, resolution=(37, 43))
    assert verdict.differences == ()
    assert verdict.agrees
    assert [(each.name, each.agrees) for each in verdict.witnesses] == [
        ("fvcore", True), ("torch FlopCounterMode", True),
    ]  # fmt: skip
    assert all(each.counted for each in verdict.witnesses)


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (network_in_miniature(), (2, 3, 11, 13)),
        (nn.Sequential(nn.Conv1d(6, 4, 5, groups=2), nn.BatchNorm1d(4), nn.GELU()), (2, 6, 17)),
        (nn.Sequential(nn.Conv3d(2, 3, 2), nn.MaxPool3d(2)), (2, 2, 7, 5, 11)),
        (nn.ConvTranspose2d(6, 15, 3, stride=2, groups=3), (2, 6, 7, 11)),
        (Reused(nn.Linear(5, 5), rows=2), (3, 5)),
        (Tied(5), (3, 5)),
        (Asks(), (3, 5, 11)),
    ],
    ids=["miniature", "1d", "3d", "transposed", "reused", "tied", "on the cpu"],
)
def test_both_roads_and_both_witnesses_agree_on_a_module(model, shape):
    verdict = check(model, torch.zeros(shape))
    assert verdict.differences == ()
    assert all(each.counted is not None and each.agrees for each in verdict.witnesses)


def test_checked_gives_the_whole_report_with_its_witnesses():
    closed = network("mobilenet", alpha=0.25)
    report = checked(closed)
    assert (report.name, report.cost) == ("mobilenet", closed.cost)
    assert len(report.verdict.witnesses) == 2
    assert checked(nn.Linear(5, 7), torch.zeros(3, 5), name="mine").name == "mine"


def of_a_module():
    return check(nn.Linear(5, 7), torch.zeros(3, 5))


def of_a_network():
    return check("mobilenet", alpha=0.25, resolution=37)


@pytest.mark.parametrize("name", [FVCORE, TORCH])
@pytest.mark.parametrize("ask", [of_a_module, of_a_network])
def test_a_witness_that_disagrees_is_a_difference_of_the_model(monkeypatch, name, ask):
    wrong = (Witness(name, 1009, 1013),)
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: wrong)
    verdict = ask()
    assert not verdict.agrees
    (found,) = verdict.differences
    assert (found.layer, found.field, found.closed, found.counted, found.by) == (
        "model", "total", 1009, 1013, name,
    )  # fmt: skip
    assert found.reason == "more than its known habits explain"
    assert verdict.witnesses == wrong


def test_a_witness_that_cannot_look_into_a_model_is_shown_and_not_judged(monkeypatch):
    other = (Witness(FVCORE, 1009, 1013, ("not judged: why",), judged=False),)
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: other)
    verdict = of_a_module()
    assert verdict.agrees
    assert verdict.differences == ()
    assert verdict.witnesses == other
    assert not verdict.witnesses[0].agrees


def test_the_reason_of_a_disagreement_on_an_incomplete_model_is_that_it_is_incomplete():
    report = checked(Mysterious(), torch.zeros(3, 5))
    found = disagreement(Witness("outsider", 1009, 1013), report)
    assert found.reason == "the model has operations without a formula"


def test_a_witness_that_could_not_run_is_a_difference_of_one_of_the_networks(monkeypatch):
    mute = (Witness(FVCORE, 1009, None, ("could not run: why",)), Witness(TORCH, 7, 7))
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: mute)
    (found,) = of_a_network().differences
    assert (found.layer, found.closed, found.counted, found.by, found.reason) == (
        "model", 1009, None, FVCORE, "could not run: why",
    )  # fmt: skip


def test_a_witness_that_could_not_run_is_no_difference_of_any_other_model(monkeypatch):
    mute = (Witness(TORCH, 1009, None, ("could not run: why",)),)
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: mute)
    verdict = of_a_module()
    assert verdict.agrees
    assert verdict.witnesses == mute


@pytest.fixture(scope="module")
def all_of_them():
    return list(configurations())


def test_a_check_without_arguments_goes_through_every_setting(all_of_them):
    expected = {(name, *sorted(options.items())) for name, options in SETTINGS}
    covered = set()
    for closed in all_of_them:
        options = {"variant": closed.variant, **closed.options}
        covered.add((closed.name, *sorted(options.items())))
    assert covered == expected


def test_a_check_without_arguments_takes_several_resolutions_also_odd_ones(all_of_them):
    for name, options in SETTINGS:
        sides = {
            closed.input_shape[2]
            for closed in all_of_them
            if closed.name == name
            and closed.variant == options["variant"]
            and closed.options == {k: v for k, v in options.items() if k != "variant"}
        }
        assert sides == set(RESOLUTIONS[options["variant"]])
        assert len(sides) >= 3
        assert any(side % 2 for side in sides)


def test_no_setting_is_checked_twice(all_of_them):
    keys = [replace(closed, layers=()).__repr__() for closed in all_of_them]
    assert len(set(keys)) == len(keys)


def test_only_the_networks_asked_for_are_checked():
    assert {closed.name for closed in configurations(("squeezenet",))} == {"squeezenet"}
    with pytest.raises(UnknownNameError, match="did you mean 'squeezenet'"):
        list(configurations(("squeeznet",)))
