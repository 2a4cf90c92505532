"""Depthwise convolution: each channel is filtered by itself (as many groups as channels)."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, Sizes, map_elements, quantity

DEPTHWISE = Expression(
    params="{kernel} * cout",
    macs="{kernel} * cout * {out}",
    words=(
        "Each of the cout filters covers {kernel} positions of one single channel, and is "
        "applied at each of the {out} positions of the output map: cin is not a factor."
    ),
)


def depthwise(
    channels: Quantity,
    kernel: Sizes,
    out_size: Sizes,
    *,
    multiplier: Quantity = 1,
    in_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a depthwise convolution with ``channels`` input channels.

    Sizes as in ``standard``. ``multiplier`` filters for each channel give
    ``cout = channels * multiplier``. Params are ``kh * kw * cout`` and MACs
    ``kh * kw * cout * H * W`` (source: the document, "depth-wise conv"). Impossible sizes raise
    ``SizeError``.

    >>> depthwise(512, kernel=3, out_size=14)
    Cost(params=4608, macs=903168, elementwise=0, activations=100352, memory_access=205312)
    """
    cin = quantity("channels", channels)
    cout = cin * quantity("multiplier", multiplier)
    n = quantity("batch", batch)
    k, out, read = map_elements(kernel, out_size, in_size)
    return weighted(
        weights=k * cout,
        biases=cout if bias else 0,
        macs=n * k * cout * out,
        inputs=n * cin * read,
        outputs=n * cout * out,
    )
