"""torch's kernels that compute several steps in one, and how to do without them."""

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

# Such settings are the process's own: two threads at once would put back what the other has set.
ALONE = threading.RLock()


@contextmanager
def encoders_apart() -> Iterator[None]:
    """Encoder layers and attention modules run by their own forward."""
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)


def attention_apart() -> AbstractContextManager[None]:
    """Attention runs as two matrix products and a softmax."""
    return sdpa_kernel(SDPBackend.MATH)


@contextmanager
def recurrent_apart() -> Iterator[None]:
    """Recurrent layers run step by step; convolutions lose the CPU's own kernels as well."""
    # torch.backends.mkldnn.flags would do, if it did not warn of GPUs that are not there
    enabled = torch._C._get_mkldnn_enabled()
    torch._C._set_mkldnn_enabled(False)
    try:
        yield
    finally:
        torch._C._set_mkldnn_enabled(enabled)


def compiled_apart() -> AbstractContextManager[None]:
    """A compiled model runs as the model it was compiled from."""
    if "torch._dynamo" not in sys.modules:  # nothing was compiled, and to import it is slow
        return nullcontext()
    stance: AbstractContextManager[None] = torch.compiler.set_stance("force_eager")
    return stance


@contextmanager
def plain_kernels(*, fast_convolutions: bool = False) -> Iterator[None]:
    """torch without the kernels that hide what they compute; every setting is put back.

    ``fast_convolutions`` leaves the CPU its own, for whoever really computes them.
    """
    with ALONE, ExitStack() as stack:
        stack.enter_context(encoders_apart())
        stack.enter_context(attention_apart())
        if not fast_convolutions:
            stack.enter_context(recurrent_apart())
        stack.enter_context(compiled_apart())
        yield
