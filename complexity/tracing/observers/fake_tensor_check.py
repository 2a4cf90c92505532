"""Whether a model does with tensors that pretend to be on the CPU what it does with plain ones."""

from __future__ import annotations

from collections import Counter
from typing import Any

from torch.overrides import TorchFunctionMode

from complexity.tracing.recording.recorder import Recorder

SEEN_THROUGH = (
    "Peak: perhaps more or less, for the model saw that its tensors hold no numbers, and did "
    "otherwise than it does with plain ones."
)


class Called(TorchFunctionMode):
    """Counts the functions of torch that a model calls, by name.

    They are the same whichever kernels torch then picks; that an attribute was read is no call.
    """

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()

    def attach(self, recorder: Recorder) -> None:
        """It need not know where things run."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name != "__get__":
            self.names[name] += 1
        return func(*args, **(kwargs or {}))
