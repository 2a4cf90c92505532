"""What takes a tensor's place in a run, so that the run can write nothing into it."""

from typing import Any

from torch import Tensor
from torch.utils._pytree import tree_map


def shadow(tensor: Tensor, device: str) -> Tensor:
    """The tensor without storage on ``"meta"``, a copy on the CPU."""
    bare = tensor.detach()
    return bare.to("meta") if device == "meta" or bare.is_meta else bare.clone()


def shadows(values: Any, device: str, *, grad: bool = False) -> Any:
    """A nest of inputs with a shadow for each tensor; with ``grad``, of which gradients are asked
    where they were asked of the tensor."""

    def placed(value: Any) -> Any:
        if not isinstance(value, Tensor):
            return value
        return shadow(value, device).requires_grad_(grad and value.requires_grad)

    return tree_map(placed, values)
