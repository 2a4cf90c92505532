"""Warm times as a chart: one group for each network, one mark for each tool."""

import io
from collections.abc import Sequence

from benchmarks.results import Result
from benchmarks.tools import META, TOOLS
from benchmarks.workloads import WORKLOADS

MARKS = "osD^v<>Pp*X"


def to_svg(found: Sequence[Result], subtitle: str) -> str:
    """A dot for each ratio on a logarithmic axis; hollow where the count is not right."""
    import matplotlib

    matplotlib.use("svg")
    # the same results make the same file, and text stays text
    matplotlib.rcParams.update({"svg.hashsalt": "complexity", "svg.fonttype": "none"})
    from matplotlib import pyplot
    from matplotlib.lines import Line2D

    workloads = list(dict.fromkeys(each.workload for each in found))
    tools = [tool for tool in dict.fromkeys(each.tool for each in found) if tool != META]
    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.62 * len(workloads)))
    for each in found:
        if each.tool == META or each.warm_ratio is None:
            continue
        number = tools.index(each.tool)
        height = workloads.index(each.workload) + 0.7 * (number / max(len(tools) - 1, 1) - 0.5)
        filled = each.macs is None or each.macs == each.truth
        color = f"C{number}"
        face = color if filled else "none"
        axes.plot(each.warm_ratio, height, MARKS[number], color=color, markerfacecolor=face)
    axes.axvline(1, color="gray", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(workloads)), [WORKLOADS[name].title for name in workloads])
    axes.set_ylim(len(workloads) - 0.5, -0.5)
    axes.set_xlabel("warm time / bare forward on the meta device (hollow: the count is not right)")
    axes.set_title(subtitle, fontsize=8)
    axes.grid(axis="x", which="both", alpha=0.2)
    legend = [
        Line2D([], [], color=f"C{number}", marker=MARKS[number], linestyle="", label=TOOLS[t].title)
        for number, t in enumerate(tools)
    ]
    axes.legend(handles=legend, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    out = io.StringIO()
    figure.savefig(out, format="svg", bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
