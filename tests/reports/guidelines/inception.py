"""An inception block as rows of a report."""

from tests.reports.helpers import row

BIG, SMALL = (1, 24, 8, 8), (1, 6, 8, 8)


def conv(name, taken, gave):
    return row(name, macs=1, in_shapes=(taken,), out_shape=gave)


def joined(name, *taken, kind="concatenation"):
    return row(name, kind, in_shapes=taken, out_shape=BIG)


INCEPTION = (
    conv("mix.one", BIG, SMALL),
    conv("mix.two.0", BIG, SMALL),
    row("mix.two.bn", "batch_norm", in_shapes=(SMALL,), out_shape=SMALL),
    conv("mix.two.1", SMALL, SMALL),
    row("mix.three.pool", "max_pool", in_shapes=(BIG,), out_shape=BIG),
    conv("mix.three.conv", BIG, SMALL),
    joined("mix.cat", SMALL, SMALL, SMALL),
)
