"""Blocks of a model, found from its rows: what runs side by side in them, and in how many pieces.

A piece is a convolution, a product or a pooling; a mean over the map is a pooling, whoever does it.
A block is a module in which tensors are joined: added or concatenated. Rows that lie in several
belong to the innermost. Its branches are the most of its convolutions, products and poolings of
which none waits for another, which a traced run tells. A closed form knows sizes alone: there, a
branch begins where a row takes something of another size than the row before it gave, and there
are at least so many, for two that hand on the size that both take look like one, as in NASNet's
cells. Both give the same for the blocks of the five networks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from formulas.core.quantities import Quantity, elements
from reports.model.dataflow import Flow
from reports.model.report import LayerRow

JOINS = ("addition", "concatenation")
REDUCTIONS = (
    "reduction", "max", "min", "aminmax", "argmax", "argmin", "var", "var_mean", "std", "std_mean",
    "linalg_vector_norm", "norm", "logsumexp", "prod", "any", "all", "median",
)  # fmt: skip
PRODUCTS = ("attention", "matmul", "grouped_matmul", "outer")  # they join too: they begin nothing


@dataclass
class Block:
    """The rows of one block, by its path; of those outside all blocks, the path is empty."""

    path: str
    rows: list[LayerRow] = field(default_factory=list)
    flow: Flow | None = None

    def holds(self, other: Block) -> bool:
        """Whether ``other`` lies in it; all lie in what is outside of all blocks."""
        return other.path != self.path and other.path.startswith(self.path and f"{self.path}.")

    @property
    def operations(self) -> int:
        """Convolutions, products and poolings that run: the pieces that the work is cut into."""
        return sum(row.calls for row in self.rows if is_piece(row))

    @property
    def branches(self) -> int:
        """How many chains of such rows there are; the shortcut that computes nothing is none."""
        if self.flow is not None:
            return self.flow.width({module_of(row) for row in self.rows if is_piece(row)})
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
    return bool(row.macs) or is_pooling(row)


def is_pooling(row: LayerRow) -> bool:
    """A pooling, or what does the same by a function: a mean, a sum, an extremum over axes."""
    return "_pool" in row.kind or row.kind in REDUCTIONS


def is_look_up(row: LayerRow) -> bool:
    """An embedding, which reads rows of a table."""
    return row.kind.startswith("embedding")


def is_elementwise(row: LayerRow) -> bool:
    """What multiplies nothing, pools nothing and reads no table; a batch norm is neither."""
    return row.known and not (is_piece(row) or is_norm(row) or is_look_up(row))


def is_norm(row: LayerRow) -> bool:
    """A batch norm, which at inference is a part of its convolution."""
    return row.kind.startswith("batch_norm")


def module_of(row: LayerRow) -> str:
    """Its name without the number of a run on another shape."""
    return row.name.partition("#")[0]


def blocks(rows: Iterable[LayerRow], flow: Flow | None = None) -> list[Block]:
    """The blocks in the order of execution; rows outside come under the path ``""``."""
    rows = list(rows)
    paths = {parent(row.name) for row in rows if row.kind in JOINS and len(row.in_shapes) > 1}
    found: dict[str, Block] = {}
    for row in rows:
        path = parent(row.name)
        while path and path not in paths:
            path = parent(path)
        found.setdefault(path, Block(path, flow=flow)).rows.append(row)
    return list(found.values())


def parent(name: str) -> str:
    """``"stage2.0"`` of ``"stage2.0.add"``."""
    return name.rpartition(".")[0]
