"""Rows added up by kind and by block lose nothing and count nothing twice."""

import pytest

from formulas.core.cost import Cost
from formulas.networks import NETWORKS, network
from reports.model.report import report_of
from reports.model.totals import by_block, by_kind, grouped, known_figure, stated
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, made


def test_by_kind_collects_each_kind_in_the_order_of_its_first_row():
    groups = by_kind(ROWS)
    assert [(group.name, group.rows) for group in groups] == [
        ("standard", 1), ("batch_norm", 2), ("depthwise", 3), ("fc", 1),
    ]  # fmt: skip
    assert groups[1].cost == Cost(266, 0, 276, 0, 294)
    assert groups[2].cost == Cost(304, 509, 139, 527, 541)


@pytest.mark.parametrize(
    ("depth", "names"),
    [
        (1, ["stem", "body", "head"]),
        (2, ["stem.conv", "stem.bn", "body.0", "body.1", "head"]),
        (
            3,
            ["stem.conv", "stem.bn", "body.0.conv", "body.0.bn", "body.1.conv", "head"],
        ),
    ],
)
def test_by_block_cuts_the_path_at_the_depth(depth, names):
    assert [group.name for group in by_block(ROWS, depth)] == names


def test_a_later_run_belongs_to_the_block_of_the_first():
    last = by_block(ROWS, 3)[4]
    assert (last.name, last.rows) == ("body.1.conv", 2)
    assert last.cost == Cost(173, 372, 0, 378, 390)


def test_a_block_adds_exact_integers():
    assert by_block(ROWS)[0].cost == Cost(210, HUGE, 113, 103, 234)


def test_grouped_takes_any_name():
    groups = grouped(ROWS, lambda row: "many" if row.calls > 1 else "once")
    assert [(group.name, group.rows) for group in groups] == [("once", 6), ("many", 1)]


def test_a_group_is_known_only_where_all_of_its_rows_are():
    groups = grouped((*ROWS, *MYSTERIES), lambda row: row.kind if row.known else "standard")
    assert {group.name: group.known for group in groups} == {
        "standard": False, "batch_norm": True, "depthwise": True, "fc": True,
    }  # fmt: skip


def test_a_figure_of_0_is_shown_where_it_is_known_and_others_always():
    nothing, part = MYSTERIES
    assert [known_figure(nothing, "macs"), known_figure(part, "macs"), known_figure(part, "elementwise")] == [
        None, 241, None,
    ]  # fmt: skip
    assert known_figure(ROWS[1], "macs") == 0
    assert known_figure(by_kind(MYSTERIES)[0], "macs") is None


@pytest.mark.parametrize("groups", [by_kind, by_block, lambda rows: by_block(rows, 2)])
def test_groups_of_the_made_report_sum_to_the_model(groups):
    report = made()
    found = groups(report.layers)
    assert sum((group.cost for group in found), Cost()) == report.cost
    assert sum(group.rows for group in found) == len(report.layers)


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("groups", [by_kind, by_block], ids=["kind", "block"])
def test_groups_of_every_network_sum_to_the_model(name, variant, groups):
    report = report_of(network(name, variant=variant, resolution=(67, 83), batch=3))
    found = groups(report.layers)
    assert sum((group.cost for group in found), Cost()) == report.cost
    assert sum(group.rows for group in found) == len(report.layers)
    assert len({group.name for group in found}) == len(found) > 1


def test_a_figure_is_stated_with_its_bound():
    unknown, partly = MYSTERIES
    assert [stated(ROWS[0], field) for field in ("macs", "elementwise")] == [f"{HUGE:,}", "0"]
    assert [stated(each, "macs") for each in (unknown, partly)] == ["unknown", "at least 241"]
    assert [stated(each, "params") for each in (unknown, partly)] == ["0", "0"]
