"""One measurement, in a process of its own: ``python -m benchmarks.child resnet50 thop meta``.

Prints one line of JSON, a ``Sample`` without what only the parent knows. The first call is cold:
torch is loaded and the model built, the tool is neither imported nor has it run. The others are
warm.
"""

import argparse
import contextlib
import json
import resource
import statistics
import sys
import time
import warnings
from typing import Any

from benchmarks.tools import TOOLS, Tool
from benchmarks.workloads import WORKLOADS, Workload


def measure(workload: Workload, tool: Tool, device: str, repeat: int, patience: float) -> dict:
    """Seconds of the first call, their median in up to ``repeat`` more, peak memory and MACs.

    Warm calls end when they have taken ``patience`` seconds; there is always one.
    """
    model, x = workload.on(device)
    figure, cold = timed(tool, model, x)
    warm: list[float] = []
    while not warm or (len(warm) < repeat and sum(warm) < patience):
        again, seconds = timed(tool, model, x)
        if again != figure:
            raise ValueError(f"{tool.title} counted {figure}, and then {again}")
        warm.append(seconds)
    return {
        "cold": cold,
        "warm": statistics.median(warm),
        "peak_mb": peak_mb(),
        "macs": tool.macs(figure),
    }


def timed(tool: Tool, *arguments: Any) -> tuple[Any, float]:
    start = time.perf_counter()
    figure = tool.call(*arguments)
    return figure, time.perf_counter() - start


def peak_mb() -> int:
    """The most memory that this process had resident, in MB of 1,000,000 bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak * (1 if sys.platform == "darwin" else 1024) / 1_000_000)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.child")
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("device", choices=("meta", "cpu"))
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--patience", type=float, default=3.0)
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(sys.stderr):  # what the tools have to say
        try:
            found = measure(
                WORKLOADS[given.workload],
                TOOLS[given.tool],
                given.device,
                given.repeat,
                given.patience,
            )
        except Exception as error:  # a tool may fail in any way; that is its result
            words = str(error).strip().splitlines() or [""]
            found = {"error": f"{type(error).__name__}: {words[0]}"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
