"""Each rule of the architecture goes red on a copy of the tree with one line more."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from formulas.kinds import KINDS
from tests import kind_steps, rules
from tests.paths import ROOT

PLANTED = [
    (rules.forbidden_imports, "formulas/core/cost.py", "import numpy", "import numpy"),
    (rules.forbidden_imports, "formulas/core/cost.py", "def f():\n    import torch", "import torch"),
    (rules.forbidden_imports, "formulas/kinds.py", "from reports.model.report import LayerRow",
     "import reports.model.report.LayerRow"),
    (rules.forbidden_imports, "formulas/networks/builder.py", "from ... import x", "import ....x"),
    (rules.forbidden_imports, "reports/model/report.py", "import torch.nn as nn", "import torch.nn"),
    (rules.forbidden_imports, "reports/model/report.py", "def f():\n    from complexity import check",
     "import complexity.check"),
    (rules.forbidden_imports, "complexity/analysis.py", "import pandas", "import pandas"),
    (rules.eager_imports, "complexity/cli/__init__.py", "import torch", "import torch"),
    (rules.eager_imports, "complexity/__init__.py", "if True:\n    from fvcore.nn import x",
     "import fvcore.nn.x"),
    (rules.eager_imports, "reports/render/table_writers.py", "import tabulate", "import tabulate"),
    (rules.backward_imports, "complexity/tracing/recording/recorder.py",
     "from complexity.closed_form.describe import describe", "complexity.closed_form.describe.describe"),
    (rules.backward_imports, "complexity/analysis.py", "from complexity import cli",
     "complexity.cli"),
    (rules.roads_that_meet, "complexity/tracing/ops/cost_rules.py", "from formulas import standard",
     "formulas.standard"),
    (rules.roads_that_meet, "complexity/models/mobilenet.py",
     "def f():\n    from formulas.networks.mobilenet import SEPARABLES",
     "formulas.networks.mobilenet.SEPARABLES"),
    (rules.roads_that_meet, "complexity/tracing/ops/op_categories.py", "import formulas.kinds",
     "formulas.kinds"),
    (rules.formulas_that_are_traced, "complexity/tracing/recording/recorder.py",
     "def f():\n    from formulas.kinds import count", "formulas.kinds.count"),
    (rules.formulas_that_are_traced, "complexity/tracing/recording/records.py",
     "from formulas.layers import Conv", "formulas.layers.Conv"),
    (rules.formulas_that_know_layers, "formulas/counters/fc.py", "from formulas.layers import Linear",
     "formulas.layers.Linear"),
    (rules.eager_imports, "complexity/targets/request.py", "import torch", "import torch"),

    (rules.backward_imports, "complexity/registry.py", "from complexity.tracing import trace",
     "complexity.tracing.trace"),
    (rules.long_files, "reports/render/number_format.py", "\n" * rules.MOST_LINES, "lines"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "path", "line", "words"),
    PLANTED,
    ids=[f"{rule.__name__} {path}" for rule, path, _, _ in PLANTED],
)
def test_a_rule_of_the_architecture_goes_red_and_names_the_file(tmp_path, rule, path, line, words):
    for package in rules.OURS:
        shutil.copytree(ROOT / package, tmp_path / package)
    before = rule(tmp_path)
    with (tmp_path / path).open("a") as file:
        file.write(f"\n{line}\n")
    (found,) = [each for each in rule(tmp_path) if each not in before]
    assert found.startswith(path)
    assert words in found


@pytest.mark.parametrize(
    ("rule", "path", "words"),
    [
        (rules.parts_without_order, "complexity/new.py", "complexity/new has no place in ORDER"),
        (rules.parts_without_order, "complexity/new/__init__.py",
         "complexity/new has no place in ORDER"),
        (rules.files_without_tests, "complexity/new.py",
         "complexity/new.py has no tests/complexity/test_new.py"),
        (rules.files_without_tests, "complexity/tracing/new.py",
         "complexity/tracing/new.py has no tests/complexity/tracing/test_new.py"),
        (rules.files_without_tests, "reports/new.py",
         "reports/new.py has no tests/reports/test_new.py"),
    ],
)  # fmt: skip
def test_a_new_file_that_was_forgotten_somewhere_is_named(tmp_path, rule, path, words):
    for package in (*rules.OURS, "tests"):
        shutil.copytree(ROOT / package, tmp_path / package)
    before = rule(tmp_path)
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text('"""New."""\nLINE = 1\n')
    assert [each for each in rule(tmp_path) if each not in before] == [words]


def test_an_import_for_the_type_checker_alone_is_none(tmp_path):
    (tmp_path / "formulas").mkdir()
    file = tmp_path / "formulas" / "a.py"
    file.write_text("if TYPE_CHECKING:\n    import torch\n")
    assert rules.forbidden_imports(tmp_path) == []
    file.write_text("if not_type_checking:\n    import torch\n")
    assert rules.forbidden_imports(tmp_path) == ["formulas/a.py may not import torch"]


def test_a_package_that_is_not_listed_is_seen(tmp_path):
    (tmp_path / "formulas" / "new").mkdir(parents=True)
    (tmp_path / "formulas" / "__init__.py").write_text("")
    (tmp_path / "formulas" / "new" / "file.py").write_text("")
    assert rules.packages_on_disk(tmp_path) == {"formulas", "formulas.new"}
    assert rules.folders_without_init(tmp_path) == ["formulas.new has no __init__.py"]


def test_a_kind_without_file_sample_or_test_is_named_by_its_forgotten_step(monkeypatch):
    from formulas.core.expressions import Expression

    new = replace(KINDS["fc"], expression=Expression(words="A new one."))
    monkeypatch.setitem(KINDS, "new kind", new)
    with pytest.raises(AssertionError, match=r"step 1: the expression of 'new kind'"):
        kind_steps.file_of("new kind")
    with pytest.raises(AssertionError, match=r"step 4: no real module for 'new kind'"):
        kind_steps.sample_of("new kind")
    monkeypatch.setattr(kind_steps, "ROOT", Path("/nowhere"))
    with pytest.raises(
        AssertionError, match=r"step 5: 'fc' has no /nowhere/tests/formulas/counters/test_fc\.py"
    ):
        kind_steps.test_of("fc")


def test_a_circle_of_imports_is_named_with_its_files(tmp_path):
    folder = tmp_path / "reports" / "model"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text("from reports.model import b\n")
    (folder / "b.py").write_text("import reports.model.c\n")
    (folder / "c.py").write_text("x = 1\n")
    assert rules.import_circles(tmp_path) == []
    (folder / "c.py").write_text("def f():\n    from reports.model.a import x\n")
    (found,) = rules.import_circles(tmp_path)
    assert all(f"reports/model/{name}.py" in found for name in "abc")
