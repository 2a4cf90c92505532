"""LaTeX: what stands in a cell is shown and never obeyed; long tables are broken."""

import re
import subprocess
from shutil import which

import pytest

from formulas.networks import network
from reports.model.report import report_of
from reports.model.report_view import ReportView
from reports.text.latex import (
    BETWEEN,
    LONGEST,
    escaped,
    latex,
    report_latex,
)
from reports.text.layer_table import layer_table
from reports.text.report import closing_lines
from tests.reports.helpers import DISAGREES, MYSTERIES, ROWS, made, row

SPECIAL = r"&%$#_{}~^\<>|*["


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a_b & 50 %", r"a\_b \& 50 \%"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("3 * 5", r"3 \ensuremath{\times} 5"),
        ("*x* 2*3", "{*}x{*} 2{*}3"),
        ("[x]", "{[}x]"),
        ("$x^2$", r"\$x\textasciicircum{}2\$"),
        ("two\n\nparagraphs", "two  paragraphs"),
        (
            "\x1b[1m\x00\ud800",
            r"\textbackslash{}u001b{[}1m\textbackslash{}u0000\textbackslash{}ud800",
        ),
    ],
)
def test_a_text_is_escaped(text, written):
    assert escaped(text) == written


def test_no_special_sign_is_left():
    bare = re.sub(r"\\[a-z]+(\{\})?|\\[&%$#_{}]|\{[\[*]\}", "", escaped(SPECIAL))
    assert not set(bare) & set(SPECIAL), bare


def test_a_table_by_hand():
    table = latex(layer_table(made(layers=(row("a_b", params=2, macs=3),))))
    fitted, head, *body, end = table.splitlines()
    assert fitted == (
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{\setlength{\tabcolsep}{3pt}%"
    )
    assert head == r"\begin{tabular}{llllllllrrrr}"
    assert body[0] == r"\toprule"
    assert body[1].startswith("layer & kind & input & output & ")
    assert body[3].startswith(r"a\_b & standard & 2x3x11x13 & 2x5x7x17 & ")
    assert body[3].endswith(r" & 3 \ensuremath{\times} 5 & 2 & 100.00 & 3 & 100.00 \\")
    assert (body[4], end) == (r"\bottomrule", r"\end{tabular}}")


@pytest.mark.parametrize(
    ("rows", "parts"), [(0, 1), (LONGEST, 1), (LONGEST + 1, 2), (3 * LONGEST + 5, 4)]
)
def test_a_long_table_is_broken_over_pages(rows, parts):
    layers = tuple(row(f"r{n}" * (1 + n % 7), macs=10**n) for n in range(rows))
    found = latex(layer_table(made(layers=layers))).split(BETWEEN)
    assert [part.count(r" \\") - 1 for part in found] == [LONGEST] * (parts - 1) + [
        rows - LONGEST * (parts - 1)
    ]
    heads = {part.splitlines()[3] for part in found}
    assert len(heads) == 1  # with the widest cell of each column, so that all are as wide
    (head,) = heads
    assert (r"\rlap{layer}\hphantom{" in head) == (parts > 1)
    if parts > 1:
        widest = max((line.split(" & ")[0] for part in found for line in part.splitlines()
                      if line.startswith("r")), key=len)  # fmt: skip
        assert head.startswith(rf"\rlap{{layer}}\hphantom{{{widest}}} & ")
        assert rf"\hphantom{{{10 ** (rows - 1):,}}}\llap{{macs}} & " in head


@pytest.mark.skipif(which("pdflatex") is None, reason="there is no LaTeX here")
@pytest.mark.parametrize("size", ["10pt", "12pt"])
@pytest.mark.parametrize(
    "asked", [{}, {"by": "kind"}, {"by": "block"}, {"memory": True}, {"by": "kind", "memory": True}], ids=str
)  # fmt: skip
def test_no_table_is_wider_than_the_text(tmp_path, asked, size):
    """LaTeX itself says what does not fit; names that it would obey end its run."""
    odd = row(f"a.{SPECIAL}\x1b\t\n.c", SPECIAL, formula=SPECIAL, params=10**17, macs=10**19)
    layers = (odd, *report_of(network("mobilenet", resolution=224)).layers)
    written = report_latex(made(name="net_&\x07", layers=layers), ReportView(**asked))
    needs = written.partition("\n")[0].removeprefix("% ")
    written = written.removeprefix(f"% {needs}")
    (tmp_path / "paper.tex").write_text(
        rf"\documentclass[{size}]{{article}}{needs}\begin{{document}}{written}\end{{document}}"
    )
    subprocess.run(["pdflatex", "-halt-on-error", "paper.tex"], cwd=tmp_path, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # fmt: skip
    log = (tmp_path / "paper.log").read_text(errors="replace")
    assert "Output written" in log
    assert not re.findall(r"^Overfull .*", log, re.MULTILINE)


def test_every_row_has_as_many_cells_as_the_head():
    odd = row(SPECIAL, SPECIAL, formula=SPECIAL, macs=7)
    lines = [
        line
        for line in report_latex(made(layers=(*ROWS, odd))).splitlines()
        if line.endswith(r"\\")
    ]
    cells = [len(re.findall(r"(?<!\\)&", line)) for line in lines]
    assert cells == [8] * 9 + [8] * 6 + [2] * 8  # layers, kinds and totals with their heads


def test_the_report_says_all_that_its_text_says():
    report = made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft_r2c": 1}, verdict=DISAGREES)
    written = report_latex(report)
    assert written.startswith("% \\usepackage{booktabs,graphicx}\n")
    for line in closing_lines(report):
        assert escaped(line.strip()) in written
    assert "at least; " in written
    assert " & unknown & " in written


def test_by_kind_has_no_second_table_of_kinds():
    assert report_latex(made(), ReportView(by="kind")).count(r"\begin{tabular}") == 2
    assert report_latex(made(), ReportView(by="block", depth=2)).count(r"\begin{tabular}") == 3
