"""What is counted, in which unit: the one statement of the conventions.

=================  ==========================================================================
``params``         elements of learnable tensors, bias and normalisation included
``macs``           multiply-accumulates of convolutions, fully connected layers, matrix
                   products and attention; one multiply-add is one MAC (the document and the
                   papers call this FLOPs); biases excluded, padding counted as data
``flops``          ``2 * macs``, by definition
``elementwise``    output elements of element-wise work (bias add, normalisation,
                   activation, addition, pooling), never mixed into ``macs``
``activations``    output elements of the layers that have MACs
``memory_access``  elements read and written: inputs + outputs + weights, where a
                   normalisation's running statistics are weights that it reads
=================  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from formulas.core.quantities import Quantity

CONVENTION = (
    "1 MAC = 1 multiply-add; flops = 2 * macs; biases, normalisation, activations and pooling "
    "are not MACs (elementwise counts them); padding counts as data; params include biases "
    "and normalisation"
)


@dataclass(frozen=True)
class Cost:
    """The cost of one layer, or of many added up.

    Costs add (``a + b``, ``sum(costs, Cost())``) and scale by a repeat count (``12 * block``).

    >>> 2 * Cost(params=10, macs=30) + Cost(macs=1)
    Cost(params=20, macs=61, elementwise=0, activations=0, memory_access=0)
    """

    params: Quantity = 0
    macs: Quantity = 0
    elementwise: Quantity = 0
    activations: Quantity = 0
    memory_access: Quantity = 0

    @property
    def flops(self) -> Quantity:
        """Floating-point operations: two for each multiply-add."""
        return 2 * self.macs

    def __add__(self, other: Cost) -> Cost:
        if not isinstance(other, Cost):
            return NotImplemented
        return Cost(
            self.params + other.params,
            self.macs + other.macs,
            self.elementwise + other.elementwise,
            self.activations + other.activations,
            self.memory_access + other.memory_access,
        )

    def __mul__(self, count: Quantity) -> Cost:
        return self.repeated(count, self.params * count)

    def repeated(self, count: Quantity, params: Quantity) -> Cost:
        """``count`` runs of one layer, which has its ``params`` once.

        >>> Cost(params=10, macs=30).repeated(12, params=10)
        Cost(params=10, macs=360, elementwise=0, activations=0, memory_access=0)
        """
        return Cost(
            params,
            self.macs * count,
            self.elementwise * count,
            self.activations * count,
            self.memory_access * count,
        )

    __rmul__ = __mul__


COST_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Cost))


def weighted(
    *, weights: Quantity, biases: Quantity, macs: Quantity, inputs: Quantity, outputs: Quantity
) -> Cost:
    """The cost of a layer with weights: convolution or fully connected.

    ``weights`` and ``biases`` are elements of the layer's tensors; ``macs``, ``inputs`` and
    ``outputs`` cover the whole batch. Adding a bias is one element-wise step per output.
    """
    params = weights + biases
    return Cost(
        params=params,
        macs=macs,
        elementwise=outputs if has_any(biases) else 0,
        activations=outputs,
        memory_access=inputs + outputs + params,
    )


def has_any(biases: Quantity) -> bool:
    """Whether a layer has biases at all: their number is 0 only for ``bias=False``."""
    return not (isinstance(biases, int) and biases == 0)
