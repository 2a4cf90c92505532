"""A sweep of MobileNet by formulas beside the same by fvcore: ``python -m benchmarks.sweep``.

fvcore traces each configuration, so it is timed on a few, spread over the grid, and the rest is
scaled from their median. Building the networks, which only fvcore needs, is left out.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reports.model.sweep import Sweep

ALPHAS = [round(0.25 + 0.0025 * index, 4) for index in range(400)]
SIDES = list(range(64, 314))
SAMPLE = 9


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what the work gave."""
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def by_fvcore(alpha: float, side: int) -> tuple[float, int]:
    """Seconds of fvcore's count of one configuration, its building left out, and its MACs."""
    import torch

    from complexity.models import build
    from formulas import network

    module = build(network("mobilenet", alpha=alpha, resolution=side))
    image = torch.zeros(1, 3, side, side)

    def count() -> int:
        counter = FlopCountAnalysis(module, image)
        counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
        by_operator = counter.by_operator()
        return int(by_operator["conv"] + by_operator["linear"])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its imports and of torch.jit, which it traces with
        from fvcore.nn import FlopCountAnalysis

        return timed(count)


def compared(alphas: list[float], sides: list[int], sample: int, repeats: int) -> dict[str, float]:
    """Seconds of the whole grid by formulas, of one configuration by fvcore, and their ratio.

    Each is the median of its repeats, after one that is not counted; both count the same MACs.
    """
    from complexity import sweep

    def grid() -> Sweep:
        return sweep("mobilenet", alpha=alphas, resolution=sides)

    runs = [timed(grid) for _ in range(repeats + 1)]
    points = runs[0][1].points
    chosen = [points[len(points) * index // sample] for index in range(sample)]
    by_fvcore(*chosen[0].setting)
    each = [by_fvcore(*point.setting) for point in chosen]
    assert [macs for _, macs in each] == [point.cost.macs for point in chosen]
    ours, theirs = median(s for s, _ in runs[1:]), median(s for s, _ in each)
    ratio = theirs * len(points) / ours
    return {"points": len(points), "ours": ours, "fvcore": theirs, "ratio": ratio}


def main() -> None:
    found = compared(ALPHAS, SIDES, SAMPLE, 5)
    hours = found["fvcore"] * found["points"] / 3600
    print(
        f"{found['points']:,} configurations: {found['ours']:.2f} s; "
        f"fvcore {found['fvcore']:.3f} s each, so {hours:.1f} h: {found['ratio']:,.0f} times"
    )


if __name__ == "__main__":
    main()
