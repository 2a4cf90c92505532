"""Whatever a name contains, no reader of it obeys it."""

import json
import unicodedata
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from reports.render.escaping import as_markdown, on_one_line, visible, xml_legal

NASTY = st.text(st.sampled_from("\x00\x1b\x7f\x9b\ud800\udfff\ufffe\u202e\t\nab<&é😀"))


@given(NASTY | st.text())
def test_xml_holds_every_text_and_what_it_may_hold_is_left(text):
    written = f"<a>{escape(xml_legal(text))}</a>".encode()
    read = ElementTree.fromstring(written).text or ""
    assert len(read) == len(text.replace("\r\n", "\n"))
    for one, other in zip(text.replace("\r\n", "\n").replace("\r", "\n"), read, strict=True):
        assert other in (one, "\ufffd")


def test_what_xml_may_not_hold_is_replaced():
    assert xml_legal("a\x00b\x1b\ud800\ufffe\x0b") == "a\ufffdb" + 4 * "\ufffd"
    assert xml_legal("\t\n\r \x7f\x9bé😀") == "\t\n\r \x7f\x9bé😀"


@given(NASTY | st.text())
def test_a_terminal_is_told_nothing_and_a_cell_stays_on_its_line(text):
    for shown, kept in ((visible(text), {"\n", "\t"}), (on_one_line(text), set())):
        shown.encode()  # what is no character is written, too
        assert {each for each in shown if unicodedata.category(each) in ("Cc", "Cs")} <= kept
    assert len(on_one_line(text).splitlines()) <= 1


def test_what_a_terminal_shows_as_it_is_is_left():
    assert visible("layer_1\t50 %\né😀 \\u001b") == "layer_1\t50 %\né😀 \\u001b"
    assert visible("\x1b[2J\x7f\x9b\u202e\ud800\r") == r"\u001b[2J\u007f\u009b\u202e\ud800\u000d"
    assert on_one_line("a\nb\tc\x1b") == r"a\nb\tc\u001b"


@given(NASTY)
def test_json_means_what_it_meant(text):
    written = json.dumps([text])
    assert json.loads(visible(written)) == json.loads(written)


def test_a_sentence_stays_readable_as_markdown():
    said = 'the paper\'s "macs" - 3 * 5 of layer_1, at least: really?'
    assert as_markdown(said) == said
