"""What a timing depends on: the processor, the system, and every package's version."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.tools import TOOLS

LIBRARIES = ("torch", "torchvision", "transformers")


def machine() -> str:
    """``2 cores of Some CPU, 24 GB, Linux x86_64``."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = f"{platform.system()} {platform.machine()}"
    return f"{cores} cores of {processor()}, {memory:.0f} GB, {system}"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "an unnamed processor"


def versions() -> dict[str, str]:
    """Python's version and each measured package's; ``not installed`` where it is missing."""
    packages = dict.fromkeys((*LIBRARIES, *(tool.package for tool in TOOLS.values())))
    found = {"Python": platform.python_version()}
    for package in filter(None, packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
