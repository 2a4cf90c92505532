"""The shape of the code: imports go one way, and a new kind of layer is complete."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import formulas
import reports
from formulas.core.expressions import Expression
from formulas.kinds import KINDS
from formulas.networks import NETWORKS
from tests import kind_steps, rules
from tests.paths import ROOT, read_toml

HEAVY = ("torch", "pandas", "numpy", "fvcore", "sympy")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh process has loaded after ``code``."""
    program = f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def command(*arguments: str) -> str:
    return (
        "from complexity.cli import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit as done: assert done.code == 0, done.code"
    )


@pytest.mark.parametrize(
    "rule",
    [
        rules.forbidden_imports,
        rules.eager_imports,
        rules.backward_imports,
        rules.import_circles,
        rules.parts_without_order,
        rules.roads_that_meet,
        rules.formulas_that_are_traced,
        rules.formulas_that_know_layers,
        rules.files_without_tests,
        rules.long_files,
        rules.folders_without_init,
    ],
    ids=lambda rule: rule.__name__,
)
def test_the_tree_keeps_the_rule(rule):
    assert rule(ROOT) == []


def test_the_rules_look_at_every_file():
    seen = {path for path, _ in rules.sources(ROOT)}
    assert {
        "formulas/core/cost.py",
        "reports/model/report.py",
        "complexity/tracing/recording/recorder.py",
    } <= seen
    assert all(any(path.startswith(light) for path in seen) for light in rules.LIGHT)
    assert set(rules.BLIND) <= seen
    assert all(any(path.startswith(place) for path in seen) for place in rules.TESTED_IN)
    assert all(
        (ROOT / package / f"{part}.py").exists() or (ROOT / package / part).is_dir()
        for package, order in rules.ORDER.items()
        for part in order.split()
    )
    assert {f"complexity/models/{name}.py" for name in NETWORKS} <= set(rules.BLIND)


def test_the_tests_and_benchmarks_of_this_tree_are_short_too():
    assert rules.long_files(ROOT, "tests", "benchmarks") == []


@pytest.mark.parametrize(
    "code",
    [
        "import formulas",
        "import formulas; formulas.network('mobilenet', alpha=0.5).cost",
        "import reports",
        "import complexity",
        "import complexity.cli",
        command("report", "mobilenet", "--alpha", "0.5", "--res", "160", "--no-trace"),
        command("report", "shufflenet", "--no-trace", "--format", "json"),
        command("compare", "squeezenet", "mobilenetv2", "--no-trace"),
        command("explain", "mobilenet", "fc"),
        command("report", "mobilenet", "--no-trace", "--format", "latex"),
        command("roofline"),
        command("roofline", "mobilenet", "--device", "t4", "--no-trace"),
        command("formula", "mobilenet", "--variant", "paper"),
        command("diff", "shufflenet", "shufflenetv2", "--no-trace"),
        "import complexity.pytest_plugin",
        "import complexity; complexity.derive('shufflenetv2')",
        command("report", "mobilenetv2", "--no-trace", "--memory", "--bytes-as", "float16"),
        command("guidelines", "mobilenetv2", "--no-trace"),
        command("list"),
    ],
    ids=lambda code: code.splitlines()[-2][4:] if "main" in code else code,
)
def test_a_fresh_process_loads_nothing_heavy(code):
    loaded = loaded_by(code)
    assert loaded & set(rules.OURS)
    assert loaded.isdisjoint(HEAVY), sorted(loaded & set(HEAVY))


@pytest.mark.parametrize(
    "words",
    [
        ("sweep", "mobilenet", "--alpha", "0.5,0.75", "--res", "64"),
        ("search", "shufflenet", "--macs", "9G", "--format", "csv"),
    ],
    ids=" ".join,
)
def test_a_sweep_by_formulas_loads_numpy_and_nothing_heavier(words):
    loaded = loaded_by(command(*words))
    assert loaded & {*HEAVY, "joblib", "matplotlib", "plotly"} == {"numpy"}


def test_json_does_not_even_load_tabulate():
    loaded = loaded_by(command("report", "mobilenet", "--no-trace", "--format", "json"))
    assert "tabulate" not in loaded
    assert "click" in loaded


def test_a_report_is_quick_because_formulas_load_only_the_standard_library():
    ours = {name.split(".")[0] for name in loaded_by("import formulas") - loaded_by("pass")}
    assert ours - {"formulas"} <= rules.STANDARD


