"""Text that others wrote, such as the name of a layer, where a reader would obey it.

LaTeX, HTML and CSV are escaped where they are written: ``latex.py``, ``page.html``, ``writers.py``.
"""

import re

# What no XML 1.0 document may hold, however it is escaped.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_legal(text: str) -> str:
    r"""``text`` with a replacement character for each that XML cannot hold.

    >>> xml_legal("\x1b[1m<a>") == "\N{REPLACEMENT CHARACTER}[1m<a>"
    True
    """
    return FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
