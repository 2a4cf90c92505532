"""Findings as lines, as a Markdown table and for machines: the same figures in each."""

import json
from dataclasses import replace

from formulas.networks import network
from reports.guidelines.findings import Thresholds, guidelines
from reports.guidelines.text import (
    OF_WHAT_IS_KNOWN,
    SCORE,
    guidelines_dict,
    guidelines_markdown,
    guidelines_of_each,
    guidelines_text,
    side_by_side,
)
from reports.model.report import report_of
from reports.render import table_writers as writers
from reports.timing.statistics import Spread
from reports.timing.timing import TimeShare
from tests.reports.helpers import made

REPORT = report_of(network("mobilenetv2", variant="paper"))
FOUND = guidelines(REPORT)


def test_a_line_for_each_finding_and_their_number():
    lines = guidelines_text(REPORT, FOUND).splitlines()
    assert lines[0] == "mobilenetv2 (paper, alpha=1), input 1x3x224x224"
    assert lines[1].startswith("stage2.0.expand.conv: G1 1.43 > 1.25 of the least access, 16 -> 96")
    assert len([line for line in lines if " G1 " in line and " > " in line]) == FOUND.count("G1")
    assert "Found 25: G1 22, G2 0, G3 0, G4 3." in lines
    assert any(line.startswith("Avoidable: 4.21 % of the bytes moved") for line in lines)


def test_markdown_has_a_line_for_each_too():
    text = guidelines_markdown(replace(REPORT, name="a|b"), FOUND)
    assert text.startswith("# a&#124;b (paper, alpha=1)")
    assert text.count("| G1") == FOUND.count("G1")
    assert "Found 25: G1 22, G2 0, G3 0, G4 3." in text


def test_json_has_the_same_figures():
    found = json.loads(json.dumps(guidelines_dict(REPORT, FOUND)))
    assert found["counts"] == {"G1": 22, "G2": 0, "G3": 0, "G4": 3}
    assert len(found["findings"]) == 25
    first = found["findings"][0]
    assert (first["code"], first["layer"], first["threshold"]) == (
        "G1",
        "stage2.0.expand.conv",
        1.25,
    )
    assert first["sentence"] in guidelines_text(REPORT, FOUND)
    assert 0.042 < found["avoidable"] < 0.0422


TIMED = replace(FOUND, time=TimeShare(Spread((0.25, 0.125, 0.75)), Spread((0.1, 0.11, 0.12))))


def test_the_measured_share_has_its_spread_and_what_it_may_lack():
    (line,) = [each for each in guidelines_text(REPORT, TIMED).splitlines() if "measured" in each]
    assert line == (
        "Element-wise: 25.0 % of the measured time without batch norms, 18.8 % to 50.0 % in the "
        "middle half of 3 runs; 11.0 % lies between layers, in functions without a module, which "
        "may be element-wise too, and in the hooks."
    )
    found = json.loads(json.dumps(guidelines_dict(REPORT, TIMED)))["elementwise"]
    assert found["time"]["runs"] == [0.25, 0.125, 0.75]
    assert (found["time"]["low"], found["time_between_layers"]["median"]) == (0.1875, 0.11)


def test_models_side_by_side_show_the_score_and_what_is_not_in_it():
    table = side_by_side([REPORT, REPORT], [TIMED, TIMED])
    assert table.header == [
        "model", "settings", "avoidable bytes %", "elementwise operations %",
        "elementwise bytes %", "elementwise time %", "between layers %",
        "G1", "G2", "G3", "G4", "found", "unknown",
    ]  # fmt: skip
    assert table.cells()[0][2:] == [
        "4.21", "1.04", "43.10", "25.00", "11.00", "22", "0", "0", "3", "25", "0",
    ]  # fmt: skip
    assert len(side_by_side([REPORT], [FOUND]).header) == 11
    empty = made(layers=())
    assert side_by_side([empty], [guidelines(empty)]).cells()[0][2:5] == ["unknown"] * 3


def test_the_score_is_explained_once_in_each_form():
    for write in (writers.text, writers.markdown):
        text = guidelines_of_each([REPORT, REPORT], [FOUND, FOUND], write)
        assert (text.count(SCORE), text.count("Found 25")) == (1, 2)
        assert text.endswith(f"\n\n{SCORE}\n")
        assert "avoidable bytes %" in text
    alone = guidelines_of_each([REPORT], [FOUND])
    assert alone == f"{guidelines_text(REPORT, FOUND)}\n{SCORE}\n"


def test_nothing_found_says_so_and_what_is_unknown_is_named():
    calm = Thresholds(g1=9, g2=9, g4=1)
    assert "Found 0: G1 0, G2 0, G3 0, G4 0." in guidelines_text(REPORT, guidelines(REPORT, calm))
    empty = made(layers=(), unknown={"aten.odd": 2})
    text = guidelines_text(empty, guidelines(empty))
    assert "Unknown: aten.odd has no formula; it ran 2 times." in text
    assert "Avoidable" not in text


def test_shares_beside_something_unknown_are_of_what_is_known():
    part = replace(REPORT, unknown={"aten.odd": 2, "aten.even": 3})
    text = guidelines_text(part, TIMED)
    assert "\nFound at least 25: G1 22, G2 0, G3 0, G4 3.\n" in text
    assert "\nAvoidable: 4.21 % of the known bytes moved lie above" in text
    assert "\nElement-wise: 1.04 % of the known operations, 43.10 % of the known bytes.\n" in text
    assert "\nElement-wise: at least 25.0 % of the measured time" in text
    assert "known" not in guidelines_text(REPORT, TIMED)
    assert "at least" not in guidelines_text(REPORT, TIMED)
    cells = side_by_side([REPORT, part], [FOUND, FOUND]).cells()
    assert [each[-1] for each in cells] == ["0", "5"]
    for write in (writers.text, writers.markdown):
        both = guidelines_of_each([REPORT, part], [FOUND, FOUND], write)
        assert both.count(OF_WHAT_IS_KNOWN) == 1
        assert OF_WHAT_IS_KNOWN not in guidelines_of_each([REPORT] * 2, [FOUND] * 2, write)


def test_a_caveat_of_the_report_is_told_in_each_form():
    report = replace(REPORT, caveats=("Not applied: x.",))
    found = guidelines(report)
    for text in (guidelines_text(report, found), guidelines_markdown(report, found)):
        assert "Not applied: x." in text
    assert guidelines_dict(report, found)["notes"] == ("Not applied: x.",)
