"""The rules of the architecture as functions of a folder, so that a broken tree can be tried.

Each returns sentences: what breaks the rule and where. An empty list is a good tree.
"""

import ast
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
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
    "complexity/budgets/",
    "complexity/cli/",
    "complexity/errors.py",
    "complexity/grid/",
    "complexity/pytest_plugin.py",
    "complexity/run_options.py",
    "complexity/symbolic/derive.py",
    "complexity/symbolic/network_formula.py",
    "complexity/targets/execute.py",
    "complexity/targets/request.py",
    "complexity/targets/template.py",
)
# Libraries that load when used, never with the module; but frames.py itself loads when used.
LATE = {
    "pandas", "tabulate", "numpy", "matplotlib", "plotly", "joblib", "ray", "distributed",
    "jinja2", "tomli", "sympy", "thop", "ptflops", "torchinfo",
}  # fmt: skip
LATE_EXCEPT = ("reports/export/dataframe.py",)
# The order inside each package: a part imports only parts that stand left of it.
ORDER = {
    "formulas": "core symbolic bounds counters layers adapters kinds networks",
    "reports": "render model text export plots roofline timing guidelines diff html",
    "complexity": "errors registry run_options tracing models closed_form analysis interop profiling "
    "targets "
    "budgets grid symbolic pytest_plugin cli __main__",
    "complexity/tracing": "ops recording torch_state isolation engines observers instrumentation run",
}
# What runs a model may know how a cost and a shape are written, and no formula.
MEASURES = ("formulas.core.",)
# What proves the formulas may not know them: closed forms and real networks are two roads.
BLIND = {
    "complexity/tracing/ops/cost_rules.py": "formulas",
    "complexity/tracing/ops/op_categories.py": "formulas",
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
    """Imports of a part that stands to the right in ``ORDER``, in functions too."""
    return [
        f"{path} may not import {name}, which stands behind it in {package}"
        for path, tree in sources(root)
        for package, order in ORDER.items()
        if (part := part_of(path, package)) in order.split()
        for name in imports(tree)
        if part_of(name.replace(".", "/"), package)
        in order.split()[order.split().index(part) + 1 :]
    ]


def part_of(path: str, package: str) -> str:
    """The part of ``package`` that a file or a dotted name lies in; empty if it lies elsewhere."""
    if not path.startswith(f"{package}/"):
        return ""
    return path.removeprefix(f"{package}/").removesuffix(".py").split("/")[0]


def targets(root: Path, tree: ast.AST) -> Iterator[str]:
    """The files of ours that ``tree`` imports, in functions too."""
    for name in imports(tree):
        for module in (name, name.rpartition(".")[0]):
            path = module.replace(".", "/")
            for file in (f"{path}.py", f"{path}/__init__.py"):
                if module and (root / file).is_file():
                    yield file
                    break
            else:
                continue
            break


def import_circles(root: Path, packages: tuple[str, ...] = ("reports",)) -> list[str]:
    """Files of ``packages`` that import each other in a circle, in functions too."""
    graph = {
        path: {each for each in targets(root, tree) if each.startswith(packages)} - {path}
        for path, tree in sources(root)
        if path.startswith(packages)
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" imports ".join(reversed(error.args[1]))]
    return []


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
    """Counters that know a layer spec: they take numbers, and a spec applies them."""
    return [
        f"{path} may not import {name}"
        for path, tree in sources(root)
        for name in imports(tree)
        if path.startswith(("formulas/core/", "formulas/counters/"))
        if name.startswith("formulas.layers")
    ]


def parts_without_order(root: Path) -> list[str]:
    """Parts of a package that ``ORDER`` does not place."""
    found = {
        (package, part)
        for path, _ in sources(root)
        for package, order in ORDER.items()
        if (part := part_of(path, package)) not in ("", "__init__", *order.split())
    }
    return [f"{package}/{part} has no place in ORDER" for package, part in sorted(found)]


# Where a file's tests lie, if not in ``tests/<its folder>/test_<its name>.py``.
TESTED_IN = {
    "complexity/tracing/__init__.py": "tests/complexity/tracing/test_trace.py",
    "formulas/adapters.py": "tests/formulas/test_kinds.py",
    "formulas/symbolic/printing.py": "tests/formulas/symbolic/test_polynomial.py",
    "reports/__init__.py": "tests/test_public_names.py",
    "complexity/closed_form/products.py": "tests/complexity/closed_form/test_operators.py",
    "complexity/tracing/engines/shape_rules/": "tests/complexity/tracing/engines/shape_rules/"
    "test_shape_rules.py",
    "complexity/models/": "tests/complexity/models/test_two_roads.py",
    "formulas/layers/": "tests/formulas/layers/test_layers.py",
}


def test_file(path: str) -> str:
    """Where the tests of a file of ours lie."""
    for place, found in TESTED_IN.items():
        if path.startswith(place):
            return found
    folder, _, name = path.rpartition("/")
    return f"tests/{folder}/test_{name.replace('__', '')}"


def files_without_tests(root: Path) -> list[str]:
    """Files with more than a docstring that have no test file."""
    return [
        f"{path} has no {test_file(path)}"
        for path, tree in sources(root)
        if len(tree.body) > 1 and not (root / test_file(path)).is_file()
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
