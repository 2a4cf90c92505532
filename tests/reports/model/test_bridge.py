"""A bridge sums up, whatever is left over, and says how far it was verified."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import network
from reports.model.bridge import (
    Bridge,
    Step,
    bridge_dict,
    bridge_fields,
    bridge_table,
    bridge_text,
    merge_steps,
    verdict,
)
from reports.model.report import report_of
from reports.render import table_writers as writers

NUMBERS = st.integers(-(2**60), 2**60)
FOUND = Bridge("net", "tool", "macs", "flops", 7, (Step("a", 2), Step("b", -4)), 5, source="tool 1")


@given(ours=NUMBERS, figures=st.lists(NUMBERS, max_size=5), measured=st.none() | NUMBERS)
def test_items_always_sum_up_to_the_total(ours, figures, measured):
    steps = tuple(Step(str(number), figure) for number, figure in enumerate(figures))
    found = Bridge("net", "tool", "macs", "flops", ours, steps, measured)
    assert found.ours + sum(step.figure for step in found.items) == found.total
    assert found.total == (ours + sum(figures) if measured is None else measured)
    assert found.agrees == (found.remainder == 0)
    *_, last = bridge_table(found).rows
    assert last[-1] == found.total
    assert bridge_table(found).rows[-2][-1] == found.total


def test_steps_of_one_reason_are_one_and_none_adds_nothing():
    steps = [("b", 2), ("a", 3), ("b", -2), ("a", 1), ("c", 0)]
    assert merge_steps(steps) == (Step("a", 4),)


def test_the_table_shows_signs_and_sums():
    assert bridge_text(FOUND) == (
        "net: from our macs to tool's flops\n\n"
        "step                adds    sum\n"
        "----------------  ------  -----\n"
        "complexity: macs              7\n"
        "a                     +2      9\n"
        "b                     -4      5\n"
        "tool: flops                   5\n\n"
        "Verified: tool 1 gives 5.\n"
    )
    assert str(FOUND) == bridge_text(FOUND)
    asked = replace(FOUND, call="tool(x)", notes=("A note.",))
    assert bridge_text(asked).endswith("\nVerified: tool 1 gives 5.\nCall: tool(x).\nA note.\n")
    assert "| a                |     +2 |     9 |" in bridge_text(FOUND, writers.markdown)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Bridge("net", "tool", "macs", "flops", 7, silence="tool is not there"),
         "Not verified here: tool is not there; the steps are what its known rules give."),
        (Bridge("net", "tool", "macs", "flops", 7, measured=9_999, source="tool 1"),
         "NOT explained in full: tool 1 gives 9,999; +9,992 have no known reason."),
        (Bridge("net", "tool", "macs", "flops", 7, (Step("not explained: x", 2),), silence="gone"),
         "NOT explained in full: gone; +2 have no known reason."),
    ],
)  # fmt: skip
def test_the_verdict_hides_nothing(found, words):
    assert verdict(found) == words
    assert bridge_dict(found)["verdict"] == words
    assert bridge_dict(found)["verified"] == (found.measured is not None)


def test_a_remainder_has_its_reason():
    found = Bridge("net", "tool", "macs", "flops", 7, measured=5, reason="it looks away")
    assert found.items == (Step("not explained: it looks away", -2),)


def test_it_begins_with_the_report():
    report = report_of(network("squeezenet"))
    said = bridge_fields(report, "flops", "tool", "macs")
    assert said["ours"] == report.flops
    assert said["input_shapes"] == ((1, 3, 32, 32),)
    assert said["notes"] == ()


def test_names_are_shown_as_text_in_markdown():
    page = bridge_text(replace(FOUND, model="<i>", notes=("a|b",)), writers.markdown)
    assert page.startswith("# &#60;i&#62;: from our macs")
    assert page.endswith("\n\na&#124;b\n")
