"""What a check found: words that say neither more nor less than was compared."""

from dataclasses import replace

from reports.model.verdict import Verdict, Witness
from tests.reports.helpers import AGREES, DIFFERENCE, DISAGREES, WITNESSES


def test_a_verdict_agrees_only_without_differences():
    assert AGREES.agrees
    assert not replace(AGREES, differences=(DIFFERENCE,)).agrees


def test_an_agreeing_verdict_says_how_many_rows_and_where_it_was_traced():
    assert str(Verdict(83, "meta")) == (
        "closed form = traced counts in all 83 rows "
        "(params, macs, elementwise, activations, memory access; traced on meta)"
    )


def test_an_agreeing_verdict_counts_one_row_and_none_in_words():
    assert str(Verdict(1, "cpu")) == (
        "closed form = traced counts in its one row "
        "(params, macs, elementwise, activations, memory access; traced on cpu)"
    )
    assert str(Verdict(0, "cpu")) == (
        "nothing that ran has a closed form to compare; traced on cpu"
    )
    assert str(Verdict(0, "cpu", (DIFFERENCE,))) == "NOT confirmed: 1 difference between counts"


def test_a_verdict_says_how_many_rows_had_nothing_to_be_compared_with():
    figures = "(params, macs, elementwise, activations, memory access; traced on meta)"
    assert str(Verdict(25, "meta", others=7)) == (
        f"closed form = traced counts in 25 of 32 rows {figures}; "
        "the other 7 have no closed form to compare"
    )
    assert str(Verdict(1, "meta", others=1)) == (
        f"closed form = traced counts in 1 of 2 rows {figures}; "
        "the other 1 has no closed form to compare"
    )
    assert str(Verdict(0, "meta", others=3)) == (
        "nothing that ran has a closed form to compare; traced on meta"
    )


def test_what_was_compared_is_counted_in_words():
    assert [Verdict(n, "meta").compared for n in (0, 1, 1009)] == ["0 rows", "1 row", "1,009 rows"]
    assert Verdict(0, "meta", others=1).compared == "0 of 1 row"
    assert Verdict(25, "meta", others=7).compared == "25 of 32 rows"


def test_a_notebook_shows_the_verdict_its_differences_and_the_witnesses_as_text():
    html = replace(DISAGREES, witnesses=WITNESSES, traced_on="<b>")._repr_html_()
    assert html == (
        "<p>Checked: NOT confirmed: 1 difference between counts.</p>"
        "<p>body.0.conv, macs: closed form 137, trace 139: kernel or groups are not so</p>"
        "<p>fvcore agrees (+ 2: a habit)</p><p>torch could not run: KeyError: x</p>"
    )
    assert "<b>" not in replace(AGREES, traced_on="<b>")._repr_html_()


def test_a_disagreeing_verdict_counts_its_differences():
    one, two = (replace(AGREES, differences=n * (DIFFERENCE,)) for n in (1, 2))
    assert str(one) == "NOT confirmed: 1 difference between counts"
    assert str(two) == "NOT confirmed: 2 differences between counts"


def test_a_witness_agrees_when_it_found_what_it_must_and_not_when_it_could_not_run():
    assert Witness("w", 7, 7).agrees
    assert not Witness("w", 7, 8).agrees
    assert not Witness("w", 7, 0).agrees  # it looked, and found nothing
    assert Witness("w", 7, None, ("could not run: why",)).agrees is None
