"""What a check prints: one line a network, and a table of any difference."""

from dataclasses import replace

import pytest

from reports.model.verdict import Difference, Witness
from reports.text.check import check_line, difference_line, differences_text, witness_words
from tests.reports.helpers import AGREES, DISAGREES, ROWS, WITNESSES, made

SMALL = {"layers": ROWS[4:]}


def test_a_line_says_place_mark_settings_rows_totals_and_witnesses():
    verdict = replace(AGREES, witnesses=WITNESSES)
    assert check_line(made(**SMALL, verdict=verdict), 7, 150) == (
        "[  7/150] ok   made (paper, alpha=0.5) 2x3x11x13: 7 rows, 384 params, 595 macs; "
        "fvcore agrees (+ 2: a habit), torch could not run: KeyError: x"
    )


def test_a_line_counts_rows_without_a_closed_form_and_the_last_words_do_not_claim_them():
    part = made(**SMALL, verdict=replace(AGREES, others=2))
    assert "2x3x11x13: 7 of 9 rows, 384 params" in check_line(part, 1, 1)
    words = "closed form = traced counts, in every row that has a closed form.\n"
    assert differences_text([part]) == f"It agrees: {words}"
    assert differences_text([made(verdict=AGREES), part]) == f"All 2 agree: {words}"
    one = made(**SMALL, verdict=replace(AGREES, rows=1))
    assert ": 1 row, 384 params" in check_line(one, 1, 1)


def test_large_counts_that_differ_have_their_digits_grouped_and_shapes_are_written():
    large = Difference("fc", "macs", 102401, 102400, "trace", "why")
    assert difference_line(large) == "fc, macs: closed form 102,401, trace 102,400: why"
    shaped = Difference("fc", "output", (2, 1009), "missing", "trace", "why")
    assert difference_line(shaped) == "fc, output: closed form 2x1009, trace missing: why"
    assert "102,401" in differences_text([made(verdict=replace(AGREES, differences=(large,)))])


def test_a_failed_line_is_marked():
    line = check_line(made(verdict=DISAGREES), 150, 150)
    assert line.startswith("[150/150] FAIL made ")


@pytest.mark.parametrize(
    "part",
    [made(verdict=AGREES, unknown={"aten.fft": 1}), made(verdict=replace(AGREES, rows=0))],
    ids=["an unknown operation", "no closed form"],
)
def test_what_was_compared_in_part_only_is_neither_good_nor_failed(part):
    assert check_line(part, 1, 1).startswith("[1/1] PART made ")
    words = "No count differs, but not everything that ran could be compared (PART).\n"
    assert differences_text([part]) == words
    assert differences_text([made(verdict=AGREES), part]) == words


def test_a_difference_is_a_failure_also_where_only_a_part_was_compared():
    both = made(verdict=DISAGREES, unknown={"aten.fft": 1})
    assert check_line(both, 1, 1).startswith("[1/1] FAIL made ")
    assert differences_text([both]).endswith("\n1 of 1 do not agree.\n")


def test_a_report_that_was_not_checked_has_no_line():
    with pytest.raises(ValueError, match="made was not checked"):
        check_line(made(), 1, 1)


@pytest.mark.parametrize(
    ("witness", "words"),
    [
        (Witness("fvcore", 1009, 1009), "fvcore agrees"),
        (Witness("fvcore", 9, 9, ("+ 2: one", "- 3: two")), "fvcore agrees (+ 2: one; - 3: two)"),
        (Witness("torch", 9, 9, ("2 for each MAC",)), "torch agrees"),
        (Witness("fvcore", 1009, 12345), "fvcore 12,345, not 1,009"),
        (Witness("fvcore", 7, None, ("could not run: x",)), "fvcore could not run: x"),
        (
            Witness("fvcore", 7, 5, ("+ 2: one", "not judged: hidden in x"), judged=False),
            "fvcore 5, not 7 (not judged: hidden in x)",
        ),
    ],
)
def test_a_witness_agrees_or_says_what_stood_against_it(witness, words):
    assert witness_words(witness) == words


def test_agreement_is_one_sentence():
    good = made(verdict=AGREES)
    assert differences_text([good]) == ("It agrees: closed form = traced counts, layer by layer.\n")
    assert differences_text([good, good, good]).startswith("All 3 agree: ")


def test_who_could_not_run_does_not_agree_silently():
    alone = made(verdict=replace(AGREES, witnesses=WITNESSES))
    assert differences_text([alone]) == (
        "It agrees: closed form = traced counts, layer by layer; torch could not run.\n"
    )
    several = differences_text([alone, made(verdict=AGREES), alone])
    assert several.endswith("layer by layer; torch could not run 2 of 3.\n")
    part = made(verdict=alone.verdict, unknown={"aten.fft": 1})
    assert differences_text([part]).endswith("(PART); torch could not run.\n")


def test_a_difference_is_a_row_with_both_values_and_the_reason():
    text = differences_text([made(verdict=AGREES), made(name="bad", verdict=DISAGREES)])
    cells = [line.split() for line in text.splitlines()]
    assert ["bad", "body.0.conv", "macs", "137", "139", "trace"] in [row[:6] for row in cells]
    assert "kernel or groups are not so" in text
    assert text.endswith("\n1 of 2 do not agree.\n")
