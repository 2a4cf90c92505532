"""A model, borrowed for one run: whatever is changed on it is put back, also after an error."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_map

from complexity.errors import ModelError


def _stand_in(tensor: Tensor, device: str) -> Tensor:
    """What takes the tensor's place: no storage on meta; elsewhere a copy of a buffer, and a
    parameter on the same storage that keeps its gradients to itself."""
    bare = tensor.detach()
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(bare.to(device), tensor.requires_grad)
    return bare.to(device) if device == "meta" else bare.clone()


@contextmanager
def borrowed(
    model: nn.Module, device: str, *, training: bool = False, grad: bool = False
) -> Iterator[nn.Module]:
    """``model`` with its tensors replaced by stand-ins on ``device``, in the given mode.

    Parameters, buffers and tensors kept as plain attributes are replaced, so nothing is
    written into them; on ``"meta"`` no arithmetic is done either. One tensor has one stand-in,
    so tied weights stay tied. The CPU's random state is restored. Without ``grad``, tensors
    that are on meta already stay: nothing can be written there.
    """
    stand_ins: dict[int, Tensor] = {}

    def swap(value: Any) -> Any:
        if not isinstance(value, Tensor) or (value.is_meta and not grad):
            return value
        if id(value) not in stand_ins:
            where = "meta" if value.is_meta else device
            stand_ins[id(value)] = _stand_in(value, where)
        return stand_ins[id(value)]

    saved: list[tuple[dict[str, Any], dict[str, Any]]] = []
    modes = [(module, module.training) for module in model.modules()]
    try:
        with torch.random.fork_rng(devices=[]):
            for module, _ in modes:
                if isinstance(module, torch.jit.ScriptModule):
                    if device == "meta":
                        raise ModelError("a scripted module cannot lend its tensors")
                    module.train(training)
                    continue
                vars(module)["training"] = training
                for store in (module._parameters, module._buffers):
                    saved.append((store, dict(store)))
                    store.update({name: swap(value) for name, value in store.items()})
                attributes = vars(module)
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
            if isinstance(module, torch.jit.ScriptModule):
                module.train(mode)
            else:
                vars(module)["training"] = mode


@contextmanager
def plain_kernels() -> Iterator[None]:
    """torch without the kernels that hide what they compute; every setting is put back.

    Attention runs as two matrix products and a softmax, encoder layers by their own forward,
    recurrent layers step by step, and a compiled model as the model it was compiled from.
    """
    fastpath = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        torch.backends.mha.set_fastpath_enabled(False)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fastpath)
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        # torch.backends.mkldnn.flags would do, if it did not warn of GPUs that are not there
        stack.callback(torch._C._set_mkldnn_enabled, torch._C._get_mkldnn_enabled())
        torch._C._set_mkldnn_enabled(False)
        if "torch._dynamo" in sys.modules:  # else nothing was compiled, and to import it is slow
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield
