"""Text that others wrote, such as the name of a layer, where a reader would obey it.

LaTeX, HTML and CSV are escaped where they are written: ``latex.py``, ``page.html``, ``writers.py``.
"""

import re

# What no XML 1.0 document may hold, however it is escaped.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# What a terminal obeys, or shows as it is not: controls, turned directions, what is no character.
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
# What Markdown or HTML would take for more than a letter. An underscore inside a word is one, and
# so is the star of a product: ``3 * 5``.
MEANT = re.compile(r"[#$&<>@\[\\\]^`{|}~\r\n]|\*(?!(?<=\w \*) \w)|(?<![^\W_])_|_(?![^\W_])")


def visible(text: str) -> str:
    r"""``text`` with each control character written as JSON writes it; line ends and tabs stay.

    >>> print(visible("\x1b[1mconv\x00"))
    \u001b[1mconv\u0000
    """
    return OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def on_one_line(text: str) -> str:
    r"""The same of a cell, whose line ends and tabs are written too.

    >>> print(on_one_line("two\nlines"))
    two\nlines
    """
    return visible(text).replace("\n", r"\n").replace("\t", r"\t")


def xml_legal(text: str) -> str:
    r"""``text`` with a replacement character for each that XML cannot hold.

    >>> xml_legal("\x1b[1m<a>") == "\N{REPLACEMENT CHARACTER}[1m<a>"
    True
    """
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def in_picture(text: str) -> str:
    r"""``text`` as a picture draws it, SVG or not; what stands beside it is not turned.

    >>> print(in_picture("\u202econv\t1"))
    \u202econv\t1
    """
    return xml_legal(visible(text)).replace("\t", r"\t")


def as_markdown(text: str) -> str:
    """Text in which Markdown and HTML find nothing to interpret.

    >>> as_markdown("a|b <i> layer_norm __init__")
    'a&#124;b &#60;i&#62; layer_norm &#95;&#95;init&#95;&#95;'
    """
    return MEANT.sub(lambda found: f"&#{ord(found.group())};", text)
