"""Which library is missing, and how one gets it; the extras that are named are there."""

from pathlib import Path

import pytest

from reports.extras import missing

PYPROJECT = (Path(__file__).parents[2] / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("library", "extra"), [("matplotlib", "plot"), ("plotly", "plot"), ("joblib", "sweep"),
                           ("pyarrow", "sweep")],
)  # fmt: skip
def test_the_extra_that_is_named_holds_the_library(library, extra):
    error = missing("plot", "a.png", library, extra)
    assert error.rule == f"needs {library}: pip install 'complexity-analyzer[{extra}]'"
    [line] = [line for line in PYPROJECT.splitlines() if line.startswith(f"{extra} = ")]
    assert f'"{library}>=' in line
