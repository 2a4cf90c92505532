"""The document's symbols, as SymPy has them: positive whole numbers."""

from typing import Any

import sympy

N, cin, cout, g, m = sympy.symbols("N cin cout g m", integer=True, positive=True)
kd, kh, kw = sympy.symbols("kd kh kw", integer=True, positive=True)
D, H, W = sympy.symbols("D H W", integer=True, positive=True)
Hin, Win = sympy.symbols("Hin Win", integer=True, positive=True)


def assert_same(found: Any, expected: Any) -> None:
    """Two expressions are one once both are multiplied out."""
    assert sympy.expand(found) == sympy.expand(expected)
