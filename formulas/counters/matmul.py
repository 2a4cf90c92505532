"""Matrix product: every output element is a sum over the inner dimension."""

from formulas.core.cost import Cost, has_any
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, quantity

MATMUL = Expression(
    macs="rows * inner * columns",
    words="Each of the rows * columns outputs is a sum of inner products.",
)


def matmul(
    rows: Quantity,
    inner: Quantity,
    columns: Quantity,
    *,
    batch: Quantity = 1,
    added: Quantity = 0,
) -> Cost:
    """Cost of ``batch`` products of a ``rows x inner`` by an ``inner x columns`` matrix.

    Both factors are inputs, so there are no params (a weight that takes part is counted where
    it lives). ``added`` is the size of a tensor that is added to the result, such as a bias.
    Source: the definition of the product.

    >>> matmul(197, 64, 197, batch=12).macs
    29805312
    """
    m, k, n = quantity("rows", rows), quantity("inner", inner), quantity("columns", columns)
    b, extra = quantity("batch", batch), quantity("added", added, minimum=0)
    outputs = b * m * n
    return Cost(
        macs=outputs * k,
        elementwise=outputs if has_any(extra) else 0,
        activations=outputs,
        memory_access=b * (m * k + k * n) + outputs + extra,
    )
