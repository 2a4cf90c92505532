"""The titles of the cost fields in columns and sentences. JSON uses the fields' own names."""

from formulas.core.cost import COST_FIELDS
from reports.render.table import Column

TITLES = {
    "params": "params",
    "macs": "macs",
    "flops": "flops",
    "elementwise": "elementwise",
    "activations": "activations",
    "memory_access": "memory access",
}


def cost_column(field: str) -> Column:
    """The column of whole numbers of a cost ``field``, under its title.

    >>> cost_column("memory_access").name == TITLES["memory_access"]
    True
    """
    return Column(TITLES[field], "integer")


def title_list() -> str:
    """The titles of the counted fields in one sentence part: ``"params, macs, ..."``."""
    return ", ".join(TITLES[field] for field in COST_FIELDS)
