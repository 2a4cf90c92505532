"""The hot functions of torch, answered by the shapes of what they are given: no kernel runs.

An answer takes only what it knows in full (real tensors on meta, in the usual order, sizes that
fit) and returns ``NotImplemented`` for all else, which torch then runs or refuses. It records
the operator that torch would have run, with the same rules of cost. One family a file.
"""

from collections.abc import Callable
from typing import Any

from complexity.tracing.engines.shape_rules import norms, pointwise, products
from complexity.tracing.engines.shape_rules import views as movement

ANSWERS: dict[Any, Callable[..., Any]] = {
    **products.ANSWERS,
    **norms.ANSWERS,
    **pointwise.ANSWERS,
    **movement.ANSWERS,
}
