"""Folding: windows put back into a map, added up where they overlap."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import Shape, elements, quantities

FOLD = Expression(
    elementwise="elements",
    words="Each element of each window is added to what lies at its place of the map.",
)


def fold(in_shape: Shape, out_shape: Shape) -> Cost:
    """Cost of putting windows ``(N, C kh kw, windows)`` together to a map ``(N, C, H, W)``.

    One addition for each element of the windows: what an output sums, as many as lie on it
    (source: the definition of ``torch.nn.Fold``).

    >>> fold((2, 45, 77), (2, 5, 7, 11))
    Cost(params=0, macs=0, elementwise=6930, activations=0, memory_access=7700)
    """
    read = elements(quantities("in_shape", in_shape, len(in_shape)))
    written = elements(quantities("out_shape", out_shape, len(out_shape)))
    return Cost(elementwise=read, memory_access=read + written)
