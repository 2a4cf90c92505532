"""``python -m benchmarks``: measure, and write ``docs/benchmark.csv``, ``.md`` and ``.svg``."""

import importlib.util
import shlex
import sys
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import click

from benchmarks.document import page, to_csv
from benchmarks.machine import machine, versions
from benchmarks.results import results, start_ratios
from benchmarks.running import Job, Sample, ask_child, rounds, starts
from benchmarks.tools import REFERENCES, TOOLS
from benchmarks.workloads import WORKLOADS
from reports.render.table_writers import write_whole


class Names(click.ParamType):
    """Names out of a table, separated by commas."""

    name = "names"

    def __init__(self, known: Iterable[str]) -> None:
        self.known = tuple(known)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None):
        names = tuple(dict.fromkeys(value.split(",")))
        for each in names:
            if each not in self.known:
                self.fail(f"{each!r} is none of {', '.join(self.known)}", param, ctx)
        return names


def jobs(workloads: Iterable[str], tools: Iterable[str]) -> list[Job]:
    """Every tool on every workload, the references first, and what the CPU cannot hold."""
    chosen = dict.fromkeys((*REFERENCES, *tools))
    return [
        Job(workload, tool, TOOLS[tool].devices, impossible_on_cpu(WORKLOADS[workload].weights_gb))
        for workload in workloads
        for tool in chosen
    ]


def impossible_on_cpu(weights_gb: int) -> str:
    return f"needs real weights ({weights_gb} GB)" if weights_gb else ""


def progress(sample: Sample) -> None:
    found = sample.error or f"warm {sample.warm:.3f} s on {sample.device}, MACs: {sample.macs}"
    click.echo(f"round {sample.round}: {sample.workload}, {sample.tool}: {found}")


@click.command(name="benchmarks")
@click.option("--workloads", type=Names(WORKLOADS), default=",".join(WORKLOADS), show_default=True)
@click.option(
    "--tools",
    type=Names(TOOLS),
    default=",".join(TOOLS),
    show_default=True,
    help=f"Beside {', '.join(REFERENCES)}, which always run.",
)
@click.option("--rounds", "count", type=click.IntRange(1), default=2, show_default=True)
@click.option(
    "--repeat",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Warm calls in one process, at most: they end after 3 s.",
)
@click.option(
    "--limit",
    type=click.FloatRange(1),
    default=60,
    show_default=True,
    help="Seconds that one process may take.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("docs"),
              show_default=True)  # fmt: skip
def main(workloads, tools, count: int, repeat: int, limit: float, out: Path) -> None:
    """Counters of multiply-adds side by side: time, memory, and whether the count is right."""
    if importlib.util.find_spec("matplotlib") is None:
        raise click.ClickException("the chart needs matplotlib: pip install -e '.[benchmark]'")
    began = time.monotonic()
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    cold = []
    for number in range(count):
        cold.append(starts(limit))
        click.echo(
            f"start {number + 1}: {', '.join(f'{n} {s:.2f} s' for n, s in cold[-1].items())}"
        )
    samples = []
    for sample in rounds(
        jobs(workloads, tools), count, partial(ask_child, repeat=repeat, limit=limit)
    ):
        samples.append(sample)
        progress(sample)
    found = results(samples)
    where, installed = machine(), versions()
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "benchmark.csv", to_csv(found))
    write_whole(out / "benchmark.md", page(found, start_ratios(cold), command, where, installed))
    from benchmarks.chart import to_svg  # last, for matplotlib would weigh on the children

    named = ", ".join(f"{name} {installed[name]}" for name in ("Python", "torch"))
    write_whole(out / "benchmark.svg", to_svg(found, f"{where}, {named}"))
    click.echo(f"Wrote {out}/benchmark.csv, .md and .svg after {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
