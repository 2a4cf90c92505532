"""Text from outside, such as the name of a layer, made safe for terminals, XML and Markdown.

LaTeX, HTML and CSV are escaped by their writers: ``latex.py``, ``page.html``, ``table_writers.py``.
"""

import re

# Characters that no XML 1.0 document may hold, escaped or not.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Control characters, bidirectional overrides and surrogates.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# Characters with a meaning in Markdown or HTML. An underscore inside a word has none, and neither
# has the star of a product: ``3 * 5``.
MARKUP = re.compile(r"[#$&<>@\[\\\]^`{|}~\r\n]|\*(?!(?<=\w \*) \w)|(?<![^\W_])_|_(?![^\W_])")


def visible(text: str) -> str:
    r"""``text`` with each control character written as JSON writes it. Line ends and tabs stay.

    >>> print(visible("\x1b[1mconv\x00"))
    \u001b[1mconv\u0000
    """
    return CONTROLS.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def on_one_line(text: str) -> str:
    r"""The content of a cell: ``text`` as ``visible`` returns it, with line ends and tabs escaped.

    >>> print(on_one_line("two\nlines"))
    two\nlines
    """
    return visible(text).replace("\n", r"\n").replace("\t", r"\t")


def xml_legal(text: str) -> str:
    r"""``text`` with a replacement character for each one that XML cannot hold.

    >>> xml_legal("\x1b[1m<a>") == "\N{REPLACEMENT CHARACTER}[1m<a>"
    True
    """
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def in_picture(text: str) -> str:
    r"""``text`` for the label of a picture, SVG too. No character in it turns the text beside it.

    >>> print(in_picture("\u202econv\t1"))
    \u202econv\t1
    """
    return xml_legal(visible(text)).replace("\t", r"\t")


def as_markdown(text: str) -> str:
    """``text`` in which Markdown and HTML find nothing to interpret.

    >>> as_markdown("a|b <i> layer_norm __init__")
    'a&#124;b &#60;i&#62; layer_norm &#95;&#95;init&#95;&#95;'
    """
    return MARKUP.sub(lambda found: f"&#{ord(found.group())};", text)
