"""Pointwise convolution: a 1x1 kernel, which mixes channels and looks at no neighbour."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, Sizes, map_elements, quantity

POINTWISE = Expression(
    params="cin * cout",
    macs="cin * cout * {out}",
    words=(
        "At each of the {out} positions of the output map, each of the cout outputs is a "
        "weighted sum of the cin input channels at that place."
    ),
)


def pointwise(
    in_channels: Quantity,
    out_channels: Quantity,
    out_size: Sizes,
    *,
    in_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a 1x1 convolution; sizes as in ``standard``.

    Params are ``cin * cout`` and MACs ``cin * cout * H * W`` (source: the document, "Pointwise
    Conv"). Impossible sizes raise ``SizeError``.

    >>> pointwise(512, 512, out_size=14)
    Cost(params=262144, macs=51380224, elementwise=0, activations=100352, memory_access=462848)
    """
    cin = quantity("in_channels", in_channels)
    cout = quantity("out_channels", out_channels)
    n = quantity("batch", batch)
    _, out, read = map_elements(1, out_size, in_size)
    return weighted(
        weights=cin * cout,
        biases=cout if bias else 0,
        macs=n * cin * cout * out,
        inputs=n * cin * read,
        outputs=n * cout * out,
    )
