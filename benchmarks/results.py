"""Samples to results: medians over the rounds, ratios within a round, and who counted right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.running import IMPORT_TORCH, Sample
from benchmarks.tools import META, SLOW, TORCH


@dataclass(frozen=True)
class Result:
    """One tool on one workload.

    Ratios are to the bare meta forward of the same round, warm to warm and cold to cold. ``truth``
    is None where the two references differ or one of them failed: then nobody is judged.
    """

    workload: str
    tool: str
    device: str = ""
    warm: float | None = None
    warm_ratio: float | None = None
    cold: float | None = None
    cold_ratio: float | None = None
    peak_mb: int | None = None
    macs: int | None = None
    truth: int | None = None
    error: str = ""

    @property
    def mark(self) -> str:
        """``right``, or how far off in percent; ``-`` where there is nothing to judge."""
        if self.macs is None:
            return "-"
        if self.truth is None:
            return "truth disputed"
        return verdict(self.macs, self.truth)


def verdict(macs: int, truth: int) -> str:
    """``right`` if equal to the last integer, or the difference in percent of the truth.

    >>> verdict(100, 100), verdict(4089238376, 4089184256), verdict(50, 100)
    ('right', '+0.0013 %', '-50.0 %')
    """
    if macs == truth:
        return "right"
    off = 100 * (macs - truth) / truth
    return f"{off:+.1f} %" if abs(off) >= 10 else f"{off:+.2g} %"


def results(samples: Iterable[Sample]) -> list[Result]:
    """One result for each tool on each workload, in the order of the samples."""
    groups: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        groups.setdefault((sample.workload, sample.tool), []).append(sample)
    return [
        result(group, groups.get((workload, META), []), truth_of(groups, workload))
        for (workload, _), group in groups.items()
    ]


def result(group: Sequence[Sample], bare: Sequence[Sample], truth: int | None) -> Result:
    first = group[0]
    errors = [sample.error for sample in group if sample.error]
    if errors:
        return Result(first.workload, first.tool, error=errors[0])
    if len({sample.macs for sample in group}) > 1:
        return Result(first.workload, first.tool, error="another count in another round")
    unit = {sample.round: sample for sample in bare if not sample.error}
    pairs = [(sample, unit[sample.round]) for sample in group if sample.round in unit]
    return Result(
        first.workload,
        first.tool,
        first.device,
        warm=median(sample.warm for sample in group),
        warm_ratio=median(ours.warm / theirs.warm for ours, theirs in pairs) if pairs else None,
        cold=median(sample.cold for sample in group),
        cold_ratio=median(ours.cold / theirs.cold for ours, theirs in pairs) if pairs else None,
        peak_mb=round(median(sample.peak_mb for sample in group)),
        macs=first.macs,
        truth=truth,
    )


def truth_of(groups: dict[tuple[str, str], list[Sample]], workload: str) -> int | None:
    """The count that the operator engine and torch's own counter agree on."""
    found = [groups.get((workload, tool), []) for tool in (SLOW, TORCH)]
    counts = {sample.macs for group in found for sample in group}
    return counts.pop() if all(found) and len(counts) == 1 else None


def start_ratios(rounds: Sequence[dict[str, float]]) -> dict[str, tuple[float, float]]:
    """Median seconds of each start, and the median of its ratio to ``import torch`` beside it."""
    return {
        name: (
            median(seconds[name] for seconds in rounds),
            median(seconds[name] / seconds[IMPORT_TORCH] for seconds in rounds),
        )
        for name in (rounds[0] if rounds else ())
    }
