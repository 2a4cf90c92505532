"""What a counter gives to whoever asks it plainly, with torch's kernels as torch takes them.

Our count, and a counter's habits, are told with every kernel taken apart. A counter of operators
sees one operator in a fused kernel, and has its own figure for it, or none. So it is asked as
anyone would ask it, and again with one sort of kernel after another taken apart: each sort's figure
is what that changes. Of a counter whose rules for operators are known, the MACs that such kernels
hide from it are found so without asking it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack

from complexity.interop.bridge.counter_rules import Steps
from complexity.tracing.torch_state.unfused_kernels import (
    ALONE,
    attention_apart,
    encoders_apart,
    recurrent_apart,
)

SORTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "encoder layers and attention modules in one kernel, not part by part": encoders_apart,
    "attention in one kernel, not as two products": attention_apart,
    "recurrent layers in one kernel, not step by step": recurrent_apart,
}


def plainly(count: Callable[[], int], apart: int | None) -> tuple[int, Steps]:
    """What ``count`` gives as it is, and the steps that fused kernels make.

    It is called until it gives ``apart``, the figure that it has with every kernel taken apart.
    """
    steps: Steps = []
    with ALONE, ExitStack() as stack:
        found = before = count()
        for why, taken_apart in SORTS.items():
            if before == apart:
                break
            stack.enter_context(taken_apart())
            now = count()
            steps.append((why, before - now))
            before = now
    return found, steps
