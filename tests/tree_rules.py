"""Rules of the tests' own tree, as functions of a folder, so that a broken tree can be tried."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.rules import imports


def sources_of_tests(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every file of the tests: its path with slashes, and its syntax tree."""
    for path in sorted((root / "tests").rglob("*.py")):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text())


def is_test_module(root: Path, name: str) -> bool:
    """Whether the dotted ``name`` is a file of tests below ``root``."""
    file = root.joinpath(*name.split(".")).with_suffix(".py")
    return file.name.startswith("test_") and file.is_file()


def imported_tests(root: Path) -> list[str]:
    """Imports of a test module: shared things stand in helper modules."""
    return [
        f"{path} may not import {name}"
        for path, tree in sources_of_tests(root)
        for name in imports(tree)
        if any(is_test_module(root, parts) for parts in (name, name.rpartition(".")[0]))
    ]


def roots_of_their_own(root: Path) -> list[str]:
    """Tests that find the repository by their own place, which may change."""
    return [
        f"{path} uses __file__: see tests/paths.py"
        for path, tree in sources_of_tests(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "__file__" and path != "tests/paths.py"
    ]
