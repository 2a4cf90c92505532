"""What fusing saves: graphs by hand, chains in every size, and real blocks."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from complexity import analyze
from formulas.core.memory_traffic import Traffic, bytes_moved
from formulas.networks import NETWORKS, network
from reports.guidelines.blocks import blocks
from reports.guidelines.findings import guidelines
from reports.guidelines.fusion_savings import (
    flow_by_sizes,
    handed_on,
    is_pointwise,
    saved_by_fusing,
)
from reports.model.dataflow import Flow
from reports.model.report import report_of
from tests.reports.guidelines.fusion_graphs import saved
from tests.reports.helpers import row

GRAPHS = {
    "of two maps around an activation one is gone": (
        {"conv1": "", "act": "conv1", "conv2": "act"},
        2,
    ),
    "all but one between two convolutions": (
        {"conv1": "", "act1": "conv1", "act2": "act1", "conv2": "act2"},
        4,
    ),
    "what comes from elsewhere is read, what goes there is written": (
        {"conv": "", "add": "conv", "act": "add"},
        4,
    ),
    "an activation alone": ({"act": ""}, 0),
    "no two convolutions are one": ({"conv1": "", "conv2": "conv1"}, 0),
    "nor are a pooling and a convolution": ({"conv": "", "pool": "conv"}, 0),
    "an activation before a convolution is computed where it is read": (
        {"act": "", "conv": "act"},
        2,
    ),
    "but once, so that one of two reads it": ({"act": "", "conv1": "act", "conv2": "act"}, 1),
    "a kernel cannot wait for one that waits for it": (
        {"act": "", "conv1": "act", "conv2": "conv1", "add": "act conv2"},
        3,
    ),
    "nor by way of a third": (
        {"act1": "", "conv1": "act1", "act2": "conv1", "conv2": "act2", "add": "act1 conv2"},
        5,
    ),
    "a part is read in its place in the concatenation": (
        {"conv1": "", "act1": "conv1", "conv2": "act1", "act2": "conv2", "cat": "act1 act2"},
        8,
    ),
    "an activation behind works on each part": (
        {"conv1": "", "conv2": "", "cat": "conv1 conv2", "act": "cat"},
        6,
    ),
    "so does an addition of what comes from elsewhere": (
        {"conv1": "", "conv2": "", "conv3": "", "cat": "conv1 conv2", "add": "cat conv3"},
        6,
    ),
    "but not of what one of them computes": (
        {"conv1": "", "conv2": "", "cat": "conv1 conv2", "add": "cat conv1"},
        5,
    ),
    "nor a pooling": ({"conv1": "", "conv2": "", "cat": "conv1 conv2", "pool": "cat"}, 4),
    "an addition waits for two and is one with one of them": (
        {"conv1": "", "conv2": "", "add": "conv1 conv2", "act": "add"},
        4,
    ),
    "the parts of a concatenation are written to their places": (
        {"conv1": "", "conv2": "", "cat": "conv1 conv2"},
        4,
    ),
    "but are not gone before they are multiplied": (
        {"conv1": "", "conv2": "", "cat": "conv1 conv2", "conv3": "cat"},
        4,
    ),
    "or with a convolution that reads them, if they come from elsewhere": (
        {"act1": "", "act2": "", "cat": "act1 act2", "conv": "cat"},
        6,
    ),
    "a batch norm is a part of its convolution": (
        {"conv": "", "bn": "conv", "act": "bn"},
        2,
    ),
    "a view is what it looks at": ({"conv": "", "view": "conv", "act": "view"}, 2),
    "what another wants is written all the same": (
        {"conv1": "", "act": "conv1", "conv2": "conv1"},
        1,
    ),
    "a block on both sides": ({"act1": "", "conv": "act1", "act2": "conv"}, 4),
}


@pytest.mark.parametrize("case", GRAPHS)
def test_what_is_gone(case):
    graph, expected = GRAPHS[case]
    assert saved(graph) == expected


def test_a_softmax_needs_every_part():
    layers = {nn.ReLU(): True, nn.PixelShuffle(1): True, nn.LogSoftmax(1): False, nn.GLU(2): False}
    for layer, expected in layers.items():
        assert is_pointwise(analyze(layer, torch.zeros(1, 3, 4, 6)).layers[0]) == expected
    assert not is_pointwise(row("softmax", "activation", operation="_softmax"))


def test_what_stands_in_another_block_is_elsewhere():
    graph = {"conv1": "", "act": "conv1", "conv2": "act"}
    assert saved(graph, "act") == 0
    assert saved(graph, "conv1 act") == saved(graph, "act conv2") == 2
    # of two readers one stands elsewhere: it is written for that one, and read by that one
    fork = {"conv1": "", "act": "conv1", "add": "conv1 act"}
    assert (saved(fork, "conv1 act"), saved(fork)) == (1, 5)


def test_the_larger_map_is_the_one_that_is_gone():
    graph = {"conv1": "", "act": "conv1", "conv2": "act"}
    assert saved(graph, conv1=3, act=7) == 14
    assert saved(graph, conv1=7, act=3) == 14
    graph = {"conv1": "", "conv2": "", "add": "conv1 conv2"}
    assert saved(graph, conv1=5, conv2=7) == 14
    graph |= {"conv3": "conv1", "conv4": "conv2"}  # they want them too: only to read is saved
    assert saved(graph, conv1=5, conv2=7) == 7
    graph = {"conv1": "", "conv2": "", "cat": "conv1 conv2", "conv3": "cat"}
    assert saved(graph, cat=9) == 18


def test_no_kernel_waits_for_one_that_waits_for_it():
    """The activation is one kernel with the convolution: the addition cannot be, it waits for what
    the pooling does with that."""
    graph = {"act": "", "conv": "act", "pool": "conv", "add": "act pool"}
    assert saved(graph, act=9) == 9 + 2
    assert saved(graph, "act conv add", act=9) == 9  # wherever the pooling stands


@given(st.lists(st.tuples(st.sampled_from(["conv", "act"]), st.integers(1, 50)), min_size=1))
def test_in_a_chain_the_smallest_map_between_two_convolutions_stays(chain):
    """By another road: the maps of each stretch of activations, less the smallest of each."""
    names = [f"{kind}{place}" for place, (kind, _) in enumerate(chain)]
    sizes = dict(zip(names, (size for _, size in chain), strict=True))
    reads = dict(zip(names, ["", *names], strict=False))
    convs = [place for place, name in enumerate(names) if name.startswith("conv")]
    maps = [size for _, size in chain[:-1]]
    kept = sum(min(maps[one:two]) for one, two in pairwise(convs))
    assert saved(reads, **sizes) == 2 * (sum(maps) - kept)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv(x) + x)


def test_the_other_operand_of_an_addition_is_still_read():
    report = analyze(Residual(), torch.zeros(1, 16, 28, 28), flow=True)
    (finding,) = guidelines(report).findings
    one_map = 4 * 16 * 28 * 28
    # seven passes without fusing, of which three stay: x twice, the result once
    assert sum(each.total for each in report.moved.values()) * 4 == 7 * one_map + 4 * 2320
    assert finding.saved == 4 * one_map == 200_704
    assert finding.advice.endswith("this can move 200,704 bytes less")


def test_what_has_nothing_to_be_fused_into_saves_nothing():
    report = analyze(nn.ReLU(), torch.zeros(1, 3, 5, 7), flow=True)
    (finding,) = guidelines(report).findings
    assert (finding.figure, finding.saved) == (1, 0)
    assert finding.advice == "no other row there can take it in"


def test_a_bottleneck_of_resnet(torchvision):
    """Two activations of 64 channels, an addition and an activation of 256: 16 maps of 64."""
    report = analyze(torchvision.models.resnet50(), torch.zeros(1, 3, 224, 224), flow=True)
    (finding,) = [each for each in guidelines(report).findings if each.layer == "layer1.1"]
    assert finding.saved == 20 * 4 * 64 * 56 * 56 == 16_056_320


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_sizes_tell_of_the_five_networks_what_a_run_does(name, variant):
    traced = analyze(network(name, variant=variant), flow=True)
    closed = report_of(network(name, variant=variant))
    flow = flow_by_sizes(closed.layers)
    told, known = handed_on(flow, closed.layers), handed_on(traced.flow, traced.layers)
    for block in blocks(closed.layers):
        by_sizes = saved_by_fusing(block.rows, flow, told)
        assert by_sizes == saved_by_fusing(block.rows, traced.flow, known)


def test_a_map_is_taken_once_and_what_moves_nothing_is_no_run():
    taken = {"in_shapes": ((1, 3, 5, 5),), "out_shape": (1, 3, 5, 5)}
    rows = [
        row(name, moved={"float32": Traffic(75, 75)} if name != "free" else {}, **taken)
        for name in ("a", "free", "b")
    ]
    rows.append(row("c", moved={"float32": Traffic(150, 75)}, in_shapes=taken["in_shapes"] * 2,
                    out_shape=(1, 3, 5, 5)))  # fmt: skip
    found = flow_by_sizes(rows)
    assert found == Flow(("a", "b", "c"), ((), (0,), (1,)), ((), (300,), (300,)), (300,) * 3)


class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.two = (nn.Conv2d(4, 4, 1, bias=False) for _ in range(2))

    def forward(self, x):
        y = self.one(x)
        return self.two(y * y) + x


class Slices(nn.Module):
    """Sixteen parts of one map, each written to its place."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(16, 16, 1)

    def forward(self, x):
        x = self.conv(x)
        y = torch.empty_like(x)
        for each in range(16):
            y[:, each : each + 1] = torch.relu(x[:, each : each + 1])
        return y + 1 + x


