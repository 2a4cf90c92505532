"""Results as CSV and as a Markdown page."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from tabulate import tabulate

from benchmarks.results import Result
from benchmarks.tools import META, TOOLS
from benchmarks.workloads import WORKLOADS

METHOD = """\
Each measurement is a fresh process, on one thread, that builds the network and calls one tool. The
first call is *cold* (torch is loaded, the tool is imported in it), the median of the next ones is
*warm*. All tools run in turn within a round, never two at once. A ratio is to the bare forward on
the meta device in the same round, warm to warm and cold to cold; below 1 means faster than running
the network without arithmetic. Figures are medians over the rounds. *Peak* is the whole process,
torch included. A tool runs on the meta device if it can, else on the CPU with real weights.

*Right* means equal, to the last integer, to the multiply-adds that two counters agree on, which
share no code: complexity's operator engine and torch's `FlopCounterMode`. A difference may follow
from what a tool means to count: see the last table."""


def to_csv(found: Sequence[Result]) -> str:
    """One line for each tool on each workload; seconds and ratios in full."""
    out = io.StringIO()
    names = [field.name for field in fields(Result)]
    writer = csv.DictWriter(out, [*names, "mark"], lineterminator="\n")
    writer.writeheader()
    for each in found:
        writer.writerow({**asdict(each), "mark": each.mark})
    return out.getvalue()


def page(
    found: Sequence[Result],
    starts: dict[str, tuple[float, float]],
    command: str,
    machine: str,
    versions: dict[str, str],
) -> str:
    """The whole page: how it was measured, an overview, every figure, and the conventions."""
    workloads = dict.fromkeys(each.workload for each in found)
    parts = [
        "# Benchmark",
        f"Written by `{command}` on {machine}, with "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ".",
        METHOD,
        "![Warm time of every tool on every network](benchmark.svg)",
        "## Warm time over a bare meta forward, and the count",
        overview(found),
        "## Starting cold, as whole commands",
        start_table(starts),
        *(part for name in workloads for part in section(name, found)),
        "## What each tool counts",
        conventions(dict.fromkeys(each.tool for each in found)),
    ]
    return "\n\n".join(parts) + "\n"


def overview(found: Sequence[Result]) -> str:
    """A row for each workload, a column for each tool: ``0.12, right``."""
    workloads = dict.fromkeys(each.workload for each in found)
    tools = [tool for tool in dict.fromkeys(each.tool for each in found) if tool != META]
    cells = {(each.workload, each.tool): short(each) for each in found}
    rows = [[WORKLOADS[w].title, *(cells.get((w, t), "") for t in tools)] for w in workloads]
    return table(["network", *(TOOLS[tool].title for tool in tools)], rows, "l" * (1 + len(tools)))


def short(each: Result) -> str:
    if each.error:
        return "failed"
    place = " (CPU)" if each.device == "cpu" else ""
    mark = "" if each.macs is None else f", {each.mark}"
    return f"{ratio(each.warm_ratio)}{place}{mark}"


def section(workload: str, found: Sequence[Result]) -> tuple[str, str]:
    """Every figure of one workload, and why a tool has none."""
    header = ["tool", "device", "warm, s", "ratio", "cold, s", "ratio", "peak, MB", "MACs", "count"]
    rows = [row(each) for each in found if each.workload == workload]
    return f"## {WORKLOADS[workload].title}", table(header, rows, "llrrrrrrl")


def row(each: Result) -> list[str]:
    title = TOOLS[each.tool].title
    if each.error:
        return [title, "", "", "", "", "", "", "", each.error.replace("|", r"\|")]
    return [
        title,
        each.device,
        seconds(each.warm),
        ratio(each.warm_ratio),
        seconds(each.cold),
        ratio(each.cold_ratio),
        f"{each.peak_mb:,}",
        "" if each.macs is None else f"{each.macs:,}",
        each.mark,
    ]


def start_table(starts: dict[str, tuple[float, float]]) -> str:
    rows = [[f"`{name}`", seconds(time), ratio(over)] for name, (time, over) in starts.items()]
    return table(["command", "time, s", "over `import torch`"], rows, "lrr")


def conventions(tools: Sequence[str]) -> str:
    rows = [[TOOLS[tool].title, TOOLS[tool].counts] for tool in tools if TOOLS[tool].counts]
    return table(["tool", "counts"], rows, "ll")


def table(header: list[str], rows: list[list[str]], sides: str) -> str:
    """A Markdown table; ``sides`` has an l or an r for each column."""
    aligned = ["left" if side == "l" else "right" for side in sides]
    return tabulate(rows, header, tablefmt="pipe", colalign=aligned, disable_numparse=True)


def seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
