"""Transposed convolution: every input element is spread over a window of the output."""

from formulas.core.cost import Cost, weighted
from formulas.core.expressions import Expression
from formulas.core.quantities import (
    Quantity,
    Sizes,
    dimensions,
    elements,
    exact_quotient,
    must_divide,
    quantities,
    quantity,
)

TRANSPOSED = Expression(
    params="{kernel} * cin * cout / g",
    macs="{kernel} * cin * cout * positions / g",
    words=(
        "Each of the positions of the input map meets {kernel} weights for each pair of an input "
        "and an output channel of its group. Input positions count, not output positions."
    ),
)


def transposed(
    in_channels: Quantity,
    out_channels: Quantity,
    kernel: Sizes,
    in_size: Sizes,
    *,
    groups: Quantity = 1,
    out_size: Sizes | None = None,
    bias: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a transposed convolution over input maps of ``in_size``.

    ``out_size`` matters to the output's elements alone; left out, it is the input map's.
    MACs are ``kh * kw * cin * cout * H * W / g`` with ``H * W`` the *input* map: it is the
    gradient of a convolution, which has as many (Dumoulin and Visin, arXiv 1603.07285,
    section 4). Impossible sizes raise ``SizeError``.

    >>> transposed(8, 16, kernel=4, in_size=16, out_size=32).macs
    524288
    """
    cin = quantity("in_channels", in_channels)
    cout = quantity("out_channels", out_channels)
    g = quantity("groups", groups)
    n = quantity("batch", batch)
    must_divide("groups", g, "in_channels", cin)
    must_divide("groups", g, "out_channels", cout)
    dims = dimensions(kernel, in_size, out_size)
    k = elements(quantities("kernel", kernel, dims))
    read = elements(quantities("in_size", in_size, dims))
    out = read if out_size is None else elements(quantities("out_size", out_size, dims))
    return weighted(
        weights=exact_quotient(k * cin * cout, g),
        biases=cout if bias else 0,
        macs=exact_quotient(n * k * cin * cout * read, g),
        inputs=n * cin * read,
        outputs=n * cout * out,
    )
