"""Guidelines G1 and G2 of ShuffleNetV2: the memory access of a convolution against a bound.

Source: Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN architecture design",
arXiv 1807.11164, section 2. The paper calls the memory access cost MAC; here it is *access*, in
elements, and ``macs`` are multiply-adds. ``positions`` are those of the output map, ``h * w`` for
each image, and ``in_positions`` those of the input map, where a stride makes them more: the paper
has no stride, and they are the output's where not given. A fully connected layer is a 1x1
convolution with a position for each vector. A ``bias`` is read once for each output channel.
"""

from fractions import Fraction

from formulas.core.quantities import Quantity, is_symbolic, quantity


def root(value: Quantity) -> Quantity:
    """The square root, of arrays and symbols too."""
    return value ** (Fraction(1, 2) if is_symbolic(value) else 0.5)


def channel_costs(
    positions: Quantity, in_positions: Quantity | None = None, bias: bool = False
) -> tuple[Quantity, Quantity]:
    """Elements that one input channel and one output channel bring, weights aside.

    >>> channel_costs(14 * 14, 28 * 28, bias=True)
    (784, 197)
    """
    out = quantity("positions", positions)
    read = out if in_positions is None else quantity("in_positions", in_positions)
    return read, out + 1 if bias else out


def access(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    in_positions: Quantity | None = None,
    groups: Quantity = 1,
    kernel: Quantity = 1,
    bias: bool = False,
) -> Quantity:
    """Elements that a convolution reads and writes: ``p1 c1 + p2 c2 + k c1 c2 / g``.

    ``p1`` and ``p2`` are the positions of the input and of the output, ``hw`` both in the paper.
    ``kernel`` is the number of its places, 9 for 3x3.

    >>> access(56 * 56, 128, 128), access(56 * 56, 360, 360, groups=8)
    (819200, 2274120)
    >>> access(14 * 14, 64, 512, in_positions=28 * 28)
    183296
    """
    one, two = channel_costs(positions, in_positions, bias)
    c1, c2 = quantity("in_channels", in_channels), quantity("out_channels", out_channels)
    g, k = quantity("groups", groups), quantity("kernel", kernel)
    weights = k * c1 * c2
    return one * c1 + two * c2 + (weights / g if is_symbolic(weights / g) else weights // g)


def access_bound(
    positions: Quantity,
    macs: Quantity,
    *,
    in_positions: Quantity | None = None,
    bias: bool = False,
) -> Quantity:
    """G1: no 1x1 convolution with ``macs`` moves less than ``2 sqrt(p1 p2 W) + W``.

    ``W = macs / p2`` are its weights, ``c1 c2``, so ``p1 c1 + p2 c2`` is a sum whose product is
    given, ``p1 p2 W``: by the inequality of arithmetic and geometric means it is least where
    ``p1 c1 = p2 c2``. Where the positions are equal, ``hw`` each, so are the widths, and this is
    the paper's ``2 sqrt(hw B) + B / hw``. A bias counts as one more position of the output.

    >>> access_bound(56 * 56, 56 * 56 * 128 * 128)
    819200.0
    >>> round(access_bound(14 * 14, 14 * 14 * 64 * 512, in_positions=28 * 28))
    174687
    """
    one, two = channel_costs(positions, in_positions, bias)
    b = quantity("macs", macs)
    return 2 * root(one * two * b / positions) + b / positions


def imbalance(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    in_positions: Quantity | None = None,
    bias: bool = False,
) -> Quantity:
    """G1: the access of a 1x1 convolution over its lower bound; 1 where its widths reach it.

    The paper's table 1 compares 128 to 128 channels with 36 to 432, at about the same MACs:

    >>> imbalance(56 * 56, 128, 128), round(imbalance(56 * 56, 36, 432), 4)
    (1.0, 1.8593)
    """
    macs = positions * in_channels * out_channels
    bound = access_bound(positions, macs, in_positions=in_positions, bias=bias)
    return (
        access(positions, in_channels, out_channels, in_positions=in_positions, bias=bias) / bound
    )


def ungrouped_access(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    groups: Quantity,
    in_positions: Quantity | None = None,
    kernel: Quantity = 1,
    bias: bool = False,
) -> Quantity:
    """G2: what the same MACs move without groups: both widths are ``sqrt(g)`` times smaller.

    That is ``(p1 c1 + p2 c2) / sqrt(g) + k c1 c2 / g``. So are the rows of the paper's table 2,
    whose channels grow with the root of the groups.

    >>> ungrouped_access(56 * 56, 256, 256, groups=4)
    819200.0
    >>> ungrouped_access(14 * 14, 64, 128, groups=16, in_positions=28 * 28, kernel=9)
    23424.0
    """
    one, two = channel_costs(positions, in_positions, bias)
    whole = access(
        positions,
        in_channels,
        out_channels,
        in_positions=in_positions,
        groups=groups,
        kernel=kernel,
        bias=bias,
    )
    maps = one * in_channels + two * out_channels
    return whole - maps + maps / root(quantity("groups", groups))


def grouping(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    groups: Quantity,
    in_positions: Quantity | None = None,
    kernel: Quantity = 1,
    bias: bool = False,
) -> Quantity:
    """G2: the access of a convolution in groups over that of the same MACs without.

    >>> round(grouping(56 * 56, 256, 256, groups=4), 4)
    1.98
    """
    shape = positions, in_channels, out_channels
    given = {"groups": groups, "in_positions": in_positions, "kernel": kernel, "bias": bias}
    return access(*shape, **given) / ungrouped_access(*shape, **given)


def whole_widths(product: int, near: float, costs: tuple[int, int]) -> tuple[int, int]:
    """The whole widths ``c1, c2`` around ``c1 = near`` whose product is given and that move least.

    So they have the same MACs to the last one. Of the divisors of ``product`` the next ones below
    and above ``near`` are tried; ``costs`` are those of ``channel_costs``.

    >>> whole_widths(36 * 432, (36 * 432) ** 0.5, channel_costs(56 * 56))
    (108, 144)
    """
    below = divisor_below(product, near)
    above = product // divisor_below(product, product / near)
    return min(
        ((c1, product // c1) for c1 in (below, above)),
        key=lambda widths: costs[0] * widths[0] + costs[1] * widths[1],
    )


def divisor_below(product: int, limit: float) -> int:
    """The largest divisor of ``product`` up to ``limit``: ``divisor_below(404, 20) == 4``."""
    return next((each for each in range(int(limit), 0, -1) if product % each == 0), 1)
