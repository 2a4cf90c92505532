"""What a model is made of: its modules with their paths, and its tensors."""

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn
from torch.jit import ScriptModule

from complexity.tracing.recording.records import packed_in, size_of


class Parts:
    """Every module that takes hooks, its paths, and all parameters and buffers, by identity.

    What quantised layers keep packed in an object is learned no more: it counts with the buffers.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules: list[nn.Module] = []
        self.paths: dict[int, list[str]] = {}
        self.spans: dict[int, slice] = {}  # of ``modules``: each one and those below it
        self.parameters: dict[int, Tensor] = {}
        self.buffers: dict[int, Tensor] = {}
        self.packed = 0  # elements that were unpacked
        self._unpacked: set[int] = set()
        self._above: set[int] = set()  # modules on the way down: one may hold its own parent
        self._meet("", model)
        self.tensors = {**self.parameters, **self.buffers}

    def _meet(self, path: str, module: nn.Module) -> None:
        """Note ``module`` and those below it, by each of their paths, and their tensors.

        What is scripted takes no hooks: its operators are rows of the module around it.
        """
        if isinstance(module, ScriptModule):
            note(self.parameters, dict(module.named_parameters()))
            note(self.buffers, dict(module.named_buffers()))
            return
        start, paths = len(self.modules), self.paths.setdefault(id(module), [])
        if not paths:
            self.modules.append(module)
            note(self.parameters, module._parameters)
            note(self.buffers, module._buffers)
            if torch.ScriptObject in map(type, vars(module).values()):
                self._unpack(module)
        paths.append(path)
        self._above.add(id(module))
        for name, child in module._modules.items():
            if child is not None and id(child) not in self._above:
                self._meet(f"{path}.{name}" if path else name, child)
        self._above.discard(id(module))
        self.spans.setdefault(id(module), slice(start, len(self.modules)))

    def _unpack(self, module: nn.Module) -> None:
        """Note what its packed objects hold, of each once."""
        for value in vars(module).values():
            if type(value) is torch.ScriptObject and id(value) not in self._unpacked:
                self._unpacked.add(id(value))
                unseen = torch._C._DisableTorchDispatch()  # to look at it is no operator
                try:
                    found = packed_in((value,))
                finally:
                    del unseen
                self.packed += size_of(found)
                self.buffers.update({id(tensor): tensor for tensor in found})

    @property
    def buffered(self) -> int:
        """Elements of the buffers."""
        return size_of(self.buffers.values())


def note(known: dict[int, Tensor], tensors: Mapping[str, Tensor | None]) -> None:
    """Add the tensors that are there."""
    for tensor in tensors.values():
        if tensor is not None:
            known[id(tensor)] = tensor


def parameters_of(module: nn.Module) -> Iterable[nn.Parameter]:
    """The module's parameters, each once; of a leaf without the walk."""
    if module._modules:
        return module.parameters()
    return {id(p): p for p in module._parameters.values() if p is not None}.values()
