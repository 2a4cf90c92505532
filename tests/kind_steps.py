"""The steps of adding a kind, each found or named as forgotten."""

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from formulas import counters
from formulas.kinds import KINDS
from tests.paths import ROOT


def file_of(kind: str) -> str:
    """The file of ``formulas/counters`` that holds the kind's expression."""
    wanted = KINDS[kind].expression
    for found in pkgutil.iter_modules(counters.__path__):
        module = importlib.import_module(f"formulas.counters.{found.name}")
        if any(value is wanted for value in vars(module).values()):
            return found.name
    raise AssertionError(
        f"step 1: the expression of {kind!r} is in no file of formulas/counters/, only in kinds.py"
    )


def sample_of(kind: str) -> Any:
    """The real module of the samples from which the kind is read."""
    from tests.complexity.closed_form.samples import KIND_SAMPLES

    assert kind in KIND_SAMPLES, (
        f"step 4: no real module for {kind!r} in tests/complexity/closed_form/samples.py; "
        "add one, and the line in complexity/closed_form/modules.py that reads it"
    )
    return KIND_SAMPLES[kind]


def test_of(kind: str) -> Path:
    """The file of the tests of the kind's counter."""
    found = ROOT / "tests" / "formulas" / "counters" / f"test_{file_of(kind)}.py"
    assert found.exists(), f"step 5: {kind!r} has no {found}"
    return found
