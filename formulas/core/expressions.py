"""A formula as a reader sees it: in symbols, with numbers put in, in plain words.

The symbols are those of the document: ``kh kw`` kernel, ``cin cout`` channels, ``g`` groups,
``H W`` output map, ``N`` batch. ``{kernel}`` and ``{out}`` stand for the kernel's and the
map's sides, as many as the layer has dimensions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from formulas.core.quantities import Quantity

KERNEL_SIDES = {0: "1", 1: "kw", 2: "kh * kw", 3: "kd * kh * kw"}
MAP_SIDES = {0: "1", 1: "W", 2: "H * W", 3: "D * H * W"}


@dataclass(frozen=True)
class Expression:
    """The text of a kind's formula; tests hold it equal to the function beside it.

    ``params`` and ``macs`` leave the bias and the batch out, as the document does; a kind
    without MACs gives ``elementwise`` instead.
    """

    params: str = "0"
    macs: str = "0"
    elementwise: str = "0"
    words: str = ""

    @property
    def main(self) -> str:
        """The expression that tells the kind's cost: its MACs, or its element-wise work."""
        return self.macs if self.macs != "0" else self.elementwise


def in_symbols(text: str, dims: int = 2) -> str:
    """``text`` with the sides written out: ``"{kernel} * cin"`` is ``"kh * kw * cin"``."""
    return text.format(kernel=KERNEL_SIDES[dims], out=MAP_SIDES[dims])


def in_numbers(text: str, values: Mapping[str, Quantity], dims: int = 2) -> str:
    """``text`` with every symbol replaced by its value; the batch leads where it is not 1.

    >>> in_numbers("{kernel} * cin * cout", {"kh": 3, "kw": 3, "cin": 16, "cout": 32})
    '3 * 3 * 16 * 32'
    """
    symbols = in_symbols(text, dims)
    if symbols == "0":
        return symbols
    if values.get("N", 1) != 1:
        symbols = f"N * {symbols}"
    return re.sub(r"[A-Za-z]\w*", lambda name: str(values[name.group()]), symbols)