def test_the_packages_that_are_shipped_are_those_on_disk():
    pyproject = read_toml(ROOT / "pyproject.toml")
    listed = pyproject["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(set(listed))
    assert set(listed) == rules.packages_on_disk(ROOT)


def test_data_files_are_shipped():
    shipped = read_toml(ROOT / "pyproject.toml")["tool"]["setuptools"]["package-data"]
    there = {
        path.relative_to(ROOT).as_posix()
        for package in rules.OURS
        for path in (ROOT / package).rglob("*.*")
        if path.suffix not in (".py", ".pyc")
    }
    assert there == {f"{package.replace('.', '/')}/{name}"
                     for package, names in shipped.items() for name in names}  # fmt: skip


@pytest.mark.parametrize("name", rules.OURS)
def test_the_package_under_test_is_the_one_in_this_tree(name):
    module = importlib.import_module(name)
    assert Path(module.__file__).parent == ROOT / name


@pytest.mark.parametrize("name", sorted(rules.packages_on_disk(ROOT)))
def test_every_public_name_exists_and_is_listed_once(name):
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [])
    assert all(hasattr(module, each) for each in names)
    assert len(set(names)) == len(names)
    assert module.__doc__


def test_the_doors_name_what_they_offer():
    for module in (formulas, reports):
        offered = {name for name, value in vars(module).items() if _is_ours(value, module)}
        assert offered <= set(module.__all__)


def _is_ours(value: object, module: object) -> bool:
    origin = getattr(value, "__module__", None)
    return callable(value) and isinstance(origin, str) and origin.startswith(module.__name__)


# A new kind of layer: each test names the step of CONTRIBUTING.md that was forgotten.


@pytest.mark.parametrize("kind", KINDS)
def test_step_1_a_kind_has_a_file_with_its_formula_its_expression_and_its_words(kind):
    module = importlib.import_module(f"formulas.counters.{kind_steps.file_of(kind)}")
    functions = [
        value
        for value in vars(module).values()
        if callable(value) and getattr(value, "__module__", "") == module.__name__
    ]
    place = f"formulas/counters/{kind_steps.file_of(kind)}.py"
    assert functions, f"step 1: {place} has no formula for {kind!r}"
    assert all(f.__doc__ and ">>>" in f.__doc__ for f in functions if f.__name__[0] != "_"), (
        f"step 1: a formula in {place} has no worked number"
    )
    expression = KINDS[kind].expression
    assert isinstance(expression, Expression)
    assert expression.words.endswith("."), f"step 1: {kind!r} is not explained in words"


@pytest.mark.parametrize("kind", KINDS)
def test_step_4_a_kind_is_read_from_a_real_module_of_the_samples(kind):
    assert kind_steps.sample_of(kind)


def test_step_4_a_class_that_is_read_has_a_sample():
    from complexity.closed_form.describe import READERS
    from tests.complexity.closed_form.samples import CLASS_SAMPLES

    missing = {of.__name__ for of in READERS.keys() - CLASS_SAMPLES.keys()}
    assert not missing, f"step 4: add {sorted(missing)} to tests/complexity/closed_form/samples.py"
    assert all(type(model) is of for of, (model, _) in CLASS_SAMPLES.items())


def test_step_4_an_operation_that_is_read_has_a_case():
    from complexity.closed_form.operators import READERS
    from tests.complexity.closed_form.operation_samples import OPERATIONS

    missing = READERS.keys() - {operation for operation, *_ in OPERATIONS}
    assert not missing, (
        f"step 4: add {sorted(missing)} to tests/complexity/closed_form/test_operators.py"
    )


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("fc", "fc"), ("outer", "matmul"), ("matmul", "matmul"), ("attention", "attention"),
        *((cell, "recurrent") for cell in ("lstm", "gru", "rnn")),
        *((norm, "normalization") for norm in ("batch_norm", "layer_norm", "group_norm",
                                               "instance_norm")),
        *((kind, "elementwise") for kind in ("activation", "addition", "elementwise", "reduction")),
        *((kind, "data_movement") for kind in ("copy", "concatenation", "channel_shuffle")),
        *((f"{kind}_pool", "pooling") for kind in ("max", "avg", "adaptive_max", "adaptive_avg")),
    ],
)  # fmt: skip
def test_kinds_that_share_a_formula_share_its_file(kind, file):
    assert kind_steps.file_of(kind) == file


@pytest.mark.parametrize("kind", KINDS)
def test_step_5_a_kind_has_a_test_file(kind):
    assert kind_steps.test_of(kind).exists()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_has_its_closed_form_and_its_real_module(name):
    from complexity.models import BUILDERS

    assert (ROOT / "formulas" / "networks" / f"{name}.py").exists()
    assert (ROOT / "complexity" / "models" / f"{name}.py").exists()
    assert name in BUILDERS
