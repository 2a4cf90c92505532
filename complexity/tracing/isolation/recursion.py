"""Python's recursion limit while a deeply nested model is analysed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from complexity.tracing.torch_state.unfused_kernels import ALONE

FRAMES = 16  # that torch, its hooks and this analysis take at most for one level of modules


def depth_of(model: nn.Module) -> int:
    """The number of levels of modules below ``model``, each module counted where it is first met.

    >>> depth_of(nn.Sequential(nn.Sequential(nn.ReLU())))
    2
    """
    level, depth, known = [model], -1, {id(model)}
    while level:
        depth += 1
        below = [child for module in level for child in module._modules.values()]
        level = []
        for child in below:
            if child is not None and id(child) not in known:
                known.add(id(child))
                level.append(child)
    return depth


@contextmanager
def enough_recursion(model: nn.Module) -> Iterator[None]:
    """Raise Python's recursion limit to what ``model`` needs, and put it back.

    Hooks take frames of their own, so a model that torch just runs would exceed the limit.
    """
    needed = FRAMES * depth_of(model)
    if needed < sys.getrecursionlimit() // 2:
        yield
        return
    with ALONE:
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(before + needed)
        try:
            yield
        finally:
            sys.setrecursionlimit(before)
