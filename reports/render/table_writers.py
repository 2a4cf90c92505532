"""Tables as text, Markdown, HTML or CSV; and files that are written whole or not at all."""

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

# First characters of cells that a spreadsheet runs as formulas (OWASP, "CSV Injection").
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\n")


def text(table: Table) -> str:
    """``table`` with aligned columns for a terminal. No cell ends its line or moves the cursor."""
    return _tabulated(table, "simple", on_one_line)


def markdown(table: Table, escape: Callable[[str], str] = as_markdown) -> str:
    """A GitHub-flavoured table.

    Parameters
    ----------
    table : Table
        The table.
    escape : callable
        Makes a cell safe. Default: every cell is shown as plain text. With ``str``, cells that are
        Markdown already stay so.

    Returns
    -------
    str
        The table without a line end.
    """
    return _tabulated(table, "pipe", escape)


def html(table: Table) -> str:
    """``table`` in HTML. Names are shown as text, whatever they contain."""
    return _tabulated(table, "html", str)  # tabulate escapes it


def to_csv(table: Table) -> str:
    """``table`` as CSV: integers in full, shares in percent, no cell that a spreadsheet runs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(csv_safe, table.header))
    writer.writerows([csv_safe(cell) for cell in row] for row in table.values())
    return out.getvalue()


def csv_safe(cell: Any) -> Any:
    """``cell`` for CSV: a text that a spreadsheet would run gets an apostrophe before it.

    >>> csv_safe("=1+1"), csv_safe("conv1"), csv_safe(-5)
    ("'=1+1", 'conv1', -5)
    """
    if not isinstance(cell, str):
        return cell
    cell = re.sub("\r\n?", "\n", cell)  # csv quotes a line feed alone: a return would end the row
    return f"'{cell}" if cell.startswith(FORMULA_BEGINS) else cell


def heading(title: str, write: Callable[[Table], str]) -> str:
    """The line above a table.

    Parameters
    ----------
    title : str
        Its text.
    write : callable
        Writer of the table, ``text`` or ``markdown``.

    Returns
    -------
    str
        A Markdown heading if `write` is ``markdown``.
    """
    return f"# {as_markdown(title)}" if write is markdown else title


def lines(sentences: Sequence[str], write: Callable[[Table], str]) -> str:
    """The sentences below a table.

    Parameters
    ----------
    sentences : sequence of str
        They may contain names from outside.
    write : callable
        Writer of the table, ``text`` or ``markdown``.

    Returns
    -------
    str
        A paragraph each in Markdown, a line each in text.
    """
    return "\n\n".join(map(as_markdown, sentences)) if write is markdown else "\n".join(sentences)


def _tabulated(table: Table, style: str, escape: Callable[[str], str]) -> str:
    from tabulate import tabulate  # 0.1 s to import; CSV and JSON do without

    cells = [list(map(escape, row)) for row in table.cells()]
    header = list(map(escape, table.header))
    return tabulate(cells, header, tablefmt=style, colalign=table.alignment, disable_numparse=True)


def write_whole(path: str | Path, content: str | bytes) -> None:
    """Write a file so that no reader ever sees half of it.

    Parameters
    ----------
    path : str or Path
        The target. A link stays a link, and the file that it names is replaced.
    content : str or bytes
        Text is written as UTF-8.

    Raises
    ------
    OSError
        If it cannot be written. The old file stays.
    """
    if isinstance(content, str):
        content = content.encode("utf-8")
    target = Path(path).resolve()  # through a link, to the file that it names
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder")
    if target.exists() and not target.is_file():  # a pipe or a device is written in place
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
