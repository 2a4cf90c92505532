"""Guidelines G1 and G2 of ShuffleNetV2: the memory access of a convolution against a bound.

Source: Ma et al., "ShuffleNet V2: practical guidelines for efficient CNN architecture design",
arXiv 1807.11164, section 2. The paper calls the memory access cost MAC; here it is *access*, in
elements, and ``macs`` are multiply-adds. ``positions`` are those of the output map, ``h * w`` for
each image: a fully connected layer is a 1x1 convolution with a position for each vector.
"""

from fractions import Fraction

from formulas.quantities import Quantity, is_symbolic, quantity


def root(value: Quantity) -> Quantity:
    """The square root, of arrays and symbols too."""
    return value ** (Fraction(1, 2) if is_symbolic(value) else 0.5)


def access(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    groups: Quantity = 1,
    kernel: Quantity = 1,
) -> Quantity:
    """Elements that a convolution reads and writes: ``hw (c1 + c2) + k c1 c2 / g``.

    ``kernel`` is the number of its places, 9 for 3x3.

    >>> access(56 * 56, 128, 128), access(56 * 56, 360, 360, groups=8)
    (819200, 2274120)
    """
    p, c1, c2 = (
        quantity("positions", positions),
        quantity("in_channels", in_channels),
        quantity("out_channels", out_channels),
    )
    g, k = quantity("groups", groups), quantity("kernel", kernel)
    weights = k * c1 * c2
    return p * (c1 + c2) + (weights / g if is_symbolic(weights / g) else weights // g)


def access_bound(positions: Quantity, macs: Quantity) -> Quantity:
    """G1: no 1x1 convolution with ``macs`` moves less than ``2 sqrt(hw B) + B / hw``.

    It is reached where both widths are equal, by the inequality of arithmetic and geometric means.

    >>> access_bound(56 * 56, 56 * 56 * 128 * 128)
    819200.0
    """
    p, b = quantity("positions", positions), quantity("macs", macs)
    return 2 * root(p * b) + b / p


def imbalance(positions: Quantity, in_channels: Quantity, out_channels: Quantity) -> Quantity:
    """G1: the access of a 1x1 convolution over its lower bound; 1 where its widths are equal.

    The paper's table 1 compares 128 to 128 channels with 36 to 432, at about the same MACs:

    >>> imbalance(56 * 56, 128, 128), round(imbalance(56 * 56, 36, 432), 4)
    (1.0, 1.8593)
    """
    macs = positions * in_channels * out_channels
    return access(positions, in_channels, out_channels) / access_bound(positions, macs)


def ungrouped_access(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    groups: Quantity,
    kernel: Quantity = 1,
) -> Quantity:
    """G2: what the same MACs move without groups: both widths are ``sqrt(g)`` times smaller.

    So are the rows of the paper's table 2, whose channels grow with the root of the groups.

    >>> ungrouped_access(56 * 56, 256, 256, groups=4)
    819200.0
    """
    whole = access(positions, in_channels, out_channels, groups=groups, kernel=kernel)
    maps = positions * (in_channels + out_channels)
    return whole - maps + maps / root(quantity("groups", groups))


def grouping(
    positions: Quantity,
    in_channels: Quantity,
    out_channels: Quantity,
    *,
    groups: Quantity,
    kernel: Quantity = 1,
) -> Quantity:
    """G2: the access of a convolution in groups over that of the same MACs without.

    >>> round(grouping(56 * 56, 256, 256, groups=4), 4)
    1.98
    """
    shape = positions, in_channels, out_channels
    given = {"groups": groups, "kernel": kernel}
    return access(*shape, **given) / ungrouped_access(*shape, **given)
