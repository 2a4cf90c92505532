"""Who reads what whom wrote: small graphs by hand, and the blocks of real networks."""

from collections import Counter

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.closed_form.describe import is_layer
from complexity.models import build
from complexity.tracing import trace
from complexity.tracing.instrumentation import recording
from complexity.tracing.observers.dataflow import Flowing
from complexity.tracing.observers.storage_writers import Writers
from formulas.core.memory_traffic import bytes_moved
from formulas.networks import NETWORKS, network
from reports.guidelines.blocks import blocks
from reports.model.report import report_of
from tests.complexity.helpers import state_of


class Graph(nn.Module):
    """Runs a function of two layers and its input."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function = function
        self.one, self.two = nn.Linear(7, 7), nn.Linear(7, 7)
        self.act, self.norm = nn.ReLU(inplace=True), nn.RMSNorm(7)

    def forward(self, x):
        return self.function(self, x)


def runs_of(model, *inputs):
    found = trace(model, inputs, is_layer, flow=True).flow[:-1]  # the last takes the output
    return [(name, [found[each][0] for each in reads]) for name, reads, *_ in found]


GRAPHS = {
    "chain": (
        lambda m, x: m.two(m.one(x)),
        [("one", []), ("two", ["one"])],
    ),
    "fork": (
        lambda m, x: m.one(x) + m.two(x),
        [("one", []), ("two", []), ("add", ["one", "two"])],
    ),
    "a view is what it looks at": (
        lambda m, x: m.two(m.one(x).T.flip(0).view(7, 7)),
        [("one", []), ("flip", ["one"]), ("two", ["flip"])],
    ),
    "in place": (
        lambda m, x: m.two(m.act(m.one(x))),
        [("one", []), ("act", ["one"]), ("two", ["act"])],
    ),
    "halves of one tensor": (
        lambda m, x: torch.cat([m.one(x.chunk(2)[0]), m.two(x.chunk(2)[1])]),
        [("one", []), ("two", []), ("cat", ["one", "two"])],
    ),
    "a layer that runs twice is two runs": (
        lambda m, x: m.one(m.one(x)) + x,
        [("one", []), ("one", ["one"]), ("add", ["one"])],
    ),
    "what is freed leaves no writer behind": (
        lambda m, x: (m.one(x).sum(), torch.zeros(7, 7), m.two(x))[2],
        [("one", []), ("sum", ["one"]), ("zeros", []), ("two", [])],
    ),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_who_reads_from_whom(case):
    function, expected = GRAPHS[case]
    assert runs_of(Graph(function), torch.zeros(8 if "halves" in case else 7, 7)) == expected


def in_parts(function):
    """A map whose upper half the first layer wrote, and the lower one the second."""

    def forward(m, x):
        y = torch.empty(8, 7)
        y[:4], y[4:] = m.one(x[:4]), m.two(x[4:])
        return function(y)

    return forward


HALVES = 4 * 4 * 7
WHOLE = 2 * HALVES
SIZES = {
    "each of its own": (lambda m, x: m.two(m.one(x)), [(), (WHOLE,)], [WHOLE, WHOLE]),
    "a view is as large as it looks": (
        lambda m, x: m.two(m.one(x).chunk(2)[0]), [(), (HALVES,)], [WHOLE, HALVES],
    ),
    "two views are two parts of one map": (
        lambda m, x: torch.mul(*m.one(x).chunk(2)), [(), (WHOLE,)], [WHOLE, HALVES],
    ),
    "what is read twice by one layer is read once": (
        lambda m, x: m.norm(m.one(x)), [(), (WHOLE,)], [WHOLE, WHOLE],
    ),
    "by an operator twice, as its row says": (
        lambda m, x: (y := m.one(x)) * y, [(), (2 * WHOLE,)], [WHOLE, WHOLE],
    ),
    "and by two runs twice": (
        lambda m, x: m.one(x) * m.two(m.one(x)),
        [(), (), (WHOLE,), (WHOLE, WHOLE)], [WHOLE] * 4,
    ),
    "what is spread out is no more than it holds": (
        lambda m, x: m.one(x)[:1].expand(24, 7) * 1, [(), (WHOLE // 8,)], [WHOLE, 3 * WHOLE],
    ),
    "of a table what is taken": (
        lambda m, x: m.one(x)[torch.tensor([1, 2])], [(), (WHOLE // 4,)], [WHOLE, WHOLE // 4],
    ),
    "of several writers what each wrote": (
        in_parts(lambda y: y[1:] * 1),
        [(), (), (HALVES,), (HALVES,), (HALVES * 3 // 4, HALVES)],
        [HALVES] * 4 + [HALVES * 7 // 4],
    ),
    "until all of it is written anew": (
        in_parts(lambda y: y.neg_() * 1),
        [(), (), (HALVES,), (HALVES,), (HALVES, HALVES), (WHOLE,)],
        [HALVES] * 4 + [WHOLE] * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SIZES)
def test_how_much_is_read_of_whom(case):
    function, taken, written = SIZES[case]
    found = trace(Graph(function), (torch.zeros(8, 7),), is_layer, flow=True).flow[:-1]
    found = [run for run in found if run[0] != "lift_fresh"]
    assert [run[2] for run in found] == taken
    assert [run[3] for run in found] == written


def test_the_last_run_takes_the_output():
    *_, (name, reads, taken, _) = trace(
        Graph(lambda m, x: (m.one(x)[:4], m.two(x))), (torch.zeros(8, 7),), is_layer, flow=True
    ).flow
    assert (name, reads, taken) == ("", (0, 1), (HALVES, WHOLE))


def test_what_runs_read_and_write_is_what_their_rows_say():
    report = analyze(network("shufflenetv2"), flow=True)
    read = Counter(dict(zip(report.flow.names, map(sum, report.flow.taken), strict=True)))
    written = dict(zip(report.flow.names, report.flow.written, strict=True))
    first, *between, last = report.layers
    assert all(read[row.name] == bytes_moved(row.moved).inputs for row in (*between, last))
    assert all(written[row.name] == bytes_moved(row.moved).outputs for row in (first, *between))


def branches(report, flow=None):
    return {block.path: block.branches for block in blocks(report.layers, flow) if block.path}


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_blocks_of_the_five_networks_have_the_branches_that_their_sizes_tell(name, variant):
    report = analyze(network(name, variant=variant), flow=True)
    assert branches(report, report.flow) == branches(report_of(network(name, variant=variant)))


class Cell(nn.Module):
    """Four branches that all keep the size, as in NASNet."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleList(
            nn.Sequential(nn.ReLU(), nn.Conv2d(6, 6, 3, padding=1), nn.Conv2d(6, 6, 1))
            for _ in range(4)
        )

    def forward(self, x):
        return torch.cat([part(x) for part in self.parts], 1)


