"""Element-wise work: activations, and the addition that closes a residual block."""

from formulas.cost import Cost
from formulas.expressions import Expression
from formulas.quantities import Quantity, Shape, elements, quantities

ACTIVATION = Expression(
    elementwise="elements",
    words="Each element goes through the function once.",
)
ADDITION = Expression(
    elementwise="elements",
    words="Each element of one tensor is added to its partner in the other.",
)


def activation(shape: Shape) -> Cost:
    """Cost of an activation over a tensor of ``shape``, in place or not: read once, written once.

    >>> activation((1, 32, 112, 112))
    Cost(params=0, macs=0, elementwise=401408, activations=0, memory_access=802816)
    """
    total = elements(quantities("shape", shape, len(shape)))
    return Cost(elementwise=total, memory_access=2 * total)


def addition(shape: Shape, operands: Quantity = 2) -> Cost:
    """Cost of adding tensors of one ``shape``: ``operands`` are read, one is written.

    >>> addition((1, 24, 56, 56))
    Cost(params=0, macs=0, elementwise=75264, activations=0, memory_access=225792)
    """
    total = elements(quantities("shape", shape, len(shape)))
    return Cost(elementwise=(operands - 1) * total, memory_access=(operands + 1) * total)
