"""Tables and sentences for a paper: LaTeX, to be read with ``\\input``."""

from collections.abc import Sequence
from typing import Any

from reports.layer_table import By, table_by
from reports.memory import memory_table
from reports.report_text import closing_lines, memory_lines, title, totals_table
from reports.rows import ModelReport
from reports.tables import Table

PACKAGES = ("booktabs", "longtable")
LONGEST = 40  # rows that fit on a page; a longer table is broken over several
ESCAPES = str.maketrans(
    {
        **{sign: rf"\{sign}" for sign in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        "[": "{[}",  # after the end of a row, it would begin an option
        "*": r"\ensuremath{\times}",
        "\n": " ",
    }
)


def escaped(text: str) -> str:
    r"""``text`` as LaTeX shows it: ``escaped("3 * a_b") == r"3 \ensuremath{\times} a\_b"``."""
    return text.translate(ESCAPES)


def latex(table: Table) -> str:
    """A table with rules of booktabs; over several pages where it is long."""
    environment = "longtable" if len(table.rows) > LONGEST else "tabular"
    sides = "".join(side[0] for side in table.alignment)
    head = [r"\toprule", _row(table.header), r"\midrule"]
    if environment == "longtable":
        head.append(r"\endhead")
    return "\n".join(
        [
            rf"\begin{{{environment}}}{{{sides}}}",
            *head,
            *map(_row, table.cells()),
            r"\bottomrule",
            rf"\end{{{environment}}}",
        ]
    )


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"


def report_latex(
    report: ModelReport,
    *,
    by: By = "layer",
    depth: int = 1,
    sort: str | None = None,
    top: int | None = None,
    memory: bool = False,
    bytes_as: str | None = None,
) -> str:
    """The report's tables, and its closing lines as a paragraph each.

    It wants ``\\usepackage{booktabs,longtable}``, and says so in its first line.
    """
    moved: Any = {"memory": memory, "bytes_as": bytes_as}
    tables = [table_by(report, by, depth=depth, sort=sort, top=top, **moved)]
    if by != "kind":
        tables.append(table_by(report, "kind", **moved))
    tables.append(totals_table(report))
    if memory and report.memory is not None:
        tables.append(memory_table(report.memory))
    said = [*closing_lines(report), *(memory_lines(report, bytes_as) if memory else [])]
    lines = [escaped(line.strip()) for line in said]
    parts = [rf"\textbf{{{escaped(title(report))}}}", *map(latex, tables), *lines]
    needs = rf"% \usepackage{{{','.join(PACKAGES)}}}"
    return "\n\n\\noindent\n".join([needs, *parts]) + "\n"
