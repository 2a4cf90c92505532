"""Tables and sentences for a paper: LaTeX, to be read with ``\\input``."""

import re

from reports.model.peak_memory import memory_table
from reports.model.report import ModelReport
from reports.model.report_view import DEFAULT_VIEW, ReportView
from reports.render.escaping import visible
from reports.render.table import Table
from reports.text.layer_table import table_by, without
from reports.text.report import (
    closing_lines,
    memory_lines,
    title,
    totals_by_kind,
    totals_table,
)

PACKAGES = ("booktabs", "graphicx")  # both are part of every LaTeX
LONGEST = 35  # rows that fit on a page; a longer table is broken over several
# A table wider than the text is scaled down; that of layers leaves columns out to stay readable.
FITTED = r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{"
LEFT_OUT = ("stride", "groups", "formula", "params %")
WITH_BYTES = ("input", "output")
BETWEEN = "\n\n\\noindent\n"
ESCAPES = str.maketrans(
    {
        **{sign: rf"\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "[": "{[}",  # after the end of a row, these would begin an option
        "*": "{*}",
        "\n": " ",
    }
)

PRODUCT = re.compile(r"(?<=[\w)]) \{\*\} (?=[\w(])")  # a star in a name stays one


def escaped(text: str) -> str:
    r"""``text`` as LaTeX shows it: ``escaped("3 * a_b") == r"3 \ensuremath{\times} a\_b"``."""
    return PRODUCT.sub(r" \\ensuremath{\\times} ", visible(text).translate(ESCAPES))


def latex(table: Table) -> str:
    """``table`` with rules of booktabs, no wider than the text; a long one in several parts."""
    sides = "".join(side[0] for side in table.alignment)
    cells = table.cells()
    heads = list(map(escaped, table.header))
    if len(cells) > LONGEST:  # parts of one width are scaled by one factor
        columns = zip(heads, sides, zip(*cells, strict=True), strict=True)
        heads = [_wide(head, side, max(column, key=len)) for head, side, column in columns]
    parts = []
    for start in range(0, max(len(cells), 1), LONGEST):
        rows = [" & ".join(map(escaped, row)) for row in cells[start : start + LONGEST]]
        lines = [
            rf"{FITTED}\setlength{{\tabcolsep}}{{3pt}}%",
            rf"\begin{{tabular}}{{{sides}}}",
            r"\toprule",
            rf"{' & '.join(heads)} \\",
            r"\midrule",
            *(rf"{row} \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}}",
        ]
        parts.append("\n".join(lines))
    return BETWEEN.join(parts)


def _wide(head: str, side: str, widest: str) -> str:
    """The name of a column, in a cell that is as wide as its widest cell."""
    if len(widest) <= len(head):
        return head
    space = rf"\hphantom{{{escaped(widest)}}}"
    return rf"{space}\llap{{{head}}}" if side == "r" else rf"\rlap{{{head}}}{space}"


def report_latex(report: ModelReport, view: ReportView = DEFAULT_VIEW) -> str:
    r"""A report as LaTeX: its tables, and its closing lines as a paragraph each.

    Parameters
    ----------
    report : ModelReport
        The report that is written.
    view : ReportView
        Chooses and arranges the first table; with its `memory` the bytes are shown.

    Returns
    -------
    str
        Text to be read with ``\input``. Its first line names the packages that it needs.
    """
    memory = view.memory
    tables = [table_by(report, view)]
    for name in (*LEFT_OUT, *(WITH_BYTES if memory else ())) if view.by == "layer" else ():
        tables[0] = without(tables[0], name)
    if view.by != "kind":
        tables.append(table_by(report, totals_by_kind(view)))
    tables.append(totals_table(report))
    if memory and report.memory is not None:
        tables.append(memory_table(report.memory))
    sentences = [
        *closing_lines(report),
        *(memory_lines(report, view.bytes_as) if memory else []),
    ]
    lines = [escaped(line.strip()) for line in sentences]
    parts = [rf"\textbf{{{escaped(title(report))}}}", *map(latex, tables), *lines]
    needs = rf"% \usepackage{{{','.join(PACKAGES)}}}"
    return BETWEEN.join([needs, *parts]) + "\n"
