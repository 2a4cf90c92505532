"""The door: what ``import formulas`` offers, and what it does not load."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import formulas
from tests.paths import ROOT

LIST_NEW = """
import sys
sys.path.insert(0, {folder!r})
before = set(sys.modules)
{statement}
print(*{{name.partition(".")[0] for name in set(sys.modules) - before}})
"""


def foreign_modules(statement: str, folder: Path = ROOT) -> set[str]:
    """What ``statement``, run in a fresh Python, loads beside ``formulas`` and the standard
    library.
    """
    program = LIST_NEW.format(folder=str(folder), statement=statement)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return set(ran.stdout.split()) - {"formulas"} - sys.stdlib_module_names


def test_importing_formulas_loads_the_standard_library_only():
    assert foreign_modules("import formulas, formulas.networks.paper_numbers") == set()


def test_using_formulas_loads_the_standard_library_only():
    use = "from formulas import network, standard; network('mobilenet').cost; standard(3, 5, 3, 7)"
    assert foreign_modules(use) == set()


@pytest.mark.parametrize("heavy", ["numpy", "sympy"])
def test_the_check_sees_a_heavy_library(heavy):
    assert heavy in foreign_modules(f"import formulas, {heavy}")


@pytest.mark.parametrize("file", ["core/cost.py", "networks/shufflenet.py"])
def test_the_check_sees_an_import_hidden_in_one_file(file, tmp_path):
    """A copy of the package with one import too many turns the check red."""
    shutil.copytree(ROOT / "formulas", tmp_path / "formulas")
    (tmp_path / "a_heavy_library.py").touch()
    with (tmp_path / "formulas" / file).open("a") as source:
        source.write("\nimport a_heavy_library\n")
    assert foreign_modules("import formulas", tmp_path) == {"a_heavy_library"}


def test_the_names_offered_exist_and_are_in_order():
    assert sorted(formulas.__all__) == formulas.__all__
    assert all(hasattr(formulas, name) for name in formulas.__all__)


def test_the_documents_formulas_are_offered():
    documented = {"standard", "group", "depthwise", "pointwise", "fc", "separable"}
    assert documented <= set(formulas.__all__)
