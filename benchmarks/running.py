"""Children in turn: in every round, for every workload, all tools one after the other.

Never two at a time, so that they meet the same machine. This process stays small and free of
torch: on Linux a child's peak of memory starts at its parent's.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",  # more wait for each other where other work runs: 60 times slower
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "PYTHONWARNINGS": "ignore",
}


@dataclass(frozen=True)
class Sample:
    """One child's answer: seconds, MB and MACs, or the ``error`` that is all there is."""

    workload: str
    tool: str
    round: int
    device: str = ""
    cold: float | None = None
    warm: float | None = None
    peak_mb: int | None = None
    macs: int | None = None
    error: str = ""


@dataclass(frozen=True)
class Job:
    """A workload, a tool and where to run: devices in order of preference.

    ``impossible`` says why the CPU is not tried.
    """

    workload: str
    tool: str
    devices: tuple[str, ...]
    impossible: str = ""


Ask = Callable[[str, str, str], dict]


def rounds(jobs: Sequence[Job], count: int, ask: Ask) -> Iterator[Sample]:
    """Every job once a round. The device that answered is kept; a failure is not tried again."""
    settled: dict[Job, tuple[str, ...]] = {}
    for number in range(1, count + 1):
        for job in jobs:
            devices = settled.get(job, job.devices)
            if not devices:
                continue
            sample = first_answer(job, devices, number, ask)
            settled[job] = () if sample.error else (sample.device,)
            yield sample


def first_answer(job: Job, devices: tuple[str, ...], number: int, ask: Ask) -> Sample:
    """The answer on the first device that gives one; every device's error if none does."""
    errors = []
    for device in devices:
        if device == "cpu" and job.impossible:
            found = {"error": job.impossible}
        else:
            found = ask(job.workload, job.tool, device)
        if "error" not in found:
            return Sample(job.workload, job.tool, number, device, **found)
        errors.append(f"{device}: {found['error']}")
    return Sample(job.workload, job.tool, number, error="; ".join(errors))


def ask_child(workload: str, tool: str, device: str, *, repeat: int, limit: float) -> dict:
    """What ``python -m benchmarks.child`` says within ``limit`` seconds."""
    command = [sys.executable, "-m", "benchmarks.child", workload, tool, device]
    try:
        done = run([*command, "--repeat", str(repeat)], limit)
    except subprocess.TimeoutExpired:
        return {"error": f"not done in {limit:g} s"}
    return answer_in(done.stdout, done.stderr, done.returncode)


def answer_in(stdout: str, stderr: str, status: int) -> dict:
    """The JSON of a child's last line; how it ended, where it did not get that far.

    >>> answer_in("", "Killed", -9)
    {'error': 'ended with status -9: Killed'}
    """
    try:
        found = json.loads(stdout.splitlines()[-1])
    except (IndexError, ValueError):
        found = None
    if status == 0 and isinstance(found, dict):
        return found
    last = (stderr.strip().splitlines() or [""])[-1]
    return {"error": f"ended with status {status}: {last}".rstrip(": ")}


IMPORT_TORCH = "import torch"
REPORT = ["-m", "complexity", "report", "mobilenet"]
STARTS = {
    IMPORT_TORCH: ["-c", "import torch"],
    "complexity report mobilenet --no-trace": [*REPORT, "--no-trace"],
    "complexity report mobilenet": REPORT,
}


def starts(limit: float) -> dict[str, float]:
    """Seconds of a whole process: ``import torch`` for scale, and two cold reports."""
    found = {}
    for name, arguments in STARTS.items():
        start = time.perf_counter()
        run([sys.executable, *arguments], limit).check_returncode()
        found[name] = time.perf_counter() - start
    return found


def run(command: Sequence[str], limit: float) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        timeout=limit,
    )
