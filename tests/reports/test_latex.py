"""LaTeX: what stands in a cell is shown and never obeyed; long tables are broken."""

import re

import pytest

from reports.latex import LONGEST, escaped, latex, report_latex
from reports.layer_table import layer_table
from reports.report_text import closing_lines
from tests.reports.helpers import DISAGREES, MYSTERIES, ROWS, made, row

SPECIAL = r"&%$#_{}~^\<>|*["


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b & 50 %", r"a\_b \& 50 \%"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("3 * 5", r"3 \ensuremath{\times} 5"),
        ("[x]", "{[}x]"),
        ("$x^2$", r"\$x\textasciicircum{}2\$"),
        ("two\n\nparagraphs", "two  paragraphs"),
    ],
)
def test_a_text_is_escaped(text, written):
    assert escaped(text) == written


def test_no_special_sign_is_left():
    bare = re.sub(r"\\[a-z]+(\{\})?|\\[&%$#_{}]|\{\[\}|\{\\times\}", "", escaped(SPECIAL))
    assert not set(bare) & set(SPECIAL), bare


def test_a_table_by_hand():
    table = latex(layer_table(made(layers=(row("a_b", params=2, macs=3),))))
    head, *body, end = table.splitlines()
    assert head == r"\begin{tabular}{llllllllrrrr}"
    assert body[0] == r"\toprule"
    assert body[1].startswith("layer & kind & input & output & ")
    assert body[3].startswith(r"a\_b & standard & 2x3x11x13 & 2x5x7x17 & ")
    assert body[3].endswith(r" & 3 \ensuremath{\times} 5 & 2 & 100.00 & 3 & 100.00 \\")
    assert (body[4], end) == (r"\bottomrule", r"\end{tabular}")


@pytest.mark.parametrize(
    ("rows", "environment"), [(LONGEST, "tabular"), (LONGEST + 1, "longtable")]
)
def test_a_long_table_is_broken_over_pages(rows, environment):
    table = latex(layer_table(made(layers=tuple(row(f"r{n}") for n in range(rows)))))
    assert table.startswith(rf"\begin{{{environment}}}")
    assert table.endswith(rf"\end{{{environment}}}")
    assert (r"\endhead" in table) == (environment == "longtable")
    assert table.count(r" \\") == rows + 1


def test_every_row_has_as_many_cells_as_the_head():
    odd = row(SPECIAL, SPECIAL, formula=SPECIAL, macs=7)
    lines = [
        line
        for line in report_latex(made(layers=(*ROWS, odd))).splitlines()
        if line.endswith(r"\\")
    ]
    cells = [len(re.findall(r"(?<!\\)&", line)) for line in lines]
    assert cells == [12] * 9 + [8] * 6 + [2] * 8  # layers, kinds and totals with their heads


def test_the_report_says_all_that_its_text_says():
    report = made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft_r2c": 1}, verdict=DISAGREES)
    written = report_latex(report)
    assert written.startswith("% \\usepackage{booktabs,longtable}\n")
    for line in closing_lines(report):
        assert escaped(line.strip()) in written
    assert "at least; " in written
    assert " & unknown & " in written


def test_by_kind_has_no_second_table_of_kinds():
    assert report_latex(made(), by="kind").count(r"\begin{tabular}") == 2
    assert report_latex(made(), by="block", depth=2).count(r"\begin{tabular}") == 3
