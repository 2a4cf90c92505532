"""The rows of a report as a tree of modules, nested like their paths."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from formulas.core.cost import Cost
from reports.model.report import LayerRow, ModelReport
from reports.model.totals import Group, grouped

ITSELF = "(itself)"


@dataclass(frozen=True)
class Part:
    """A module with everything in it, or one row if ``row`` is set.

    ``label`` is the path relative to that of ``parent``, which is an index in the list of all
    parts, or None for the whole model.
    """

    label: str
    path: str
    parent: int | None
    group: Group
    row: LayerRow | None = None


def module_tree(report: ModelReport) -> list[Part]:
    """The modules and rows of ``report``, each after its parent, in the order of execution.

    Every row is a leaf, so that a module is the sum of its parts: ``a``, ``a.b`` and ``a.c`` are a
    module ``a`` of three rows, the first of them called "(itself)". A module with a single part is
    merged with it.
    """
    found = [Part(report.name, "", None, _group(report.name, report.layers))]
    _add(found, 0, [(tuple(row.name.split(".")), row) for row in report.layers], 0)
    return found


Placed = tuple[tuple[str, ...], LayerRow]


def _add(found: list[Part], parent: int, rows: Sequence[Placed], depth: int) -> None:
    """Append the parts below ``parent``, whose own path has ``depth`` names, to ``found``."""
    together: dict[str, list[Placed]] = {}
    for words, row in rows:
        if len(words) == depth:
            found.append(Part(ITSELF, row.name, parent, _group(row.name, [row]), row))
        else:
            together.setdefault(words[depth], []).append((words, row))
    for inside in together.values():
        words, row = inside[0]
        abreast = zip(*(names for names, _ in inside), strict=False)
        end = sum(1 for _ in takewhile(lambda names: len({*names}) == 1, abreast))
        label, path = ".".join(words[depth:end]), ".".join(words[:end])
        group = _group(path, [each for _, each in inside])
        if len(inside) == 1:
            found.append(Part(label, path, parent, group, row))
        else:
            found.append(Part(label, path, parent, group))
            _add(found, len(found) - 1, inside, end)


def _group(name: str, rows: Sequence[LayerRow]) -> Group:
    return next(iter(grouped(rows, lambda _: name)), Group(name, 0, Cost()))
