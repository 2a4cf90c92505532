"""Which library is missing, and how one gets it; the extras that are named are there."""

import sys

import pytest

from formulas.core.errors import SizeError
from reports.render.optional_deps import need, plottable
from tests.paths import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize(
    ("library", "extra"), [("matplotlib", "plot"), ("plotly", "plot"), ("joblib", "sweep"),
                           ("pyarrow", "sweep"), ("jinja2", "html"), ("plotly", "html")],
)  # fmt: skip
def test_the_extra_that_is_named_holds_the_library(monkeypatch, library, extra):
    assert need(library, extra, "plot", "a.png") is None
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SizeError) as refused:
        need(library, extra, "plot", "a.png")
    assert refused.value.rule == f"needs {library}: pip install 'complexity-analyzer[{extra}]'"
    [line] = [line for line in PYPROJECT.splitlines() if line.startswith(f"{extra} = ")]
    assert f'"{library}>=' in line


@pytest.mark.parametrize("path", ["x", "x.pdf", "png", "x.png.gz"])
def test_another_kind_of_file_is_refused(path):
    with pytest.raises(SizeError) as refused:
        plottable(path)
    assert str(refused.value) == f"plot={path!r} must end in .png, .svg, .html"


@pytest.mark.parametrize(("path", "library"), [("x.svg", "matplotlib"), ("x.html", "plotly")])
def test_a_missing_library_is_named_with_its_cure(monkeypatch, path, library):
    assert plottable(path) == path
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SizeError) as refused:
        plottable(path)
    assert refused.value.rule == f"needs {library}: pip install 'complexity-analyzer[plot]'"
