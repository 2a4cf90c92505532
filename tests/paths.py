"""Where the repository and the test data are; tests ask here, so that they can be moved."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
