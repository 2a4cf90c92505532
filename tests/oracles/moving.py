"""What operators really read and wrote, in bytes, seen from outside: tensors in, tensor out.

Knows no formula, no row and nothing of the program: it sums ``nbytes`` of what each operator got
and gave, and passes over those that only look at memory differently.
"""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def tensors(value: object) -> Iterator[Tensor]:
    return (leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor))


class Moving(TorchDispatchMode):
    """Keeps ``(operator, read, written, of the model's own)`` of all that moved, in bytes."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        owned = (*model.parameters(), *model.buffers())
        self.own = {tensor.untyped_storage()._cdata for tensor in owned}
        self.ran: list[tuple[str, int, int, int]] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = list(tensors((args, kwargs)))
        before = {tensor.untyped_storage()._cdata for tensor in given}
        out = func(*args, **(kwargs or {}))
        first = next(tensors(out))
        in_place = func._schema.is_mutable
        if func.is_view or (not in_place and first.untyped_storage()._cdata in before):
            return out
        weights = [each for each in given if each.untyped_storage()._cdata in self.own]
        inputs = sum(each.nbytes for each in given) - sum(each.nbytes for each in weights)
        name = func.overloadpacket.__name__.rstrip("_")
        table = name == "embedding"  # of a table, a row an index is read
        held = first.nbytes if table else sum(each.nbytes for each in weights)
        self.ran.append((name, inputs, first.nbytes, held))
        return out
