"""A report for people: totals, convention, the check, and what is unknown, in words."""

from dataclasses import replace

import pytest

from formulas.core.cost import CONVENTION
from reports.model.report_view import ReportView
from reports.render import table_writers as writers
from reports.text.report import (
    closing_lines,
    notebook_html,
    report_text,
    title,
    totals_table,
)
from tests.reports.helpers import AGREES, DISAGREES, HUGE, ROWS, TOTALS, TRAINING, made, row


def test_the_title_names_model_settings_and_input():
    assert title(made()) == "made (paper, alpha=0.5), input 2x3x11x13"
    assert title(made(options={}, input_shapes=())) == "made"
    two = made(options={}, input_shapes=((2, 3), (5, 7, 11)))
    assert title(two) == "made, input 2x3, 5x7x11"


def test_totals_are_exact_and_rounded():
    totals = {name: (exact, note) for name, exact, note in totals_table(made()).values()}
    assert totals["params"] == (882, "0.00 M, 0.00 MB as float32")
    assert totals["macs"][0] == HUGE + 732
    assert totals["macs"][1] == "2,305,843,009,213.69 M multiply-adds"
    assert totals["flops"][0] == 2 * (HUGE + 732)
    assert totals["flops"][1].endswith("= 2 * macs")
    assert totals["memory access"][0] == TOTALS["memory_access"]
    assert totals["buffers"] == (239, "stored, not learned")


def test_what_runs_says_at_least_where_something_is_unknown_and_what_is_stored_does_not():
    unknown = made(unknown={"aten.fft": 3})
    notes = {name: note for name, _, note in totals_table(unknown).values()}
    plain = {name: note for name, _, note in totals_table(made()).values()}
    assert notes == {
        name: note if name in ("params", "buffers") else f"at least; {note}"
        for name, note in plain.items()
    }
    assert set(notes) == {
        "params",
        "macs",
        "flops",
        "elementwise",
        "activations",
        "memory access",
        "buffers",
    }
    assert not any("at least" in note for *_, note in totals_table(made()).values())
    assert "at least" in report_text(unknown)
    assert "at least" not in report_text(made())


def test_an_unknown_operation_is_named_with_its_count():
    lines = closing_lines(made(unknown={"aten.fft": 3, "aten.svd": 1}))
    assert "Unknown: aten.fft has no formula; it ran 3 times." in lines
    assert "Unknown: aten.svd has no formula; it ran once." in lines


def test_the_coverage_counts_operations_and_names_what_is_free():
    lines = closing_lines(made(coverage={"counted": 12345, "free": 29}))
    assert lines[2] == (
        "Coverage: 12,374 operations ran: 12,345 counted, 29 zero-cost (views, copies), 0 unknown."
    )
    lines = closing_lines(made(coverage={"unknown": 3}))
    assert lines[2] == (
        "Coverage: 3 operations ran: 0 counted, 0 zero-cost (views, copies), 3 unknown."
    )
    assert not any(line.startswith("Coverage") for line in closing_lines(made()))


def test_a_training_step_is_shown_in_macs_and_in_memory():
    report = made(layers=ROWS[4:], training=TRAINING, notes=("A note.",))
    assert closing_lines(report)[2:] == [
        "Training step: 595 forward + 1,193 backward = at least 1,788 macs "
        "(2.01 backward to forward).",
        "Unknown: aten.odd has no formula; in the backward pass it ran 3 times.",
        "Training memory: 1,017 elements, 0.00 MB as float32: 384 params + 211 gradients "
        "+ 422 of adam's state.",
        "A note.",
    ]
    known = made(layers=ROWS[4:], training=replace(TRAINING, unknown={}))
    assert closing_lines(known)[2].endswith("= 1,788 macs (2.01 backward to forward).")
    assert not any(line.startswith("Training") for line in closing_lines(made()))


def test_the_convention_is_stated():
    assert closing_lines(made())[0] == f"Convention: {CONVENTION}."
    assert f"Convention: {CONVENTION}." in report_text(made())


def test_an_untraced_report_says_so():
    assert closing_lines(made())[1] == "Checked: no, nothing was traced (closed form only)."


def test_an_agreeing_check_is_one_line():
    lines = closing_lines(made(verdict=AGREES))
    assert lines[1] == f"Checked: {AGREES}."
    assert "all 7 rows" in lines[1]
    assert len(lines) == 2


def test_a_disagreeing_check_shows_each_difference():
    lines = closing_lines(made(verdict=DISAGREES))
    assert lines[1] == "Checked: NOT confirmed: 1 difference between counts."
    assert lines[2] == (
        "  body.0.conv, macs: closed form 137, trace 139: kernel or groups are not so"
    )


def test_differences_that_are_many_are_counted_in_the_plural():
    two = replace(DISAGREES, differences=2 * DISAGREES.differences)
    assert closing_lines(made(verdict=two))[1] == (
        "Checked: NOT confirmed: 2 differences between counts."
    )


def test_notes_come_last():
    assert closing_lines(made(notes=("First note.", "Second note.")))[-2:] == [
        "First note.", "Second note.",
    ]  # fmt: skip


def test_a_report_by_layer_also_has_totals_by_kind():
    found = report_text(made())
    for name in ("body.1.conv#2", "depthwise", "batch_norm", "memory access"):
        assert name in found
    assert found.endswith(".\n")


def test_a_report_by_kind_has_its_table_once():
    assert report_text(made(), ReportView(by="kind")).count("batch_norm") == 1
    assert (
        report_text(made(), ReportView(by="block")).count("batch_norm") == 1
    )  # in the totals by kind


def test_a_cut_report_says_how_many_rows_are_shown_and_keeps_its_totals():
    found = report_text(made(), ReportView(sort="params", top=2))
    assert "2 of 7 rows shown." in found
    assert "stem.conv" not in found
    assert "882" in found
    assert "rows shown" not in report_text(made(), ReportView(top=7))


def test_depth_reaches_the_table():
    assert "body.0" in report_text(made(), ReportView(by="block", depth=2))
    assert "body.0" not in report_text(made(), ReportView(by="block", depth=1))


def test_markdown_has_a_heading_and_a_paragraph_for_each_line():
    found = report_text(made(), write=writers.markdown)
    assert found.startswith("# made (paper, alpha=0.5), input 2x3x11x13\n\n|")
    assert f"\n\nConvention: {CONVENTION}.\n\nChecked:" in found


@pytest.mark.parametrize("make", [notebook_html, lambda report: report._repr_html_()])
def test_a_notebook_shows_names_as_text_whatever_they_contain(make):
    nasty = "<b>&x"
    report = made(
        name=nasty,
        layers=(row(nasty, nasty, params=7),),
        unknown={nasty: 1},
        notes=(nasty,),
        verdict=replace(AGREES, traced_on=nasty),
        convention=nasty,
    )
    html = make(report)
    assert nasty not in html
    assert "<b>" not in html
    # title, convention, layer, kind, check, unknown operation, note
    assert html.count("&lt;b&gt;&amp;x") == 7


def test_a_notebook_shows_totals_layers_and_the_check():
    html = made(verdict=AGREES)._repr_html_()
    assert html.startswith("<h4>made (paper, alpha=0.5), input 2x3x11x13</h4><table>")
    for words in ("882", "body.1.conv#2", "2,305,843,009,213,693,951", "Checked: closed form"):
        assert words in html
