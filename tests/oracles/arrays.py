"""A formula on arrays must say what it says on each element's numbers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from formulas.core.cost import COST_FIELDS, Cost


def assert_elementwise(
    formula: Callable[..., Cost], varying: dict[str, list[int]], **fixed: Any
) -> None:
    """Compare one call on int32 and on int64 arrays with one call for each element.

    At least one element's MACs, or element-wise work, must be too large for 32 bits.
    """
    singles = [
        formula(**dict(zip(varying, numbers, strict=True)), **fixed)
        for numbers in zip(*varying.values(), strict=True)
    ]
    assert max(max(cost.macs, cost.elementwise, cost.memory_access) for cost in singles) > 2**32
    for dtype in ("int32", "int64"):
        arrays = {name: np.array(numbers, dtype) for name, numbers in varying.items()}
        whole = formula(**arrays, **fixed)
        for field in COST_FIELDS:
            found = np.broadcast_to(getattr(whole, field), len(singles)).tolist()
            assert found == [getattr(cost, field) for cost in singles], (dtype, field)
