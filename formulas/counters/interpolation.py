"""Interpolation: a map brought to another size."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import Shape, elements, quantities

INTERPOLATION = Expression(
    elementwise="elements",
    words="Each output element is computed once, from the input elements nearest to it.",
)


def interpolation(in_shape: Shape, out_shape: Shape) -> Cost:
    """Cost of resizing, whatever the mode: one element-wise step for each output element.

    >>> interpolation((1, 3, 8, 8), (1, 3, 16, 16))
    Cost(params=0, macs=0, elementwise=768, activations=0, memory_access=960)
    """
    read = elements(quantities("in_shape", in_shape, len(in_shape)))
    out = elements(quantities("out_shape", out_shape, len(out_shape)))
    return Cost(elementwise=out, memory_access=read + out)
