"""A sweep of MobileNet by formulas beside the same by fvcore: ``python -m benchmarks.sweep``.

fvcore must build and trace each configuration, so it is timed on a few, spread over the grid, and
the rest is scaled from their median.
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

ALPHAS = [round(0.25 + 0.0025 * index, 4) for index in range(400)]
SIDES = list(range(64, 314))
SAMPLE = 9


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the work gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def by_fvcore(alpha: float, side: int) -> int:
    """MACs of one configuration: the real network, built without storage, traced by fvcore."""
    import torch
    from fvcore.nn import FlopCountAnalysis

    from complexity.models import build
    from formulas import network

    module = build(network("mobilenet", alpha=alpha, resolution=side), "meta")
    counts = FlopCountAnalysis(module, torch.empty(1, 3, side, side, device="meta"))
    counts.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return int(counts.by_operator()["conv"] + counts.by_operator()["linear"])


def compared(alphas: list[float], sides: list[int], sample: int, repeats: int) -> dict[str, float]:
    """Seconds of the whole grid by formulas, of one configuration by fvcore, and their ratio.

    Each is the median of its repeats, after one that is not counted; both count the same MACs.
    """
    from complexity import sweep

    grid = [timed(lambda: sweep("mobilenet", alpha=alphas, resolution=sides))
            for _ in range(repeats + 1)]  # fmt: skip
    points = grid[0][1].points
    chosen = [points[len(points) * index // sample] for index in range(sample)]
    by_fvcore(*chosen[0].setting)
    each = [timed(lambda point=point: by_fvcore(*point.setting)) for point in chosen]
    assert [macs for _, macs in each] == [point.cost.macs for point in chosen]
    ours, theirs = median(s for s, _ in grid[1:]), median(s for s, _ in each)
    return {"points": len(points), "ours": ours, "fvcore": theirs,
            "ratio": theirs * len(points) / ours}  # fmt: skip


def main() -> None:
    found = compared(ALPHAS, SIDES, SAMPLE, 5)
    print(
        f"{found['points']:,} configurations: {found['ours']:.2f} s; fvcore {found['fvcore']:.3f} s "
        f"each, so {found['fvcore'] * found['points'] / 3600:.1f} h: {found['ratio']:,.0f} times"
    )


if __name__ == "__main__":
    main()
