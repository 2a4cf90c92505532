"""The rules of the architecture as functions of a folder, so that a broken tree can be tried.

Each returns sentences: what breaks the rule and where. An empty list is a good tree.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

OURS = ("formulas", "reports", "complexity")
STANDARD = frozenset(sys.stdlib_module_names)
HEAVY = {"torch", "fvcore"}

# Which other packages the files of a folder may import. The longest folder that fits counts.
ALLOWED: dict[str, set[str]] = {
    "formulas": {"formulas", "sympy"},
    "reports": {
        "formulas", "reports", "pandas", "tabulate", "matplotlib", "plotly", "jinja2", "tomli",
    },
    "complexity": {
        "formulas", "reports", "complexity", "click", "torch", "fvcore", "numpy", "joblib", "ray",
        "distributed", "pytest", "thop", "ptflops", "torchinfo",
    },
}  # fmt: skip
# Files that must be quick to load: no torch while they are imported.
LIGHT = (
    "complexity/__init__.py",
    "complexity/__main__.py",
    "complexity/asking.py",
    "complexity/budgeting.py",
    "complexity/budgets.py",
    "complexity/cli.py",
    "complexity/closed_formulas.py",
    "complexity/commands/",
    "complexity/deriving.py",
    "complexity/errors.py",
    "complexity/grid_options.py",
    "complexity/grids.py",
    "complexity/options.py",
    "complexity/pytest_plugin.py",
    "complexity/ranges.py",
    "complexity/searching.py",
    "complexity/settings.py",
    "complexity/subjects.py",
    "complexity/sweeping.py",
    "complexity/templates.py",
)
# Libraries that load when used, never with the module; but frames.py itself loads when used.
LATE = {
    "pandas", "tabulate", "numpy", "matplotlib", "plotly", "joblib", "ray", "distributed",
    "jinja2", "tomli", "sympy", "thop", "ptflops", "torchinfo",
}  # fmt: skip
LATE_EXCEPT = ("reports/frames.py",)
# The order inside ``complexity``: a file imports nothing that stands behind it here.
LAYERS = (
    "errors",
    "settings",
    "registry",
    "clock",
    "measuring",
    "tracing",
    "models",
    "reading_products",
    "reading_operations",
    "reading_modules",
    "reading",
    "comparing",
    "noting",
    "analysis",
    "timing",
    "fvcore_habits",
    "witnesses",
    "checking",
    "bridging",
    "inputs",
    "default_inputs",
    "loading",
    "subjects",
    "ranges",
    "budgets",
    "budgeting",
    "grids",
    "templates",
    "sweeping",
    "searching",
    "feeding",
    "generalizing",
    "stepping",
    "bounding",
    "fitting",
    "closed_formulas",
    "deriving",
    "pytest_plugin",
    "options",
    "asking",
    "grid_options",
    "commands",
    "cli",
    "__main__",
)
# What runs a model may know how a cost and a shape are written, and no formula.
MEASURES = ("formulas.cost.", "formulas.quantities.", "formulas.traffic.")
# Where the table joins descriptions to formulas; a formula itself knows no description.
JOINING = ("formulas/__init__.py", "formulas/applying.py", "formulas/table.py")
# What proves the formulas may not know them: closed forms and real networks are two roads.
BLIND = {
    "complexity/tracing/operators.py": "formulas",
    "complexity/tracing/classes.py": "formulas",
    **{
        f"complexity/models/{family}.py": "formulas"
        for family in (
            "blocks", "mobilenet", "mobilenetv2", "shufflenet", "shufflenetv2", "squeezenet",
        )
    },
}  # fmt: skip
MOST_LINES = 300


def sources(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every file of our packages below ``root``: its path with slashes, and what it says."""
    for package in OURS:
        for path in sorted((root / package).rglob("*.py")):
            yield path.relative_to(root).as_posix(), ast.parse(path.read_text())


def imports(tree: ast.AST, *, when_loaded: bool = False) -> Iterator[str]:
    """Dotted names that are imported; with ``when_loaded`` not those inside of functions.

    What stands below ``if TYPE_CHECKING`` is for readers and is never imported.
    """
    for node in ast.iter_child_nodes(tree):
        if when_loaded and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names)
        yield from imports(node, when_loaded=when_loaded)


def top(name: str) -> str:
    return name.split(".")[0]


def forbidden_imports(root: Path) -> list[str]:
    """Imports against the arrow ``formulas <- reports <- complexity``, or of a stranger."""
    found = []
    for path, tree in sources(root):
        allowed = ALLOWED[path.split("/")[0]] | STANDARD
        for name in imports(tree):
            if top(name) not in allowed:
                found.append(f"{path} may not import {name}")
    return found


def eager_imports(root: Path) -> list[str]:
    """Heavy libraries that load with a module that must be quick."""
    found = []
    for path, tree in sources(root):
        banned = HEAVY | LATE if path.startswith(LIGHT) else LATE
        if path in LATE_EXCEPT:
            continue
        for name in imports(tree, when_loaded=True):
            if top(name) in banned:
                found.append(f"{path} may import {name} only inside a function")
    return found


