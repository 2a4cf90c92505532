"""The cost of a training step beside the forward pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity

# Elements of optimizer state for each trainable parameter.
OPTIMIZER_STATE = {"sgd": 0, "momentum": 1, "adam": 2}


@dataclass(frozen=True)
class Training:
    """The backward pass of one step, and the memory of ``trainable`` parameters.

    ``unknown`` names operations of the backward pass without a formula and how often each ran; if
    there are any, its cost is a lower bound. ``optimizer`` is ``sgd`` (no state), ``momentum`` (one
    element a parameter) or ``adam`` (two).
    """

    backward: Cost
    trainable: Quantity
    optimizer: str = "adam"
    unknown: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZER_STATE:
            rule = f"must be one of {', '.join(OPTIMIZER_STATE)}"
            raise SizeError("optimizer", self.optimizer, rule)

    @property
    def state(self) -> Quantity:
        """Elements of the optimizer's state."""
        return OPTIMIZER_STATE[self.optimizer] * self.trainable

    def memory(self, params: Quantity) -> Quantity:
        """Elements of the parameters (``params``), gradients and optimizer state together."""
        return params + self.trainable + self.state
