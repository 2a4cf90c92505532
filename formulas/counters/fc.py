"""Fully connected layer: every output is a weighted sum of every input."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, quantity

FC = Expression(
    params="cin * cout",
    macs="cin * cout",
    words="Each of the cout outputs is a weighted sum of all cin inputs.",
)


def fc(
    in_features: Quantity,
    out_features: Quantity,
    *,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a fully connected layer applied to ``batch`` vectors.

    A sequence of 10 tokens in a batch of 5 is 50 vectors. Params are ``cin * cout`` and MACs
    ``cin * cout`` for each vector (source: the document, "fc"). Impossible sizes raise
    ``SizeError``.

    >>> fc(1024, 1000, bias=True)
    Cost(params=1025000, macs=1024000, elementwise=1000, activations=1000, memory_access=1027024)
    """
    cin = quantity("in_features", in_features)
    cout = quantity("out_features", out_features)
    n = quantity("batch", batch)
    return weighted(
        weights=cin * cout,
        biases=cout if bias else 0,
        macs=n * cin * cout,
        inputs=n * cin,
        outputs=n * cout,
    )
