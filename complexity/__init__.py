"""The program: traces real models, checks the formulas against them, and prints reports.

>>> from complexity import analyze
>>> analyze("mobilenet", alpha=0.5, resolution=160).macs
304102400

The only package that imports torch, and only when something is traced.
"""

from typing import TYPE_CHECKING, Any

from complexity.errors import ModelError

if TYPE_CHECKING:
    from complexity.analysis import analyze
    from complexity.checking import check
    from complexity.registry import register

__all__ = ["ModelError", "analyze", "check", "register"]


def __getattr__(name: str) -> Any:
    """Load what needs torch when it is first asked for: a report without a trace does not."""
    if name == "analyze":
        from complexity.analysis import analyze

        return analyze
    if name == "register":
        from complexity.registry import register

        return register
    if name == "check":
        from complexity.checking import check

        return check
    raise AttributeError(f"module 'complexity' has no attribute {name!r}")
