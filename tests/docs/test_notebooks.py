"""The notebooks run from the first cell to the last, and hold no outputs.

Outputs are left out because they cannot be compared to the letter: pictures and tables as HTML
differ with the versions of the libraries. A stored one would grow old unseen.
"""

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.pages import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a notebook in a folder of its own, with this checkout's code."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    place = {"metadata": {"path": str(tmp_path)}}
    return lambda notebook: NotebookClient(
        notebook, timeout=60, kernel_name="python3", resources=place
    ).execute()


def read(path):
    return nbformat.read(path, as_version=4)


def kept_outputs(notebook):
    """The places of the code cells that hold an output or say when they ran."""
    return [
        place
        for place, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, run):
    shown = [cell for cell in run(read(path)).cells if cell.get("outputs")]
    assert len(shown) > 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_holds_no_outputs(path):
    assert kept_outputs(read(path)) == []


def test_a_cell_that_fails_and_an_output_that_stays_are_found(run):
    cells = [nbformat.v4.new_code_cell(code) for code in ("1 + 1", "1 / 0")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run(notebook)
    assert kept_outputs(notebook) == [0, 1]


def test_there_are_notebooks_and_a_page_that_links_them():
    page = (ROOT / "docs" / "notebooks" / "index.md").read_text(encoding="utf-8")
    assert len(NOTEBOOKS) >= 2
    assert [path.name for path in NOTEBOOKS if f"]({path.name})" not in page] == []
