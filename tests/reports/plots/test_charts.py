"""Pictures: whole files, areas that add up, and names that stay text."""

import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from formulas.networks import network
from reports.model.module_tree import module_tree
from reports.model.report import report_of
from reports.model.totals import by_kind
from reports.plots.charts import (
    BARS,
    BYS,
    chart,
    dearest,
    heading,
    placed,
    shortened,
)
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, made, row

NETWORK = report_of(network("mobilenet", alpha=0.5, resolution=160))


def words(svg: bytes) -> str:
    return "\n".join(text for text in ElementTree.fromstring(svg).itertext() if text.strip())


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize(
    "report", [NETWORK, made(), made(layers=())], ids=["real", "made", "empty"]
)
def test_a_picture_is_whole_and_the_same_each_time(by, report):
    svg = chart(report, by=by, form="svg")
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert svg == chart(report, by=by, form="svg")


def test_a_png_is_whole():
    content = chart(made(), by="kind")
    assert content.startswith(b"\x89PNG\r\n")
    assert content.endswith(b"IEND\xaeB`\x82")


def test_the_areas_are_the_shares_and_lie_inside_their_module():
    parts = module_tree(NETWORK)
    found = {part.path: (level, begin, end) for part, level, begin, end in placed(parts, "macs")}
    whole = NETWORK.macs
    for part in parts:
        amount = part.group.cost.macs
        if not amount:
            assert part.path not in found
            continue
        level, begin, end = found[part.path]
        assert end - begin == pytest.approx(amount / whole)
        if part.parent is not None:
            above = found[parts[part.parent].path]
            assert above[0] == level - 1
            assert above[1] - 1e-9 <= begin <= end <= above[2] + 1e-9
    rows = sorted((begin, end) for part, _, begin, end in placed(parts, "macs") if part.row)
    assert all(a[1] == pytest.approx(b[0]) for a, b in pairwise(rows))


def test_bars_carry_the_exact_figures_and_their_shares():
    said = words(chart(NETWORK, by="kind", of="memory_access", form="svg"))
    for group in by_kind(NETWORK.layers):
        assert group.name in said
        assert f" {group.cost.memory_access:,}  " in said
    assert f": {NETWORK.cost.memory_access:,} memory access" in said


def test_blocks_are_cut_at_the_depth():
    said = words(chart(NETWORK, by="block", depth=2, form="svg"))
    assert "conv1.0" in said
    assert "conv1.0" not in words(chart(NETWORK, by="block", form="svg"))


def test_many_bars_end_in_one_of_the_others():
    report = made(layers=tuple(row(f"r{n}", f"kind {n}", macs=n + 1) for n in range(BARS + 2)))
    groups = dearest(by_kind(report.layers), "macs")
    assert [group.name for group in groups[-2:]] == ["kind 2", "2 others"]
    assert (groups[-1].cost.macs, groups[-1].rows, groups[-1].known) == (3, 2, True)
    assert sum(group.cost.macs for group in groups) == report.macs


def test_what_is_unknown_is_named_and_has_no_bar():
    report = made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft_r2c": 1})
    said = words(chart(report, by="kind", form="svg"))
    assert "\n unknown\n" in said
    assert " at least 241  0.00 %" in said
    assert "aten.fft_r2c has no formula" in said
    assert f"at least {report.macs:,} macs" in said
    assert "at least" not in heading(report, "params")


def test_a_picture_states_its_convention_and_its_check():
    said = words(chart(made(), form="svg"))
    assert "Convention: 1 MAC = 1 multiply-add" in said
    assert "Not checked: closed form only." in said
    assert f"{HUGE + 732:,} macs" in said


def test_names_are_shown_as_they_are():
    odd = row("<b>$x_1$</b>", "$kind$", macs=3)
    report = made(name="$m^2$", layers=(odd,))
    assert "$x_1$" in words(chart(report, form="svg"))
    assert "$kind$" in words(chart(report, by="kind", form="svg"))
    assert "$m^2$" in words(chart(report, by="kind", form="svg"))


def test_nothing_to_draw_is_said():
    assert "nothing here has macs" in words(chart(made(layers=()), form="svg"))


def test_a_long_name_is_shortened():
    assert shortened("depthwise", 6) == "depth…"
    assert shortened("depthwise", 9) == "depthwise"
    assert shortened("depthwise", -3) == "d…"


@pytest.mark.parametrize("form", ["png", "svg"])
@pytest.mark.parametrize("by", BYS)
def test_a_picture_holds_any_name_and_warns_of_none(by, form):
    """Warnings are errors here: one of a script that the font lacks would end the test."""
    odd = row("a\x00b\x1b[31m\ud800.<卷积>$", "层\x1b", macs=5)
    picture = chart(made(name="모델\x07", layers=(odd,)), by=by, form=form)
    if form == "svg":
        said = words(picture)
        assert r"모델\u0007" in said
        shown = {"module": "<卷积>$", "kind": r"层\u001b", "block": r"a\u0000b\u001b[31m\ud800"}
        assert shown[by] in said
