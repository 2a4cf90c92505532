"""Where the repository and the test data are; tests ask here, so that they can be moved."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"


def read_toml(path: Path) -> dict:
    if sys.version_info >= (3, 11):
        import tomllib

        return tomllib.loads(path.read_text())
    return pytest.importorskip("tomli").loads(path.read_text())