def backward_imports(root: Path) -> list[str]:
    """Imports inside ``complexity`` of a part that stands behind."""
    found = []
    for path, tree in sources(root):
        part = path.removesuffix(".py").split("/")[1]
        if not path.startswith("complexity/") or part not in LAYERS:
            continue
        behind = LAYERS[LAYERS.index(part) + 1 :]
        for name in imports(tree):
            parts = name.split(".")
            if parts[0] == "complexity" and len(parts) > 1 and parts[1] in behind:
                found.append(f"{path} may not import {name}, which stands behind it")
    return found


def roads_that_meet(root: Path) -> list[str]:
    """Files of the traced road that look at the formulas."""
    return [
        f"{path} may not know {BLIND[path]}, which it proves: {name}"
        for path, tree in sources(root)
        for name in imports(tree)
        if path in BLIND and top(name) == BLIND[path]
    ]


def formulas_that_are_traced(root: Path) -> list[str]:
    """Files of the tracing that look at more of the formulas than how a cost is written."""
    return [
        f"{path} may know of formulas only what a cost is: {name}"
        for path, tree in sources(root)
        for name in imports(tree)
        if path.startswith(("complexity/tracing/", "complexity/registry"))
        if top(name) == "formulas" and not name.startswith(MEASURES)
    ]


def formulas_that_know_layers(root: Path) -> list[str]:
    """Formulas that know a description: they take numbers, and are applied in one place."""
    return [
        f"{path} may not import {name}: see formulas/applying.py"
        for path, tree in sources(root)
        for name in imports(tree)
        if path.count("/") == 1 and path.startswith("formulas/") and path not in JOINING
        if name.startswith("formulas.layers")
    ]


def parts_without_order(root: Path) -> list[str]:
    """Parts of ``complexity`` that ``LAYERS`` does not place."""
    parts = {path.removesuffix(".py").split("/")[1] for path, _ in sources(root)
             if path.startswith("complexity/")}  # fmt: skip
    return [f"complexity/{part} has no place in LAYERS" for part in sorted(parts - {*LAYERS})
            if part != "__init__"]  # fmt: skip


# Where a file's tests lie, if not in ``tests/<its folder>/test_<its name>.py``.
TESTED_IN = {
    "complexity/asking.py": "tests/complexity/test_cli.py",
    "complexity/commands/__init__.py": "tests/complexity/test_cli.py",
    **{
        f"complexity/commands/{name}.py": "tests/complexity/test_cli.py"
        for name in ("report", "check", "compare", "explain", "list")
    },
    "complexity/bridging/__init__.py": "tests/complexity/bridging/test_bridge.py",
    "complexity/loading.py": "tests/complexity/any_model/test_loading.py",
    "complexity/registry.py": "tests/complexity/any_model/test_registering.py",
    "complexity/errors.py": "tests/complexity/test_analysis_refusals.py",
    "complexity/__main__.py": "tests/complexity/test_main.py",
    "complexity/__init__.py": "tests/complexity/test_init.py",
    "complexity/reading_products.py": "tests/complexity/test_reading_operations.py",
    "complexity/tracing/__init__.py": "tests/complexity/tracing/test_trace.py",
    **{
        f"complexity/tracing/answers/{name}.py": "tests/complexity/tracing/answers/test_answers.py"
        for name in ("__init__", "movement", "norms", "pointwise", "products", "shaping")
    },
    "complexity/models/": "tests/complexity/models/test_two_roads.py",
    "reports/__init__.py": "tests/test_architecture.py",
}


def test_file(path: str) -> str:
    """Where the tests of a file of ours lie."""
    for place, found in TESTED_IN.items():
        if path == place or (place.endswith("/") and path.startswith(place)):
            return found
    folder, _, name = path.rpartition("/")
    return f"tests/{folder}/test_{name}"


def files_without_tests(root: Path) -> list[str]:
    """Files of ``reports`` and ``complexity`` without a test file."""
    return [
        f"{path} has no {test_file(path)}"
        for path, _ in sources(root)
        if not path.startswith("formulas/") and not (root / test_file(path)).is_file()
    ]


def long_files(root: Path, *folders: str) -> list[str]:
    """Files of ``MOST_LINES`` lines or more."""
    found = []
    for folder in folders or OURS:
        for path in sorted((root / folder).rglob("*.py")):
            count = len(path.read_text().splitlines())
            if count >= MOST_LINES:
                found.append(f"{path.relative_to(root).as_posix()} has {count} lines")
    return found


def packages_on_disk(root: Path) -> set[str]:
    """Every folder of ours with Python in it, as a dotted name."""
    return {
        ".".join(path.parent.relative_to(root).parts)
        for package in OURS
        for path in (root / package).rglob("*.py")
    }


def folders_without_init(root: Path) -> list[str]:
    return [
        f"{package} has no __init__.py"
        for package in sorted(packages_on_disk(root))
        if not (root / package.replace(".", "/") / "__init__.py").exists()
    ]
