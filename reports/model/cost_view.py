"""The figures of a cost as attributes of the object that has the cost."""

from typing import Protocol

from formulas.core.cost import Cost
from formulas.core.quantities import Quantity


class HasCost(Protocol):
    """An object with a cost."""

    @property
    def cost(self) -> Cost: ...


class CostView:
    """Mixin of a class with a ``cost``: ``row.macs`` is ``row.cost.macs``, and so on."""

    @property
    def params(self: HasCost) -> Quantity:
        """Stored elements that are learned."""
        return self.cost.params

    @property
    def macs(self: HasCost) -> Quantity:
        """Multiply-adds."""
        return self.cost.macs

    @property
    def flops(self: HasCost) -> Quantity:
        """Two for each multiply-add."""
        return self.cost.flops

    @property
    def elementwise(self: HasCost) -> Quantity:
        """Operations on single elements."""
        return self.cost.elementwise

    @property
    def activations(self: HasCost) -> Quantity:
        """Output elements of layers with MACs."""
        return self.cost.activations

    @property
    def memory_access(self: HasCost) -> Quantity:
        """Elements read and written."""
        return self.cost.memory_access
