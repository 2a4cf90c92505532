"""Bilinear layer: every output weighs every pair of elements of two inputs."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, quantity

BILINEAR = Expression(
    params="cin * cin2 * cout",
    macs="cin * cin2 * cout",
    words="Each of the cout outputs sums the cin * cin2 products of pairs, each with its weight.",
)


def bilinear(
    in1_features: Quantity,
    in2_features: Quantity,
    out_features: Quantity,
    *,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of ``y = x1 A x2 + b`` for ``batch`` pairs of vectors.

    One MAC for each weight ``A[o, i, j]`` that a pair meets (source: the layer's definition).

    >>> bilinear(8, 6, 4, batch=5).macs
    960
    """
    one, two = quantity("in1_features", in1_features), quantity("in2_features", in2_features)
    cout, n = quantity("out_features", out_features), quantity("batch", batch)
    return weighted(
        weights=one * two * cout,
        biases=cout if bias else 0,
        macs=n * one * two * cout,
        inputs=n * (one + two),
        outputs=n * cout,
    )
