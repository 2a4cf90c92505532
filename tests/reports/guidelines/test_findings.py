"""Findings: which layers break a guideline, by how much, and which network keeps them best."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from formulas.core.errors import SizeError
from formulas.core.memory_traffic import Traffic
from formulas.layers import Conv
from formulas.networks import NETWORKS, network
from reports.guidelines.findings import (
    CODES,
    Finding,
    Thresholds,
    elementwise_time,
    guidelines,
)
from reports.model.report import report_of, row_of
from reports.roofline.devices import parsed
from reports.timing.statistics import Spread
from reports.timing.timing import TimedModel, Timing
from tests.paths import ROOT
from tests.reports.guidelines.inception import INCEPTION
from tests.reports.helpers import made, row

MAP = (1, 36, 56, 56)
UNEVEN = row_of("uneven", Conv(36, 432, kernel=1), MAP)
EVEN = row_of("even", Conv(36, 36, kernel=1), MAP)
GROUPS = row_of("groups", Conv(360, 360, kernel=1, groups=8), (1, 360, 56, 56))
DEPTHWISE = row_of("depthwise", Conv(36, 36, kernel=3, groups=36, padding=1), MAP)
STANDARD = row_of("standard", Conv(36, 432, kernel=3), MAP)


def found_in(*rows, **limits):
    """Findings in the middle of a model: a row that moves nothing stands at each end."""
    layers = (row("first", macs=1), *rows, row("last", macs=1))
    return guidelines(made(layers=layers), Thresholds(**limits)).findings


def test_g1_is_the_papers_ratio_and_says_what_other_widths_save():
    (finding,) = found_in(UNEVEN, EVEN, STANDARD, DEPTHWISE, g4=1)
    assert str(finding) == (
        "uneven: G1 1.86 > 1.25 of the least access, 36 -> 432 channels; 108 -> 144 channels have "
        "the same MACs and move 2,709,504 bytes less"
    )
    assert finding.saved == 4 * 3136 * (36 + 432 - 108 - 144)


def test_g2_is_the_papers_ratio_and_leaves_depthwise_layers_alone():
    (finding,) = found_in(GROUPS, DEPTHWISE)
    assert (finding.code, finding.layer) == ("G2", "groups")
    assert round(float(finding.figure), 3) == 2.792
    assert "8 groups of 360 -> 360 channels" in finding.what
    assert "120 -> 135 channels without groups have the same MACs" in finding.advice


def test_g3_counts_branches_and_pieces_of_a_block():
    branches, pieces = found_in(*INCEPTION, g3_operations=4, g4=1)
    assert str(branches) == "mix: G3 3 > 2 branches side by side; " \
        "fewer, wider branches start 1 kernel less"  # fmt: skip
    assert (pieces.figure, pieces.threshold) == (5, 4)
    assert found_in(*INCEPTION, g3_branches=3, g3_operations=5, g4=1) == ()


@pytest.mark.parametrize(("limit", "said"), [(2.5, "1 kernel less"), (1.5, "2 kernels less"),
                                             (1, "2 kernels less"), (0.1, "3 kernels less")])  # fmt: skip
def test_a_limit_between_two_counts_is_met_by_the_lower_one(limit, said):
    """Of three branches and 2.5 allowed, one must go: 2 are within, not 2.5."""
    (found,) = found_in(*INCEPTION, g3_branches=limit, g3_operations=9, g4=1)
    assert found.advice.endswith(f"start {said}")


def test_g4_is_the_share_of_bytes_and_leaves_batch_norms_out():
    conv = replace(INCEPTION[0], name="x.conv", moved={"float32": Traffic(3, 5, 7)})
    norm = replace(INCEPTION[2], name="x.bn", moved={"float32": Traffic(1000, 1000)})
    cat = replace(INCEPTION[-1], name="x.cat", moved={"float32": Traffic(10, 10)})
    (finding,) = found_in(conv, norm, cat, g4=0.5)
    assert (finding.code, finding.layer, finding.figure) == ("G4", "x", Fraction(20, 35))
    assert finding.saved == 20 + 13  # what the convolution writes, one of three parts that are read
    assert "concatenation" in finding.what


def test_what_is_unknown_is_not_taken_for_element_wise():
    odd = row("x.odd", "odd", known=False, memory_access=1000)
    assert guidelines(made(layers=(EVEN, odd))).elementwise[1] == 0


def test_where_a_block_has_something_unknown_its_share_is_of_what_is_known():
    rows = (row("x.plus", "addition", memory_access=7), row("x.odd", "odd", known=False))
    for layers, said in ((rows, "of the known bytes"), (rows[:1], "of the bytes")):
        (finding,) = found_in(*layers)
        assert finding.what == f"{said} are moved by addition"


def test_a_table_that_is_read_is_not_element_wise():
    look_up = [row(f"x.{kind}", kind, memory_access=7) for kind in ("embedding", "embedding_bag")]
    plus = row("x.plus", "addition", memory_access=7)
    assert guidelines(made(layers=(*look_up, plus))).elementwise[1] == Fraction(1, 3)


def test_the_operations_leave_batch_norms_out_and_poolings_are_not_element_wise():
    rows = (
        row("conv", macs=50, elementwise=3), row("bn", "batch_norm", elementwise=1000),
        row("pool", "max_pool", elementwise=11), row("mean", "reduction", elementwise=13),
        row("act", "activation", elementwise=7),
    )  # fmt: skip
    assert guidelines(made(layers=rows)).elementwise[0] == Fraction(7 + 3, 100 + 3 + 11 + 13 + 7)


def test_g4_in_time_is_by_run_and_leaves_batch_norms_out():
    """Of 100, 95 and 99 - 7, 14 and 8 - 3, 2 and 4 are the activation's, 62, 59 and 59 no layer's."""
    rows = (EVEN, row("n", "batch_norm"), row("a", "activation"), row("plus", "addition"))
    seconds = {"even": (28.0, 20.0, 28.0), "n": (7.0, 14.0, 8.0), "a": (3.0, 2.0, 4.0)}
    hooked = Spread((100.0, 95.0, 99.0))
    timing = Timing(hooked, hooked, {name: Spread(each) for name, each in seconds.items()})
    share = elementwise_time(TimedModel(made(layers=rows), timing))
    assert share.layers.seconds == (3 / 93, 2 / 81, 4 / 91)
    assert share.between.seconds == (62 / 93, 59 / 81, 59 / 91)


def test_a_report_of_nothing_has_no_figures():
    empty = guidelines(made(layers=()))
    assert (empty.findings, empty.avoidable, empty.elementwise) == ((), None, (None, None))


@pytest.mark.parametrize("variant", ["document", "paper"])
def test_shufflenetv2_avoids_most(variant):
    """By G1 and G2, as its paper argues: MobileNetV2 widens, ShuffleNetV1 groups, it does neither."""
    found = {name: guidelines(report_of(network(name, variant=variant))) for name in NETWORKS}
    best = found.pop("shufflenetv2")
    assert (best.count("G1"), best.count("G2"), best.count("G3")) == (0, 0, 0)
    assert all(best.avoidable < other.avoidable for other in found.values())
    assert found["shufflenet"].count("G2") == 25
    assert found["mobilenetv2"].count("G1") >= 9
    # by G4's share of bytes it is not the best: see docs/commands/guidelines.md
    assert best.elementwise[1] > found["mobilenetv2"].elementwise[1]
    # the element-wise work of V2 is less than V1's: it adds nothing up, and shuffles half
    assert best.elementwise[1] < found["shufflenet"].elementwise[1]


def test_by_findings_alone_mobilenetv2_is_ahead_in_the_documents_variant():
    """What the page says beside the score, so that nobody takes it for more than it is."""
    found = {name: guidelines(report_of(network(name))) for name in ("mobilenetv2", "shufflenetv2")}
    assert {name: len(each.findings) for name, each in found.items()} == {
        "mobilenetv2": 9, "shufflenetv2": 11,
    }  # fmt: skip


def test_the_defaults_are_those_of_the_page():
    page = ROOT / "docs" / "commands" / "guidelines.md"
    (table,) = re.findall(
        r"```toml\n(\[tool\.complexity\.guidelines\][^`]*)```", page.read_text(encoding="utf-8")
    )
    assert Thresholds.of(parsed(table)["tool"]["complexity"]["guidelines"]) == Thresholds()


def test_findings_come_guideline_by_guideline():
    codes = [
        each.code
        for each in guidelines(report_of(network("mobilenetv2", variant="paper"))).findings
    ]
    assert codes == sorted(codes)
    assert set(codes) <= set(CODES)


def test_thresholds_are_read_from_a_table_and_wrong_ones_refused_by_name():
    assert Thresholds.of({"g1": 1.5}) == Thresholds(g1=1.5)
    with pytest.raises(SizeError, match="g5=1 is no threshold, which are g1, g2, g3_branches"):
        Thresholds.of({"g5": 1})
    for wrong in (-1, "much", True, None, float("nan"), float("inf")):
        with pytest.raises(SizeError, match=r"g4=.* must be a finite number of at least 0"):
            Thresholds(g4=wrong)
    with pytest.raises(SizeError, match="g4=50 must be a share of the bytes, from 0 to 1"):
        Thresholds(g4=50)
    assert Thresholds(g1=10**400, g4=1).g4 == 1


def test_a_figure_at_its_threshold_is_none():
    """Each is exact: 192 elements where 128 do without groups, half of the bytes, equal widths."""
    tie = row_of("tie", Conv(16, 16, kernel=1, groups=4), (1, 16, 2, 2))
    assert found_in(tie, g2=1.5) == ()
    assert [each.code for each in found_in(tie, g2=1.4999)] == ["G2"]
    assert found_in(EVEN, g1=1) == ()
    half = [row(f"x.{kind}", kind, memory_access=7) for kind in ("max_pool", "addition")]
    assert found_in(*half, g4=0.5) == ()
    assert [each.code for each in found_in(*half, g4=0.4999)] == ["G4"]


def test_a_share_is_written_with_places_and_a_count_without():
    share = Finding("G4", "a", Fraction(1, 2), 0.25, "of it", "do")
    near = replace(share, figure=Fraction(50004, 10**5), threshold=0.5)
    assert str(near) == "a: G4 0.50004 > 0.50000 of it; do"
    assert str(share) == "a: G4 0.50 > 0.25 of it; do"
    assert (
        str(replace(share, code="G3", figure=Fraction(7), threshold=2.5))
        == "a: G3 7.00 > 2.50 of it; do"
    )