class Both(nn.Module):
    """Its first map is read inside, and is an output."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 1, bias=False)

    def forward(self, x):
        y = self.conv(x)
        return y, torch.relu(y) + x


MAP = 4 * 4 * 8 * 8
REAL = {
    # the product reads its one tensor twice, as its row says: three passes, and two behind two
    "a tensor that is read twice": (Twice, 4, 5 * MAP),
    # behind the convolution an activation, a copy and two additions: nine passes of the map
    "slices": (Slices, 16, 9 * 4 * MAP),
    "an output is written all the same": (Both, 4, 3 * MAP),
}


@pytest.mark.parametrize("case", REAL)
def test_what_real_tensors_hand_on(case):
    model, channels, expected = REAL[case]
    report = analyze(model(), torch.zeros(1, channels, 8, 8), flow=True)
    (finding,) = guidelines(report).findings
    assert finding.saved == expected < bytes_moved(report.moved).total


def test_a_block_of_ghostnet_reads_a_part_in_its_place():
    """Eight passes of half a map: about both activations, and both parts of the concatenation."""
    timm = pytest.importorskip("timm")
    with torch.device("meta"):
        model = timm.create_model("ghostnet_100").eval()
    report = analyze(model, torch.empty(1, 3, 64, 64, device="meta"), flow=True)
    found = {each.layer: each for each in guidelines(report).findings if each.code == "G4"}
    assert found["blocks.0.0.ghost1"].saved == 8 * 4 * 8 * 32 * 32 == 262_144
    outer = found["blocks.0.0"]  # its own row is the addition behind two blocks
    assert (outer.what, outer.saved) == (
        "of the bytes outside its inner blocks are moved by addition",
        0,
    )
