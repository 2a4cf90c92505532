"""The numbers and the structure of the commands' output stay, whatever words stand around them."""

import json
import re

import pytest

from tests import frozen

GOLDEN = json.loads(frozen.GOLDEN.read_text())


@pytest.mark.parametrize("line", frozen.LINES)
def test_frozen_output_of_a_command_stays(line):
    assert json.loads(json.dumps(frozen.frozen(line))) == GOLDEN[line]


def test_frozen_lines_are_those_of_the_golden_file():
    assert list(GOLDEN) == frozen.LINES


def test_frozen_lines_run_every_command():
    _, text = frozen.printed("--help")
    listed = re.findall(r"^  (\w+) {2,}\w", text.partition("Commands:")[2], re.MULTILINE)
    assert len(listed) == 14
    assert {line.split()[0] for line in frozen.LINES} == set(listed)


def test_frozen_lines_check_every_network_in_both_variants():
    checked = {tuple(line.split()[1:6:4]) for line in frozen.LINES if line.startswith("check ")}
    assert {
        (network, variant) for network in frozen.NETWORKS for variant in ("document", "paper")
    } <= checked


def test_frozen_lines_that_are_refused_are_none():
    assert {line: status for line, (status, _) in GOLDEN.items() if status} == {
        f"check {frozen.LINEAR} --budget macs<=100 --format json": 1,
        f"diff torch.nn:GRU torch.nn:LSTM {frozen.CELL} --max-increase macs=5% --format json": 1,
    }


@pytest.mark.parametrize("path", frozen.SAVED)
def test_saved_reports_differ_from_themselves_by_nothing(path):
    status, text = frozen.printed(f"diff {path} {path} --format json")
    document = json.loads(text)
    assert (status, document["layers"]) == (0, [])
    macs = json.loads((frozen.ROOT / path).read_text())["macs"]
    assert document["old"]["macs"] == document["new"]["macs"] == macs


def test_numbers_leave_out_versions_and_papers():
    text = "layer1 0.1.5.post2 arXiv 1704.04861, 1,234 of 5, 6.50 % 1x3x8x8; 1,224,000."
    assert frozen.numbers(text) == ["1234", "5", "6.50", "1224000"]


def test_values_forget_sentences_and_keep_figures():
    assert frozen.values(
        {"why": ["two per element", "+ 5,216 of 10"], "macs": 7, "kind": "fc"}
    ) == {"why": [[], ["5216"]], "macs": 7, "kind": "fc"}


def test_tables_see_another_number_and_not_another_word():
    before, after = "macs  1,234  12 %\n\nwords only", "macs  1,235  12 %"
    assert frozen.table(before) == [["macs", "1234", "12"]]
    assert frozen.table(after) != frozen.table(before)
    assert frozen.table(before.replace("words", "nouns")) == frozen.table(before)
