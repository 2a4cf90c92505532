"""Standard convolution: every filter looks at every input channel."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, Sizes, map_elements, quantity

STANDARD = Expression(
    params="{kernel} * cin * cout",
    macs="{kernel} * cin * cout * {out}",
    words=(
        "Each of the cout filters covers {kernel} positions of all cin input channels, and is "
        "applied at each of the {out} positions of the output map."
    ),
)


def standard(
    in_channels: Quantity,
    out_channels: Quantity,
    kernel: Sizes,
    out_size: Sizes,
    *,
    in_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a standard convolution.

    ``kernel`` is ``(kh, kw)`` and ``out_size`` the output map's ``(H, W)``; one number means a
    square. ``in_size``, the input map, matters to ``memory_access`` alone; left out, it is
    the output map (stride 1, padded to the same size).

    Params are ``kh * kw * cin * cout`` and MACs ``kh * kw * cin * cout * H * W``, for each image
    of the batch (source: the document, "std conv"). Impossible sizes raise ``SizeError``.

    >>> standard(3, 32, kernel=3, out_size=112)
    Cost(params=864, macs=10838016, elementwise=0, activations=401408, memory_access=439904)
    """
    cin = quantity("in_channels", in_channels)
    cout = quantity("out_channels", out_channels)
    n = quantity("batch", batch)
    k, out, read = map_elements(kernel, out_size, in_size)
    return weighted(
        weights=k * cin * cout,
        biases=cout if bias else 0,
        macs=n * k * cin * cout * out,
        inputs=n * cin * read,
        outputs=n * cout * out,
    )
