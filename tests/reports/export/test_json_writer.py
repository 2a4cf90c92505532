"""A report for machines: exact integers that survive a round trip through JSON."""

import json
from dataclasses import replace

import pytest

from formulas.core.cost import CONVENTION, COST_FIELDS
from reports.export.json_writer import check_dict, report_dict
from reports.model.report_view import ReportView
from tests.reports.helpers import (
    AGREES,
    DISAGREES,
    HUGE,
    MYSTERIES,
    ROWS,
    TOTALS,
    TRAINING,
    WITNESSES,
    made,
)


def through_json(value):
    return json.loads(json.dumps(value))


def test_the_top_level_carries_totals_convention_and_layers():
    found = through_json(report_dict(made()))
    for field, total in TOTALS.items():
        assert found[field] == total
        assert type(found[field]) is int
    assert found["flops"] == 2 * (HUGE + 732)
    assert found["convention"] == CONVENTION
    assert found["model"] == "made"
    assert found["options"] == {"variant": "paper", "alpha": 0.5}
    assert found["inputs"] == [[2, 3, 11, 13]]
    assert found["buffers"] == 239
    assert len(found["layers"]) == len(ROWS)


def test_a_layer_carries_every_field_of_its_row():
    assert through_json(report_dict(made()))["layers"][0] == {
        "name": "stem.conv",
        "kind": "standard",
        "inputs": [[2, 3, 11, 13]],
        "output": [2, 5, 7, 17],
        "kernel": [3, 5],
        "stride": [2, 1],
        "groups": 1,
        "calls": 1,
        "known": True,
        "formula": "3 * 5",
        "params": 101,
        "macs": HUGE,
        "elementwise": 0,
        "activations": 103,
        "memory_access": 107,
        "flops": 2 * HUGE,
    }


@pytest.mark.parametrize("part", ["layers", "kinds", "blocks"])
def test_what_is_unknown_is_null_and_never_0(part):
    found = through_json(report_dict(made(layers=MYSTERIES)))[part]
    assert [each["known"] for each in found] == [False, False]
    assert [[each[field] for field in (*COST_FIELDS, "flops")] for each in found] == [
        [0, None, None, None, None, None],
        [0, 241, None, None, 251, 482],
    ]


@pytest.mark.parametrize("part", ["kinds", "blocks"])
def test_a_group_that_is_known_says_so(part):
    assert all(each["known"] is True for each in report_dict(made())[part])


def test_coverage_and_training_are_carried():
    report = made(layers=ROWS[4:], coverage={"counted": 5, "free": 3}, training=TRAINING)
    found = through_json(report_dict(report))
    assert found["coverage"] == {"counted": 5, "free": 3}
    assert found["training"] == {
        "backward": {
            "params": 0,
            "macs": 1193,
            "elementwise": 1201,
            "activations": 0,
            "memory_access": 0,
            "flops": 2386,
        },
        "unknown": {"aten.odd": 3},
        "trainable": 211,
        "optimizer": "adam",
        "optimizer_state": 422,
        "memory": 384 + 211 + 422,
    }
    without = through_json(report_dict(made()))
    assert (without["coverage"], without["training"]) == ({}, None)


@pytest.mark.parametrize("part", ["layers", "kinds", "blocks"])
@pytest.mark.parametrize("field", [*COST_FIELDS, "flops"])
def test_every_part_sums_to_the_totals(part, field):
    found = through_json(report_dict(made(), ReportView(depth=2)))
    assert sum(each[field] for each in found[part]) == found[field]


def test_depth_decides_the_blocks():
    assert [each["name"] for each in report_dict(made(), ReportView(depth=1))["blocks"]] == [
        "stem", "body", "head",
    ]  # fmt: skip
    assert len(report_dict(made(), ReportView(depth=2))["blocks"]) == 5


def test_sort_and_top_arrange_the_layers_and_leave_the_totals():
    found = report_dict(made(), ReportView(sort="params", top=2))
    assert [each["name"] for each in found["layers"]] == ["head", "body.1.conv"]
    assert found["params"] == TOTALS["params"]


def test_an_untraced_report_has_no_check():
    assert through_json(report_dict(made()))["check"] is None


def test_a_check_carries_differences_and_witnesses():
    verdict = made(verdict=DISAGREES).verdict
    found = through_json(report_dict(made(verdict=verdict)))["check"]
    assert (found["agrees"], found["rows"], found["traced_on"]) == (False, 7, "cpu")
    assert found["differences"] == [
        {
            "layer": "body.0.conv",
            "field": "macs",
            "closed": 137,
            "counted": 139,
            "by": "trace",
            "reason": "kernel or groups are not so",
        }
    ]
    assert found["witnesses"] == []


def test_a_witness_that_could_not_run_has_no_count():
    verdict = replace(AGREES, witnesses=WITNESSES)
    first, second = through_json(report_dict(made(verdict=verdict)))["check"]["witnesses"]
    assert first == {
        "name": "fvcore",
        "expected": 1009,
        "counted": 1009,
        "explained": ["+ 2: a habit"],
        "judged": True,
        "habits": [["a habit", 2]],
        "agrees": True,
    }
    assert second["counted"] is None
    assert second["explained"] == ["could not run: KeyError: x"]
    assert second["agrees"] is None


def test_unknown_operations_are_named_and_the_report_is_not_complete():
    found = through_json(report_dict(made(unknown={"aten.fft": 3}, notes=("a note",))))
    assert found["unknown"] == {"aten.fft": 3}
    assert found["complete"] is False
    assert found["notes"] == ["a note"]
    assert report_dict(made())["complete"] is True


def test_check_dict_agrees_only_where_every_model_does():
    good, bad, untraced = made(verdict=AGREES), made(verdict=DISAGREES), made()
    assert through_json(check_dict([good, good]))["agrees"] is True
    assert through_json(check_dict([good, bad]))["agrees"] is False
    assert through_json(check_dict([good, untraced]))["agrees"] is False


def test_check_dict_carries_each_model_with_exact_totals():
    (found,) = through_json(check_dict([made(verdict=AGREES)]))["models"]
    assert {field: found[field] for field in COST_FIELDS} == TOTALS
    assert found["convention"] == CONVENTION
    assert found["check"]["agrees"] is True
