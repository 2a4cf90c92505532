"""A model, borrowed for one run: whatever is changed on it is put back, also after an error."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.parameter import is_lazy
from torch.utils._pytree import tree_iter, tree_map

from complexity.errors import ModelError
from complexity.tracing.shadows import shadow

# Attributes of every module that hold its parts; they are swapped one by one, not as a nest.
STORES = tuple(vars(nn.Module()))


def _stand_in(tensor: Tensor, device: str) -> Tensor:
    """The tensor's shadow, a parameter where it is one."""
    bare = shadow(tensor, device)
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(bare, tensor.requires_grad)
    return bare


@contextmanager
def borrowed(
    model: nn.Module, device: str, *, training: bool = False, grad: bool = False
) -> Iterator[nn.Module]:
    """``model`` with its tensors replaced by stand-ins on ``device``, in the given mode.

    Parameters, buffers and tensors kept as plain attributes are replaced, so nothing is
    written into them; on ``"meta"`` no arithmetic is done either. One tensor has one stand-in,
    so tied weights stay tied. Afterwards every module has the attributes that it had, and the
    CPU its random state. Without ``grad``, tensors that are on meta already stay: nothing can
    be written there.
    """
    stand_ins: dict[int, Tensor] = {}

    def swap(value: Any) -> Any:
        if not isinstance(value, Tensor) or (value.is_meta and not grad):
            return value
        if id(value) not in stand_ins:
            stand_ins[id(value)] = _stand_in(value, device)
        return stand_ins[id(value)]

    with ExitStack() as stack:
        stack.enter_context(torch.random.fork_rng(devices=[]))
        for module in reversed(list(model.modules())):  # children are put back after parents
            if any(is_lazy(p) for p in module._parameters.values()):
                kind = type(module).__name__
                raise ModelError(f"{kind} has no size yet: run the model once, then count it")
            if isinstance(module, torch.jit.ScriptModule):
                if device == "meta":
                    raise ModelError("a scripted module cannot lend its tensors")
                for parameter in module.parameters(recurse=False):
                    stack.callback(setattr, parameter, "grad", parameter.grad)
                stack.callback(module.train, module.training)
                module.train(training)
                continue
            parts = (vars(module)[name] for name in STORES if name in vars(module))
            for store in (vars(module), *(part for part in parts if isinstance(part, dict))):
                stack.callback(_restore, store, dict(store))
            module._parameters.update({n: swap(p) for n, p in module._parameters.items()})
            module._buffers.update({n: swap(b) for n, b in module._buffers.items()})
            loose = {
                name: tree_map(swap, value)
                for name, value in vars(module).items()
                if name not in STORES and any(isinstance(leaf, Tensor) for leaf in tree_iter(value))
            }
            vars(module).update(loose, training=training)
        yield model


def _restore(store: dict[str, Any], original: dict[str, Any]) -> None:
    for name in [name for name in store if name not in original]:
        del store[name]
    store.update(original)


@contextmanager
def plain_kernels(*, fast_convolutions: bool = False) -> Iterator[None]:
    """torch without the kernels that hide what they compute; every setting is put back.

    Attention runs as two matrix products and a softmax, encoder layers by their own forward,
    recurrent layers step by step, and a compiled model as the model it was compiled from.
    ``fast_convolutions`` leaves the CPU its own, for whoever really computes them.
    """
    fastpath = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        torch.backends.mha.set_fastpath_enabled(False)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fastpath)
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        # torch.backends.mkldnn.flags would do, if it did not warn of GPUs that are not there
        stack.callback(torch._C._set_mkldnn_enabled, torch._C._get_mkldnn_enabled())
        if not fast_convolutions:
            torch._C._set_mkldnn_enabled(False)
        if "torch._dynamo" in sys.modules:  # else nothing was compiled, and to import it is slow
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        yield
