"""A model, borrowed for one run: whatever is changed on it is put back, also after an error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map


def _stand_in(tensor: Tensor, device: str) -> Tensor:
    """What takes the tensor's place during the run: no storage on meta, a copy elsewhere."""
    bare = tensor.detach()
    shadow = bare.to("meta") if device == "meta" else bare.clone()
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(shadow, tensor.requires_grad)
    return shadow


@contextmanager
def borrowed(model: nn.Module, device: str) -> Iterator[nn.Module]:
    """``model`` in evaluation mode, its tensors replaced by stand-ins on ``device``.

    On ``"meta"`` parameters, buffers and tensors kept as plain attributes are replaced, so no
    arithmetic is done and nothing can be written into them. On ``"cpu"`` the parameters stay (a
    forward without gradients does not write them) and buffers are replaced by copies. One
    tensor has one stand-in, so tied weights stay tied. The CPU's random state is restored.
    """
    stand_ins: dict[int, Tensor] = {}

    def swap(value: Any) -> Any:
        if not isinstance(value, Tensor) or (device == "meta" and value.is_meta):
            return value
        if device != "meta" and isinstance(value, nn.Parameter):
            return value
        if id(value) not in stand_ins:
            stand_ins[id(value)] = _stand_in(value, device)
        return stand_ins[id(value)]

    saved: list[tuple[dict[str, Any], dict[str, Any]]] = []
    modes = [(module, module.training) for module in model.modules()]
    try:
        with torch.random.fork_rng(devices=[]):
            for module, _ in modes:
                object.__setattr__(module, "training", False)
                for store in (module._parameters, module._buffers):
                    saved.append((store, dict(store)))
                    store.update({name: swap(value) for name, value in store.items()})
                attributes = module.__dict__
                loose = {
                    name: tree_map(swap, value)
                    for name, value in attributes.items()
                    if isinstance(value, Tensor)
                    or (isinstance(value, (list, tuple)) and any(map(torch.is_tensor, value)))
                }
                saved.append((attributes, {name: attributes[name] for name in loose}))
                attributes.update(loose)
            yield model
    finally:
        for store, original in reversed(saved):
            store.update(original)
        for module, mode in modes:
            object.__setattr__(module, "training", mode)
