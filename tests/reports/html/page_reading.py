"""A report's page read back by a parser of HTML, as a browser or a script would."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Read:
    """What stands on a page: exact totals, each table as dicts, its text, its data."""

    totals: dict[str, int] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)


class Reader(HTMLParser):
    """Cells by their exact value where they have one, else by their text."""

    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self.inside: list[str] = []
        self.header: list[str] = []
        self.term = self.table = ""
        self.cell: dict[str, str | None] | None = None
        self.said = ""
        self.row: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.tags.append((tag, dict(attrs)))
        given = dict(attrs)
        if tag == "table":
            self.table, self.header = given["id"] or "", []
            self.read.tables[self.table] = []
        elif tag == "tr":
            self.row = []
        elif tag in ("th", "td", "dt"):
            self.cell, self.said = given, ""
        elif tag == "data":
            self.read.totals[self.term] = int(given["value"] or "")
        if tag not in ("meta", "input", "link"):
            self.inside.append(tag)

    def handle_data(self, data: str) -> None:
        self.said += data
        if "script" in self.inside:
            if data.startswith("{"):
                self.read.data = json.loads(data)
        elif "style" not in self.inside:
            self.read.text += data

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag  # every element is closed in its turn
        if tag == "dt":
            self.term = self.said.removesuffix(" at least")
        elif tag in ("th", "td") and self.cell is not None:
            exact = self.cell.get("data-value")
            self.row.append(self.said if exact is None else exact)
        elif tag == "tr" and not self.header:
            self.header = self.row
        elif tag == "tr":
            self.read.tables[self.table].append(dict(zip(self.header, self.row, strict=True)))


def read(page: str) -> Read:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.inside == []
    return reader.read