def test_branches_that_keep_the_size_are_told_apart_where_sizes_cannot():
    report = analyze(nn.Sequential(nn.Identity(), Cell()), torch.zeros(1, 6, 8, 8), flow=True)
    assert branches(report, report.flow) == {"1": 4}
    assert branches(report) == {"1": 1}


def test_nasnets_cells_have_eight_and_sizes_count_no_more():
    """The paper's normal cell: five sums, of whose ten terms two are what the cell was given."""
    timm = pytest.importorskip("timm")
    with torch.device("meta"):
        model = timm.create_model("nasnetalarge")
    report = analyze(model, torch.empty(1, 3, 331, 331, device="meta"), flow=True)
    told, least = branches(report, report.flow), branches(report)
    assert (told["cell_0"], told["reduction_cell_0"]) == (8, 7)
    assert all(least[path] <= told[path] for path in told)


def test_a_writer_that_is_forgotten_turns_the_comparison_red(monkeypatch):
    monkeypatch.setattr(Writers, "write", lambda *_: None)
    report = analyze(network("squeezenet"), flow=True)
    assert branches(report, report.flow) != branches(report)


def test_the_model_is_left_as_it_was():
    model, x = build(network("squeezenet"), "cpu"), torch.zeros(1, 3, 32, 32)
    before = state_of(model, x)
    trace(model, (x,), is_layer, flow=True)
    assert state_of(model, x) == before


def test_what_is_freed_has_no_writer_any_more():
    """Its address may be that of a tensor which nobody wrote."""
    model = nn.Sequential(nn.Linear(7, 7), nn.ReLU(), nn.Linear(7, 7))
    flowing, x = Flowing(), torch.zeros(3, 7)
    with torch.no_grad(), flowing, recording(model, is_layer) as recorder:
        flowing.attach(recorder)
        out = model(x)
    assert flowing._writers[out.untyped_storage()._cdata].read(out) == {2: 4 * 3 * 7}
    assert not any(0 in each._written for each in flowing._writers.values())  # nobody holds it
    assert flowing._writers.keys() == flowing._watched.keys()
