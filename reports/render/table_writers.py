"""A table as text, Markdown or CSV; a file written whole or not at all."""

import csv
import io
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from reports.render.escaping import as_markdown, on_one_line
from reports.render.table import Table

# How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection").
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\n")


def text(table: Table) -> str:
    """Columns lined up with spaces, for a terminal; no cell ends its line or moves the cursor."""
    return _tabulated(table, "simple", on_one_line)


def markdown(table: Table, escape: Callable[[str], str] = as_markdown) -> str:
    """A GitHub-flavoured table; what a name contains is shown as text.

    Cells that are Markdown already, have no other ``escape`` than ``str``.
    """
    return _tabulated(table, "pipe", escape)


def html(table: Table) -> str:
    """An HTML table; what a name contains is shown as text."""
    return _tabulated(table, "html", str)  # tabulate escapes it


def to_csv(table: Table) -> str:
    """Comma-separated values: integers in full, shares in percent, no formula of a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(no_formula, table.header))
    writer.writerows([no_formula(cell) for cell in row] for row in table.values())
    return out.getvalue()


def no_formula(cell: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe before it; a number stays.

    >>> no_formula("=1+1"), no_formula("conv1"), no_formula(-5)
    ("'=1+1", 'conv1', -5)
    """
    if not isinstance(cell, str):
        return cell
    cell = re.sub("\r\n?", "\n", cell)  # csv quotes a line feed alone: a return would end the row
    return f"'{cell}" if cell.startswith(FORMULA_BEGINS) else cell


def heading(title: str, write: Callable[[Table], str]) -> str:
    """The line above a table that is written by ``write``."""
    return f"# {as_markdown(title)}" if write is markdown else title


def lines(sentences: Sequence[str], write: Callable[[Table], str]) -> str:
    """The lines below it: in Markdown a paragraph each, whatever a name in them contains."""
    return "\n\n".join(map(as_markdown, sentences)) if write is markdown else "\n".join(sentences)


def _tabulated(table: Table, style: str, escape: Callable[[str], str]) -> str:
    from tabulate import tabulate  # 0.1 s to import; CSV and JSON do without

    cells = [list(map(escape, row)) for row in table.cells()]
    header = list(map(escape, table.header))
    return tabulate(cells, header, tablefmt=style, colalign=table.alignment, disable_numparse=True)


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write ``content`` to ``path`` so that no reader ever sees half of it.

    It is written beside the target and renamed over it; an ``OSError`` leaves the old file. A
    link stays a link.
    """
    if isinstance(content, str):
        content = content.encode("utf-8")
    target = Path(path).resolve()  # through a link, to the file that it names
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder")
    if target.exists() and not target.is_file():  # a pipe or a device takes what it is given
        target.write_bytes(content)
        return
    handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(beside, target.stat().st_mode if target.exists() else 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
