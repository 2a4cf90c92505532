"""The map of the tree in CONTRIBUTING.md, made from the first lines of the package docstrings.

``python -m tests.tree_map --update`` writes it.
"""

import ast
import re
import sys
from pathlib import Path

from tests.paths import ROOT
from tests.rules import OURS

PAGE = ROOT / "CONTRIBUTING.md"
MAP = re.compile(r"(?<=<!-- map -->\n```text\n).*?(?=```\n<!-- end of map -->)", re.S)
# Folders that are no package of the product.
BESIDE = {
    "benchmarks/": "This tool beside other counters; writes docs/benchmark.*.",
    "tests/": "Mirrors the packages; published numbers in tests/golden.",
}
WIDTH = 100


def map_of(root: Path) -> str:
    """The packages below ``root``, one line each: path and the first line of the docstring."""
    lines = []
    for package in OURS:
        for file in sorted((root / package).rglob("__init__.py")):
            folder = file.parent.relative_to(root).as_posix() + "/"
            words = (ast.get_docstring(ast.parse(file.read_text())) or "").splitlines()
            lines.append((folder, words[0] if words else ""))
    lines += BESIDE.items()
    return "".join(f"{folder:<38}{words}\n" for folder, words in lines)


def main() -> None:
    """Write the map into CONTRIBUTING.md."""
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: python -m tests.tree_map --update")
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MAP.sub(lambda _: map_of(ROOT), text), encoding="utf-8")


if __name__ == "__main__":
    main()
