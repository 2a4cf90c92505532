"""Element-wise work: activations, the addition that closes a residual block, and any other."""

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.expressions import Expression
from formulas.core.output_sizes import broadcast
from formulas.core.quantities import (
    Quantity,
    Shape,
    elements,
    quantities,
    quantity,
)

ACTIVATION = Expression(
    elementwise="elements",
    words="Each element goes through the function once.",
)
PRELU = Expression(
    params="learned",
    elementwise="elements",
    words="Each element is kept where it is positive, else multiplied by a learned slope.",
)
GATE = Expression(
    elementwise="elements",
    words="Each element of one half is let through by the sigmoid of its partner in the other.",
)
ADDITION = Expression(
    elementwise="elements",
    words="Each element of one tensor is added to its partner in the other.",
)

ELEMENTWISE = Expression(
    elementwise="elements",
    words="Each output element is computed once, from the elements that meet there.",
)
REDUCTION = Expression(
    elementwise="elements",
    words="Each output element summarises the elements that it stands for.",
)


def activation(shape: Shape, params: Quantity = 0) -> Cost:
    """Cost of an activation over a tensor of ``shape``, in place or not: read once, written once.

    ``params`` are learned slopes, as PReLU has them (He et al., arXiv 1502.01852, section 2.1).

    >>> activation((1, 32, 112, 112))
    Cost(params=0, macs=0, elementwise=401408, activations=0, memory_access=802816)
    """
    total = elements(quantities("shape", shape, len(shape)))
    learned = quantity("params", params, minimum=0)
    return Cost(params=learned, elementwise=total, memory_access=2 * total + learned)


def addition(shape: Shape, operands: Quantity = 2) -> Cost:
    """Cost of adding tensors of one ``shape``: ``operands`` are read, one is written.

    >>> addition((1, 24, 56, 56))
    Cost(params=0, macs=0, elementwise=75264, activations=0, memory_access=225792)
    """
    total = elements(quantities("shape", shape, len(shape)))
    n = quantity("operands", operands)
    return Cost(elementwise=(n - 1) * total, memory_access=(n + 1) * total)


def elementwise(*shapes: Shape) -> Cost:
    """Cost of one element-wise operation on tensors of these shapes, broadcast together.

    >>> elementwise((2, 3, 5), (3, 1))
    Cost(params=0, macs=0, elementwise=30, activations=0, memory_access=63)
    """
    if not shapes:
        raise SizeError("shapes", shapes, "must be at least one")
    sizes = [quantities("shape", shape, len(shape), minimum=0) for shape in shapes]
    out = elements(broadcast(*sizes))
    return Cost(elementwise=out, memory_access=sum(map(elements, sizes)) + out)


def reduction(in_shape: Shape, out_shape: Shape) -> Cost:
    """Cost of a mean, sum, extremum or gate: counted by its outputs, as pooling is.

    >>> reduction((2, 3, 5), (2, 3))
    Cost(params=0, macs=0, elementwise=6, activations=0, memory_access=36)
    """
    read = elements(quantities("in_shape", in_shape, len(in_shape)))
    out = elements(quantities("out_shape", out_shape, len(out_shape)))
    return Cost(elementwise=out, memory_access=read + out)
