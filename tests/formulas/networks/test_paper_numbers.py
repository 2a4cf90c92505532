"""The printed numbers that reports show beside ours: each is in the golden file, or explained."""

from fractions import Fraction

import pytest

from formulas import network
from formulas.networks.paper_numbers import PUBLISHED, published
from tests.golden.published import MACS, PARAMS
from tests.golden.rounding import rule_for

OPTION = {"mobilenet": "alpha", "mobilenetv2": "alpha", "shufflenet": "groups"}
OPTION["shufflenetv2"] = "ratio"
# What is printed and follows from no count of ours; the golden file says why.
DIFFERS = {("mobilenetv2", 1.4, "6.9 M"), ("mobilenetv2", 1.4, "585 M")}


def network_of(entry):
    options = {OPTION[entry.network]: entry.setting} if entry.network in OPTION else {}
    return network(entry.network, variant="paper", resolution=entry.resolution, **options)


def rules_of(entry, printed, conventions):
    """By which rules ``printed`` follows, over all conventions."""
    number, _, unit = printed.replace(",", "").partition(" ")
    layers = network_of(entry).layers
    values = (Fraction(sum(map(count, layers))) for count in conventions.values())
    return {rule_for(value, number, unit or "1") for value in values}


def entry_id(entry):
    return f"{entry.network}-{entry.setting}-{entry.resolution}"


@pytest.mark.parametrize("entry", PUBLISHED, ids=entry_id)
def test_a_printed_number_follows_from_the_network_it_stands_beside(entry):
    for printed, conventions in ((entry.params, PARAMS), (entry.macs, MACS)):
        if printed:
            rules = rules_of(entry, printed, conventions)
            differs = (entry.network, entry.setting, printed) in DIFFERS
            assert bool(rules & {"exact", "round", "trunc"}) is not differs, printed


def test_a_printed_number_off_by_one_does_not_follow():
    entry = next(e for e in PUBLISHED if e.network == "mobilenet")
    assert not rules_of(entry, "570 M", MACS) & {"exact", "round", "trunc"}
    assert not rules_of(entry, "4.3 M", PARAMS) & {"exact", "round", "trunc"}


@pytest.mark.parametrize("entry", PUBLISHED, ids=entry_id)
def test_a_network_finds_its_entry(entry):
    assert published(network_of(entry)) is entry
    assert entry.source


def test_no_setting_has_two_entries():
    assert len({entry_id(entry) for entry in PUBLISHED}) == len(PUBLISHED)


@pytest.mark.parametrize(
    "options",
    [
        {"variant": "document", "resolution": 224, "classes": 1000},
        {"variant": "paper", "classes": 120},
        {"variant": "paper", "resolution": (224, 192)},
        {"variant": "paper", "batch": 2},
        {"variant": "paper", "resolution": 225},
        {"variant": "paper", "alpha": 0.6},
    ],
    ids=str,
)
def test_nothing_is_printed_for_another_network(options):
    assert published(network("mobilenet", **options)) is None
