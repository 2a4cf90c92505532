"""Every model of these tests leaves the same calls by both engines."""

from typing import Any

import pytest

import complexity.analysis
from complexity.registry import has_registered_operators
from complexity.tracing import Trace, trace
from complexity.tracing.engines import repeated_blocks as repeating


@pytest.fixture(autouse=True)
def both_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run of the fast engine is held against one that runs every operator."""

    def held(*args: Any, engine: str = "fast", **options: Any) -> Trace:
        run = trace(*args, engine=engine, **options)
        if engine == "fast" and not options["backward"] and not has_registered_operators():
            oracle = trace(*args, engine="operators", **options)
            assert left_by(run) == left_by(oracle)
        return run

    monkeypatch.setattr(complexity.analysis, "trace", held)
    for least in ("SMALLEST", "FEWEST"):  # any two blocks that are equal are analysed once
        monkeypatch.setattr(repeating, least, 2)


def left_by(run: Trace) -> Any:
    """Everything that a run tells, but how many operations it took."""
    calls = [
        (c.name, c.module, c.operation, c.in_shapes, c.out_shape, c.cost, c.calls, c.dtypes,
         c.unknown, c.registered)
        for c in run.calls
    ]  # fmt: skip
    return calls, run.parameters, run.buffers, run.device
