"""Rules of names and docstrings, as functions of a folder, so that a broken tree can be tried.

``python -m tests.docstring_rules formulas/core`` lists what a folder breaks.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.paths import ROOT
from tests.rules import sources

Function = ast.FunctionDef | ast.AsyncFunctionDef
# Words that are no name of a function: participles without the noun that they belong to.
PARTICIPLES = frozenset(
    "told met lent given said asked kept made seen held fed taken left shown found done written "
    "borrowed filed joined counted noted spoken stored worn paired laid spread".split()
)
PARTICIPLE_MODULE = re.compile(r"^[a-z]+ing$")
# Nouns of the field that happen to end like a participle.
NOUNS = frozenset(
    "timing training pooling embedding escaping printing fitting recording string".split()
)


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """The functions of a module and the methods of its classes, with their dotted names."""
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, Function):
                    yield f"{node.name}.{each.name}", each


def parameters(function: Function) -> list[str]:
    """The names of the parameters of ``function``, without ``self``, ``cls`` and private ones."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [each.arg for each in named if each.arg not in ("self", "cls") and each.arg[0] != "_"]


def is_public(name: str) -> bool:
    """Whether no part of the dotted ``name`` begins with an underscore."""
    return not any(part.startswith("_") for part in name.split("."))


def undocumented_parameters(root: Path, folder: str = "") -> list[str]:
    """Public functions without a docstring, or with one that does not name a parameter.

    Methods of classes need a docstring of their own only with two parameters or more.
    """
    found = []
    for path, tree in sources(root):
        if not path.startswith(folder) or "complexity/models/" in path:
            continue
        for name, function in functions(tree):
            words, given = ast.get_docstring(function) or "", parameters(function)
            if not is_public(name) or ("." in name and len(given) < 2):
                continue
            if not words:
                found.append(f"{path}: {name} has no docstring")
            missing = [each for each in given if not re.search(rf"\b{re.escape(each)}\b", words)]
            if words and missing:
                found.append(f"{path}: {name} does not name {', '.join(missing)}")
            if words and len(given) >= 2 and "Parameters\n---" not in words:
                found.append(f"{path}: {name} has no section of parameters")
    return found


def riddles(root: Path, folder: str = "") -> list[str]:
    """Docstrings that open with What or Whether, except ``Whether`` of a predicate."""
    found = []
    for path, tree in sources(root):
        if not path.startswith(folder):
            continue
        texts = [("the module", ast.get_docstring(tree) or "")]
        texts += [
            (node.name, ast.get_docstring(node) or "")
            for node in ast.walk(tree)
            if isinstance(node, (*Function.__args__, ast.ClassDef))
        ]
        for name, words in texts:
            predicate = re.match(r"_?(is|has|are|can|must|should|needs)_", name)
            if words.startswith("What ") or (words.startswith("Whether ") and not predicate):
                found.append(f"{path}: {name} opens with {words.split()[0]}")
    return found


def bare_participles(root: Path, folder: str = "") -> list[str]:
    """Modules and public functions whose name is a participle without its noun."""
    found = []
    for path, tree in sources(root):
        if not path.startswith(folder):
            continue
        stem = Path(path).stem
        if PARTICIPLE_MODULE.match(stem) and stem not in NOUNS:
            found.append(f"{path} has a participle as its name")
        found += [
            f"{path}: {name} has a participle as its name"
            for name, _ in functions(tree)
            if name.lower().rpartition(".")[2].strip("_") in PARTICIPLES
        ]
    return found


RULES = (undocumented_parameters, riddles, bare_participles)

if __name__ == "__main__":
    for place in sys.argv[1:] or [""]:
        for rule in RULES:
            print("\n".join(rule(ROOT, place)))
