"""Whatever a name contains, no reader of it obeys it."""

from xml.etree import ElementTree
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st

from reports.escaping import xml_legal

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
