"""Tables as text, Markdown, HTML and CSV; a file is written whole or not at all."""

import csv
import io
import os
import re
import stat
from html import escape
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from reports.render import table_writers as writers
from reports.render.table import Column, Table
from tests.reports.helpers import HUGE

COLUMNS = (Column("name"), Column("size", "integer"), Column("part", "share"))
NASTY = ("a|b", "<b>&", 'say "x", y', "007", "1e3", "")
TABLE = Table(COLUMNS, [(name, HUGE + n, (n, 8)) for n, name in enumerate(NASTY)])


class Cells(HTMLParser):
    """The text of every cell, entities resolved, and every tag that is met."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells and data != "\n":
            self.cells[-1] += data


def test_text_lines_its_columns_up():
    lines = writers.text(TABLE).splitlines()
    assert lines[0].split() == ["name", "size", "part"]
    assert set(lines[1]) == {"-", " "}
    assert len({len(line) for line in lines}) == 1
    assert lines[2].endswith("0.00")
    assert lines[2].index("2,305") == lines[1].index(" -") + 1


def test_text_leaves_names_that_look_like_numbers_alone():
    words = writers.text(TABLE).split()
    assert "007" in words
    assert "1e3" in words


def test_text_shows_a_control_character_and_keeps_each_row_on_its_line():
    names = ("\x1b[31mred", "two\nlines", "a\rb\x00", "\ud800", "plain")
    lines = writers.text(
        Table((Column("name"), Column("size", "integer")), [(n, 5) for n in names])
    )
    _, _, *rows = lines.split("\n")
    assert [line.split()[0] for line in rows] == [
        r"\u001b[31mred", r"two\nlines", r"a\u000db\u0000", r"\ud800", "plain",
    ]  # fmt: skip
    assert len({len(line) for line in rows}) == 1


def test_text_writes_every_digit():
    assert "2,305,843,009,213,693,951" in writers.text(TABLE)


def test_markdown_escapes_a_bar_so_that_no_row_gets_another_column():
    lines = writers.markdown(TABLE).splitlines()
    assert "| a&#124;b " in lines[2]
    assert re.fullmatch(r"\|:-+\|-+:\|-+:\|", lines[1])  # text to the left, figures to the right
    for line in lines:
        assert line.count("|") == len(COLUMNS) + 1


@pytest.mark.parametrize("name", ["a|b", "``x`", "<!-- x", "two\nlines", "__init__", "x * y * z", "#1 @x",
                                  "~~gone~~", "\\|", "*b*", "[a](b)", "$x$", "&lt;"])  # fmt: skip
def test_markdown_shows_a_name_as_it_is_in_a_table_a_heading_and_a_line(name):
    table = Table((Column(name), Column("size", "integer")), [(name, 5), ("b", 7)])
    said = [
        writers.heading(name, writers.markdown),
        writers.markdown(table),
        writers.lines([f"It is {name}.", "And so."], writers.markdown),
    ]
    page = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render("\n\n".join(said))
    shown = Cells(page)
    assert shown.tags == {"h1", "table", "thead", "tbody", "tr", "th", "td", "p"}
    assert [cell.strip() for cell in shown.cells[:4]] == [name, "size", name, "5"]
    assert f"<h1>{escape(name)}</h1>" in page
    assert f"<p>It is {escape(name)}.</p>\n<p>And so.</p>" in page


def test_a_product_stays_readable_in_markdown():
    assert "| 64 * 64 * 80 |" in writers.markdown(Table((Column("formula"),), [("64 * 64 * 80",)]))


def test_for_a_terminal_a_heading_and_lines_are_as_they_are():
    assert writers.heading("a|b", writers.text) == "a|b"
    assert writers.lines(["a|b", "c"], writers.text) == "a|b\nc"


def test_html_shows_a_name_as_text_whatever_it_contains():
    html = writers.html(TABLE)
    assert "<b>" not in html
    found = Cells(html)
    assert "b" not in found.tags
    assert [cell.strip() for cell in found.cells[3::3]] == list(NASTY)


def test_csv_reads_back_exactly():
    header, *rows = csv.reader(io.StringIO(writers.to_csv(TABLE)))
    assert header == ["name", "size", "part"]
    assert [row[0] for row in rows] == list(NASTY)
    assert [int(row[1]) for row in rows] == [HUGE + n for n in range(len(NASTY))]
    assert rows[1][2] == "12.50"


@pytest.mark.parametrize("write", [writers.text, writers.markdown, writers.html, writers.to_csv])
def test_an_integer_that_is_not_known_says_so(write):
    assert "unknown" in write(Table(COLUMNS, [("a", None, None)]))
    assert "unknown" not in write(Table(COLUMNS, [("a", 0, None)]))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_csv_holds_no_formula_of_a_spreadsheet(begins):
    name = f"{begins}cmd|' /C calc'!A0"
    table = Table((Column(name), Column("size", "integer")), [(name, -5), ("a=b", 3)])
    header, *rows = csv.reader(io.StringIO(writers.to_csv(table), newline=""))
    harmless = "'" + name.replace("\r", "\n")
    assert header == [harmless, "size"]
    assert rows == [[harmless, "-5"], ["a=b", "3"]]


def test_csv_lets_no_carriage_return_begin_a_row():
    table = Table((Column("name"),), [("a\r=1+1",), ("b\r\n@c",)])
    _, *rows = csv.reader(io.StringIO(writers.to_csv(table), newline=""))
    assert rows == [["a\n=1+1"], ["b\n@c"]]


def test_csv_keeps_a_line_break_inside_its_cell():
    table = Table((Column("name"), Column("size", "integer")), [("two\nlines", 3)])
    assert list(csv.reader(io.StringIO(writers.to_csv(table))))[1] == ["two\nlines", "3"]


@pytest.mark.parametrize("write", [writers.text, writers.markdown, writers.html, writers.to_csv])
def test_an_empty_table_is_its_header(write):
    written = write(Table(COLUMNS, []))
    assert all(column.name in written for column in COLUMNS)


def test_a_file_is_written_whole_in_utf8_with_plain_line_ends(tmp_path):
    target = tmp_path / "report.txt"
    writers.write_whole(target, "é = 1\nω = 2\n")
    assert target.read_bytes() == "é = 1\nω = 2\n".encode()
    assert os.listdir(tmp_path) == ["report.txt"]


def test_bytes_are_written_as_they_are(tmp_path):
    writers.write_whole(tmp_path / "x.png", b"\x89PNG\r\n\x00\xff")
    assert (tmp_path / "x.png").read_bytes() == b"\x89PNG\r\n\x00\xff"


def test_a_path_may_be_a_string(tmp_path):
    writers.write_whole(str(tmp_path / "report.txt"), "x")
    assert (tmp_path / "report.txt").read_text() == "x"


def test_a_file_that_exists_is_replaced_and_keeps_its_permissions(tmp_path):
    target = tmp_path / "report.txt"
    target.write_text("old and longer")
    target.chmod(0o640)
    writers.write_whole(target, "new")
    assert target.read_text() == "new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_a_new_file_gets_the_permissions_that_any_new_file_gets(tmp_path, umask):
    before = os.umask(umask)
    try:
        writers.write_whole(tmp_path / "report.txt", "x")
        assert os.umask(umask) == umask  # asking for the mask has not changed it
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("existing", [True, False])
def test_a_write_that_fails_halfway_leaves_the_old_file_and_nothing_else(tmp_path, existing):
    target = tmp_path / "report.txt"
    if existing:
        target.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        writers.write_whole(target, "half " * 10_000 + "\udc80")
    assert os.listdir(tmp_path) == ["report.txt"] * existing
    assert not existing or target.read_text() == "old"


@pytest.mark.parametrize("step", ["chmod", "replace"])
def test_a_failure_of_the_last_steps_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch, step
):
    target = tmp_path / "report.txt"
    target.write_text("old")

    def refuse(*_):
        raise PermissionError("no")

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(PermissionError):
        writers.write_whole(target, "new")
    assert os.listdir(tmp_path) == ["report.txt"]
    assert target.read_text() == "old"


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError, match="is a folder"):
        writers.write_whole(tmp_path, "x")
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        writers.write_whole(tmp_path / "no" / "report.txt", "x")
    assert os.listdir(tmp_path) == []


def test_a_link_is_written_through(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    writers.write_whole(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert sorted(os.listdir(tmp_path)) == ["link.txt", "real.txt"]


def test_a_link_to_a_file_that_is_not_there_yet_makes_that_file(tmp_path):
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "real.txt")
    writers.write_whole(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_device_stays_a_device():
    writers.write_whole(os.devnull, "new")
    assert not os.path.isfile(os.devnull)
    assert os.path.exists(os.devnull)


def test_what_is_no_plain_file_is_written_into(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        writers.write_whole(pipe, "new")
        assert stat.S_ISFIFO(pipe.stat().st_mode)
        assert os.read(reader, 10) == b"new"
    finally:
        os.close(reader)
