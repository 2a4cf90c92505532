"""Group convolution: channels in g groups, each filter looks at its own group only."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import (
    Quantity,
    Sizes,
    exact_quotient,
    map_elements,
    must_divide,
    quantity,
)

GROUP = Expression(
    params="{kernel} * cin * cout / g",
    macs="{kernel} * cin * cout * {out} / g",
    words=(
        "As a standard convolution, but each of the cout filters sees only the cin / g channels "
        "of its own group: the g-th part of the params and of the MACs."
    ),
)


def group(
    in_channels: Quantity,
    out_channels: Quantity,
    kernel: Sizes,
    out_size: Sizes,
    *,
    groups: Quantity,
    in_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a convolution in ``groups`` groups, which must divide both channel numbers.

    Sizes as in ``standard``. Params are ``kh * kw * cin * cout / g`` and MACs
    ``kh * kw * cin * cout * H * W / g`` (source: the document, "group conv"). Impossible sizes
    raise ``SizeError``.

    >>> group(240, 60, kernel=1, out_size=28, groups=3)
    Cost(params=4800, macs=3763200, elementwise=0, activations=47040, memory_access=240000)
    """
    cin = quantity("in_channels", in_channels)
    cout = quantity("out_channels", out_channels)
    g = quantity("groups", groups)
    n = quantity("batch", batch)
    must_divide("groups", g, "in_channels", cin)
    must_divide("groups", g, "out_channels", cout)
    k, out, read = map_elements(kernel, out_size, in_size)
    return weighted(
        weights=exact_quotient(k * cin * cout, g),
        biases=cout if bias else 0,
        macs=exact_quotient(n * k * cin * cout * out, g),
        inputs=n * cin * read,
        outputs=n * cout * out,
    )
