"""Normalisations: one step per element, whatever the statistics are taken over."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import (
    Quantity,
    Shape,
    Sizes,
    dimensions,
    elements,
    quantities,
    quantity,
)

BATCH_NORM = Expression(
    params="2 * cin",
    elementwise="cin * {out}",
    words="Every element is shifted and scaled once, with the numbers of its channel.",
)
NORMALIZATION = Expression(
    params="learned",
    elementwise="elements",
    words="Every element is brought to the statistics of its group, then scaled and shifted.",
)
RMS_NORM = Expression(
    params="learned",
    elementwise="(2 * width + learned + 3)",
    words=(
        "Every element is squared; the mean of the squares, with a little added, has its root "
        "inverted, which multiplies every element; and so does a learned scale, if there is one."
    ),
)


def batch_norm(
    channels: Quantity,
    size: Sizes,
    *,
    affine: bool = True,
    tracked: bool = True,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a batch normalisation over maps of ``size``.

    ``affine`` gives each channel a learnable scale and shift. The running mean and variance,
    where they are ``tracked``, are buffers: no params, but read, so they count in
    ``memory_access``. Source: Ioffe and
    Szegedy, arXiv 1502.03167, algorithm 2.

    >>> batch_norm(32, size=112)
    Cost(params=64, macs=0, elementwise=401408, activations=0, memory_access=802944)
    """
    c = quantity("channels", channels)
    n = quantity("batch", batch)
    positions = elements(quantities("size", size, dimensions(size)))
    params = 2 * c if affine else 0
    statistics = 2 * c if tracked else 0
    total = n * c * positions
    return Cost(params=params, elementwise=total, memory_access=2 * total + params + statistics)


def normalization(shape: Shape, params: Quantity = 0) -> Cost:
    """Cost of a normalisation with the input's own statistics: layer, group, instance norm.

    ``params`` are its learnable elements. Sources: arXiv 1607.06450, 1803.08494, 1607.08022.

    >>> normalization((2, 50, 64), params=128)
    Cost(params=128, macs=0, elementwise=6400, activations=0, memory_access=12928)
    """
    total = elements(quantities("shape", shape, len(shape)))
    extra = quantity("params", params, minimum=0)
    return Cost(params=extra, elementwise=total, memory_access=2 * total + extra)


def rms_norm(width: Quantity, *, affine: bool = True, batch: Quantity = 1) -> Cost:
    """Cost of a normalisation of ``batch`` vectors by the root of their mean square.

    Nobody runs it as one step: it is counted by those of its definition (Zhang and Sennrich,
    arXiv 1910.07467, section 4), a square and a product an element, a mean, an addition and a
    root a vector, and where ``affine`` a learned scale an element.

    >>> rms_norm(64, batch=50)
    Cost(params=64, macs=0, elementwise=9750, activations=0, memory_access=6464)
    """
    d, n = quantity("width", width), quantity("batch", batch)
    params = d if affine else 0
    steps = n * (2 * d + 3 + params)
    return Cost(params=params, elementwise=steps, memory_access=2 * n * d + params)
