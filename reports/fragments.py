"""Blocks of a model, found from its rows: what runs side by side in them, and in how many pieces.

A block is a module in which tensors are joined: added or concatenated. Rows that lie in several
belong to the innermost. A branch begins where a row takes something of another size than the row
before it gave. Rows tell no more than sizes, so there are at least so many branches: two that hand
on the size that both take look like one. It is right for the blocks of the papers: Inception's
four, Fire's two, the two of a unit that halves its map.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from formulas.quantities import Quantity, elements
from reports.rows import LayerRow

JOINS = ("addition", "concatenation")
PRODUCTS = ("attention", "matmul", "grouped_matmul", "outer")  # they join too: they begin nothing


@dataclass
class Block:
    """The rows of one block, by its path; of those outside all blocks, the path is empty."""

    path: str
    rows: list[LayerRow] = field(default_factory=list)

    @property
    def operations(self) -> int:
        """Convolutions, products and poolings that run: the pieces that the work is cut into."""
        return sum(row.calls for row in self.rows if is_piece(row))

    @property
    def branches(self) -> int:
        """How many chains of such rows there are; the shortcut that computes nothing is none."""
        found = 0
        before: Quantity = 0
        for row in self.rows:
            if row.kind in JOINS:
                continue
            taken = elements(row.in_shapes[0]) if row.in_shapes else 0
            if is_piece(row) and (not found or (row.kind not in PRODUCTS and taken != before)):
                found += 1
            before = elements(row.out_shape)
        return found


def is_piece(row: LayerRow) -> bool:
    return bool(row.macs) or row.kind.endswith("_pool")


def blocks(rows: Iterable[LayerRow]) -> list[Block]:
    """The blocks in the order of execution; rows outside come under the path ``""``."""
    rows = list(rows)
    paths = {parent(row.name) for row in rows if row.kind in JOINS and len(row.in_shapes) > 1}
    found: dict[str, Block] = {}
    for row in rows:
        path = parent(row.name)
        while path and path not in paths:
            path = parent(path)
        found.setdefault(path, Block(path)).rows.append(row)
    return list(found.values())


def parent(name: str) -> str:
    """``"stage2.0"`` of ``"stage2.0.add"``."""
    return name.rpartition(".")[0]
