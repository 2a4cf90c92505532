"""Small dataflow graphs and the bytes that fusing them saves."""

from reports.guidelines.fusion_savings import handed_on, saved_by_fusing
from reports.model.dataflow import Flow
from tests.reports.helpers import row

KINDS = {"conv": "standard", "act": "activation", "add": "addition", "cat": "concatenation",
         "bn": "batch_norm", "pool": "max_pool"}  # fmt: skip


def named(name):
    kind = KINDS[name.rpartition(".")[2].rstrip("0123456789")]
    return row(name, kind, macs=int(kind == "standard"), memory_access=1)


def saved(graph, inside=None, **sizes):
    """``{"b": "a c"}``: b reads what a and c wrote, each ``sizes`` bytes, 1 where not given."""
    names = list(graph)
    reads = [tuple(names.index(each) for each in graph[name].split()) for name in names]
    size = [sizes.get(name, 1) for name in names]
    taken = tuple(tuple(size[each] for each in read) for read in reads)
    flow = Flow(tuple(names), tuple(reads), taken, tuple(size))
    rows = [named(name) for name in names if name.rstrip("0123456789") in KINDS]
    block = [each for each in rows if inside is None or each.name in inside.split()]
    return saved_by_fusing(block, flow, handed_on(flow, rows))
