"""A transformers model as all tools can call it."""

from torch import Tensor, nn


class FirstOutput(nn.Module):
    """A transformers model that takes token numbers and returns one tensor, as all tools can."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor) -> Tensor:
        return self.model(ids)[0]
