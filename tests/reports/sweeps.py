"""Small sweeps with numbers that no two have alike."""

from formulas.core.cost import Cost
from reports.model.sweep import LeftOut, Point, Search, Sweep


def cost(n: int) -> Cost:
    return Cost(
        params=7 * n, macs=1000 * n, elementwise=11 * n, activations=13 * n, memory_access=17 * n
    )


def one_range(**more) -> Sweep:
    points = [Point((alpha, 3), cost(n)) for alpha, n in ((0.25, 1), (0.5, 2), (1.0, 5))]
    return Sweep("mobilenet", {"alpha": [0.25, 0.5, 1.0], "batch": [3]}, points, "paper", **more)


def two_ranges(**more) -> Sweep:
    """A model that was loaded, one of whose points failed, and one has an unknown operation."""
    points = [
        Point(("<b>$x_1$", (5, 7)), cost(1)),
        Point(("<b>$x_1$", 11), cost(2)),
        Point(("gelu", (5, 7)), cost(3), unknown=2),
    ]
    left = [LeftOut({"act": "gelu", "S": 11}, 1, "it raised <i>")]
    axes = {"act": ["<b>$x_1$", "gelu"], "S": [(5, 7), 11]}
    return Sweep("a<i>.py:f", axes, points, left_out=left, **more)


def searched() -> Sweep:
    full = one_range()
    about = Search(["macs <= 3,000"], ["alpha"], ["params"], {"macs": 3000}, 1)
    return one_range(grid=full.points, search=about).__class__(
        full.model, full.axes, full.points[1:2], full.variant, grid=full.points, search=about
    )
