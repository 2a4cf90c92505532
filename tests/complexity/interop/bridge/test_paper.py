"""Every printed number is reached from ours, or what is left over is named."""

from fractions import Fraction

import pytest

from complexity import ModelError, bridge
from complexity.interop.bridge.paper import printed, to_paper
from formulas.networks import NETWORKS, VARIANTS, network
from formulas.networks.paper_numbers import PUBLISHED
from tests.golden.published import rows

OPTION = {"mobilenet": "alpha", "mobilenetv2": "alpha", "shufflenet": "groups"}
OPTION["shufflenetv2"] = "ratio"
ENTRIES = [(e, of) for e in PUBLISHED for of in ("params", "macs") if getattr(e, of)]
IDS = [f"{e.network}-{e.setting}-{e.resolution}-{of}" for e, of in ENTRIES]
# What follows from no count of ours, and by how much; the golden file says why.
LEFT_OVER = {"6.9 M": 791_224, "585 M": 2_804_176}


def paper_of(entry):
    options = {OPTION[entry.network]: entry.setting} if entry.network in OPTION else {}
    return network(entry.network, variant="paper", resolution=entry.resolution, **options)


@pytest.mark.parametrize(("entry", "of"), ENTRIES, ids=IDS)
def test_every_printed_number_is_reached(entry, of):
    found = to_paper(paper_of(entry), of)
    text = getattr(entry, of)
    assert found.source == f"{entry.source}, printed as {text},"
    assert found.remainder == LEFT_OVER.get(text, 0)
    assert found.ours + sum(step.figure for step in found.items) == found.total
    if not found.agrees:
        assert found.items[-1].why == f"not explained: {entry.remark[of]}"


@pytest.mark.parametrize(("entry", "of"), ENTRIES, ids=IDS)
def test_what_is_left_out_is_what_the_golden_file_says(entry, of):
    """Its conventions were found by comparing all of a table's numbers."""
    conventions = {"all": "", "no_bn": "batch norm", "conv_only": "the fully connected layer"}
    said = {
        conventions.get(row["convention"])
        for row in rows()
        if row["family"] == entry.network
        and row["quantity"] == of
        and row["part"] == ""
        and row["published"] == getattr(entry, of).replace(",", "").split()[0]
        and Fraction(row["ours"]) and row["input"].endswith(f"x{entry.resolution}")
        and "classes" not in row["config"]
    }  # fmt: skip
    assert not said or entry.without.get(of, "") in said


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "mobilenetv2"])
def test_every_network_arrives_at_the_papers_macs(name, variant):
    found = bridge(name, to="paper", variant=variant)
    assert found.agrees
    assert ("as in the paper's table" in str(found)) == (variant == "document")


def test_the_settings_are_taken_one_by_one():
    found = bridge("mobilenet", to="paper", of="params", alpha=0.5, resolution=160, batch=2)
    steps = {step.why: step.figure for step in found.steps}
    assert steps["1000 classes, not 100"] == 900 * (512 + 1)
    assert steps["batch norm not counted"] == -10_944
    assert steps["rounded to 1.32 M"] == -648
    assert found.total == 1_320_000
    by_images = bridge("mobilenet", to="paper", batch=2)
    assert by_images.steps[0].why == "one image, not 2"
    assert by_images.steps[0].figure == -by_images.ours // 2


def test_flops_are_halved_for_a_paper():
    first, *_ = bridge("shufflenet", to="paper", of="flops").steps
    assert first.why == "one for each MAC: papers call it a FLOP"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("mobilenet", {"alpha": 0.6}, "mobilenet alpha=0.6: no printed macs are known"),
        ("mobilenetv2", {}, "mobilenetv2: no printed macs are known"),
    ],
)
def test_what_nobody_prints_is_refused(name, options, words):
    with pytest.raises(ModelError, match=words):
        bridge(name, to="paper", **options)


@pytest.mark.parametrize(
    ("text", "exact", "found"),
    [
        ("569 M", 569_000_000, (569_000_000, [("rounded to 569 M", 0)])),
        ("569 M", 568_499_999, (569_000_000, [])),
        ("569 M", 568_500_000, (569_000_000, [("rounded to 569 M", 500_000)])),
        ("569 M", 569_500_000, (569_000_000, [("rounded to 569 M", -500_000)])),
        ("569 M", 569_500_001, (569_000_000, [("cut to 569 M", -500_001)])),
        ("569 M", 569_999_999, (569_000_000, [("cut to 569 M", -999_999)])),
        ("569 M", 570_000_000, (569_000_000, [])),
        ("0.145 G", 144_907_992, (145_000_000, [("rounded to 0.145 G", 92_008)])),
        ("1,248,424", 1_248_424, (1_248_424, [("rounded to 1,248,424", 0)])),
        ("1,248,424", 1_248_425, (1_248_424, [])),
    ],
)
def test_a_number_is_rounded_or_cut_and_nothing_else(text, exact, found):
    assert printed(text, exact) == found
