"""The program: traces real models, checks the formulas against them, and prints reports.

>>> from complexity import analyze
>>> analyze("mobilenet", alpha=0.5, resolution=160).macs
304102400

The only package that imports torch, and only when something is traced.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from complexity.errors import ModelError

if TYPE_CHECKING:
    from complexity.analysis import analyze
    from complexity.grid.pareto import search
    from complexity.grid.sweep import sweep
    from complexity.interop.bridge import bridge
    from complexity.interop.check import check
    from complexity.registry import register
    from complexity.symbolic.derive import derive
    from complexity.tracing import Arguments

__all__ = [
    "Arguments",
    "ModelError",
    "analyze",
    "bridge",
    "check",
    "derive",
    "register",
    "search",
    "sweep",
]

HOMES = {
    "Arguments": "complexity.tracing",
    "analyze": "complexity.analysis",
    "bridge": "complexity.interop.bridge",
    "check": "complexity.interop.check",
    "derive": "complexity.symbolic.derive",
    "register": "complexity.registry",
    "search": "complexity.grid.pareto",
    "sweep": "complexity.grid.sweep",
}


def __getattr__(name: str) -> Any:
    """Load what needs torch when it is first asked for: a report without a trace does not."""
    if name not in HOMES:
        raise AttributeError(f"module 'complexity' has no attribute {name!r}")
    return getattr(import_module(HOMES[name]), name)
