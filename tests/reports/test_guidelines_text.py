"""Findings as lines, as a Markdown table and for machines: the same figures in each."""

import json

from formulas.networks import network
from reports.guidelines import Thresholds, guidelines
from reports.guidelines_text import guidelines_dict, guidelines_markdown, guidelines_text
from reports.rows import report_of
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
    text = guidelines_markdown(REPORT, FOUND)
    assert text.startswith("# mobilenetv2")
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


def test_nothing_found_says_so_and_what_is_unknown_is_named():
    calm = Thresholds(g1=9, g2=9, g4=1)
    assert "Found 0: G1 0, G2 0, G3 0, G4 0." in guidelines_text(REPORT, guidelines(REPORT, calm))
    empty = made(layers=(), unknown={"aten.odd": 2})
    text = guidelines_text(empty, guidelines(empty))
    assert "Unknown: aten.odd has no formula; it ran 2 times." in text
    assert "Avoidable" not in text
