"""What a training step costs beside the forward pass."""

from dataclasses import dataclass

from formulas.cost import Cost
from formulas.errors import SizeError
from formulas.quantities import Quantity

# Elements of state that an optimizer keeps for each trainable one.
OPTIMIZER_STATE = {"sgd": 0, "momentum": 1, "adam": 2}


@dataclass(frozen=True)
class Training:
    """The backward pass of one step, and what is kept for ``trainable`` parameters.

    ``optimizer`` is ``sgd`` (no state), ``momentum`` (one element a parameter) or ``adam`` (two).
    """

    backward: Cost
    trainable: Quantity
    optimizer: str = "adam"

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZER_STATE:
            rule = f"must be one of {', '.join(OPTIMIZER_STATE)}"
            raise SizeError("optimizer", self.optimizer, rule)

    @property
    def state(self) -> Quantity:
        """Elements of the optimizer's state."""
        return OPTIMIZER_STATE[self.optimizer] * self.trainable

    def memory(self, params: Quantity) -> Quantity:
        """Elements of parameters, gradients and optimizer state together."""
        return params + self.trainable + self.state
