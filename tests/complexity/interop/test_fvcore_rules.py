"""Every rule of fvcore's, on models so small that its figure is known by hand."""

import warnings

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity import analyze, bridge, check
from complexity.interop.fvcore_rules import (
    DROPPED,
    WATCHED,
    Flat,
    Using,
    Whole,
    fvcore_habits,
    macs_of,
    returned,
)
from complexity.interop.reference_counters import FVCORE, ask
from tests.complexity.small import Calls, network_in_miniature

MAP, GRID = (2, 3, 7, 11), (2, 5, 13, 2)
ELEMENTS, VECTOR = 462, (3,)


def fvcore_on(model, *shapes):
    inputs = tuple(torch.zeros(shape) for shape in shapes)
    (found,) = (e for e in ask(analyze(model, inputs), model, inputs) if e.name == FVCORE)
    return found


def test_habits_are_named_with_their_figures():
    report = analyze(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    assert fvcore_habits(report) == [
        ("two per batch-norm element", 1980),
        ("one per adaptively averaged input element", 990),
    ]


OWN = "five per layer-, group- or instance-norm element, four without weights"
OF_BATCH = "five per batch-norm element with statistics of the batch, four without weights"
RESIZED = "one per nearest, four per bilinearly interpolated element"
AVERAGED = "one per adaptively averaged input element"
KEPT = "batch norm in training beside kept statistics, or with a scale alone"
AS_OWN = "instance norm with running statistics, as if its own"
EINSUM = "einsum by NumPy's estimate of its best path, in four digits"

# Operator: model, shapes of its inputs, MACs, and the habits that lead from them to the total.
CASES = {
    "batch_norm": [
        (nn.BatchNorm2d(3), [MAP], 0, {"two per batch-norm element": 2 * ELEMENTS}),
        (nn.BatchNorm2d(3, affine=False), [MAP], 0,
         {"one per batch-norm element without weights": ELEMENTS}),
        (nn.BatchNorm2d(3, track_running_stats=False), [MAP], 0, {OF_BATCH: 5 * ELEMENTS}),
        (nn.BatchNorm2d(3, affine=False, track_running_stats=False), [MAP], 0,
         {OF_BATCH: 4 * ELEMENTS}),
        (Calls(lambda x, m, w: F.batch_norm(x, m, m, w, w, True)), [MAP, VECTOR, VECTOR], 0,
         {"two per batch-norm element": 2 * ELEMENTS, KEPT: 3 * ELEMENTS}),
        (Calls(lambda x, m, w: F.batch_norm(x, m, m, w)), [MAP, VECTOR, VECTOR], 0,
         {KEPT: 2 * ELEMENTS}),
    ],
    "layer_norm": [
        (nn.LayerNorm(11), [MAP], 0, {OWN: 5 * ELEMENTS}),
        (nn.LayerNorm(11, bias=False), [MAP], 0, {OWN: 5 * ELEMENTS}),
        (Calls(lambda x: F.layer_norm(x, (7, 11))), [MAP], 0, {OWN: 4 * ELEMENTS}),
    ],
    "group_norm": [
        (nn.GroupNorm(3, 3), [MAP], 0, {OWN: 5 * ELEMENTS}),
        (Calls(lambda x, w: F.group_norm(x, 1, w, w)), [MAP, VECTOR], 0, {OWN: 5 * ELEMENTS}),
    ],
    "instance_norm": [
        (nn.InstanceNorm2d(3), [MAP], 0, {OWN: 4 * ELEMENTS}),
        (nn.InstanceNorm2d(3), [MAP[1:]], 0, {OWN: 2 * ELEMENTS}),
        (nn.InstanceNorm2d(3, track_running_stats=True), [MAP], 0,
         {"one per batch-norm element without weights": ELEMENTS, AS_OWN: 3 * ELEMENTS}),
        (nn.InstanceNorm2d(3, affine=True, track_running_stats=True), [MAP], 0,
         {"two per batch-norm element": 2 * ELEMENTS, AS_OWN: 3 * ELEMENTS}),
        (Calls(lambda x, w: F.instance_norm(x, None, None, w, w)), [MAP, VECTOR], 0,
         {OF_BATCH: 5 * ELEMENTS}),
    ],
    "adaptive_avg_pool2d": [
        (nn.AdaptiveAvgPool2d((2, None)), [MAP], 0, {AVERAGED: ELEMENTS}),
        (nn.AdaptiveAvgPool2d(1), [MAP[1:]], 0, {AVERAGED: ELEMENTS // 2}),
        (nn.AdaptiveAvgPool1d(1), [MAP[1:]], 0, {}),
        (nn.AdaptiveAvgPool3d(2), [MAP], 0, {}),
        (Calls(lambda x: F.adaptive_avg_pool2d(x, 1)), [MAP], 0, {AVERAGED: ELEMENTS}),
        (Calls(lambda x: x.mean((2, 3))), [MAP], 0, {}),
    ],
    "upsample_nearest2d": [
        (nn.Upsample((17, 5)), [MAP], 0, {RESIZED: 510}),
        (nn.Upsample(scale_factor=2), [MAP], 0, {RESIZED: 4 * ELEMENTS}),
        (nn.Upsample((5,)), [MAP[1:]], 0, {}),
        (nn.Upsample((2, 3, 5)), [(2, 3, 1, 2, 3)], 0, {}),
        (nn.Upsample((17, 5), mode="nearest-exact"), [MAP], 0, {}),
    ],
    "upsample_bilinear2d": [
        (nn.Upsample((17, 5), mode="bilinear"), [MAP], 0, {RESIZED: 2040}),
        (nn.Upsample((17, 5), mode="bicubic"), [MAP], 0, {}),
        (Calls(lambda x: F.interpolate(x, (17, 5), mode="bilinear", antialias=True)), [MAP], 0, {}),
    ],
    "grid_sampler": [
        (Calls(lambda x, g: F.grid_sample(x, g, align_corners=False)), [MAP, GRID], 0,
         {"four per element of a sampled grid": 4 * 2 * 3 * 5 * 13}),
    ],
    "einsum": [  # it knows two equations by heart; twice 16,384 is 3.277e+4 in four digits
        (Calls(lambda a, b: torch.einsum("bji,bjk->bik", a, b)), [(4, 16, 8), (4, 16, 32)],
         16384, {}),
        (Calls(lambda a, b: torch.einsum("bij,bjk->bik", a, b)), [(4, 8, 16), (4, 16, 32)],
         16384, {EINSUM: 1}),
        (Calls(lambda a, b: torch.einsum("ij,ij->ij", a, b)), [(8, 16)] * 2, 0, {EINSUM: 64}),
        (Calls(lambda a, b, c: torch.einsum("ij,jk,kl->il", a, b, c)),
         [(8, 16), (16, 32), (32, 4)], 5120, {EINSUM: -2560}),
    ],
    "matmul": [
        (Calls(torch.matmul), [(3, 5), (5, 7)], 105, {}),
        (Calls(torch.matmul), [(5,), (5, 7)], 35, {}),
        (Calls(torch.matmul), [(2, 3, 5), (5, 7)], 210, {}),
        (Calls(torch.matmul), [(3, 5), (2, 5, 7)], 210,
         {"a broadcast factor of matmul counted once": -105}),
    ],
    "linear": [(nn.Linear(5, 7), [(5,)], 35, {}), (nn.Linear(5, 7), [(2, 3, 5)], 210, {})],
    "addmm": [(Calls(torch.addmm), [(7,), (3, 5), (5, 7)], 105, {})],
    "bmm": [(Calls(torch.bmm), [(2, 3, 5), (2, 5, 7)], 210, {})],
    "mm": [(Calls(torch.mm), [(3, 5), (5, 7)], 105, {})],
    "_convolution": [
        (nn.Conv2d(6, 10, (3, 5), groups=2, stride=2), [(2, 6, 7, 11)], 2 * 10 * 3 * 4 * 45, {}),
        (nn.Conv1d(3, 5, 3), [(3, 7)], 5 * 5 * 9, {}),
        (nn.ConvTranspose2d(3, 5, 4, 2), [MAP], ELEMENTS * 5 * 16, {}),
    ],
    "_convolution_mode": [
        (nn.Conv2d(3, 5, 3, padding="same"), [MAP], 2 * 5 * 77 * 27,
         {"_convolution_mode not counted": -2 * 5 * 77 * 27}),
    ],
    "tensordot": [
        (Calls(lambda a, b: torch.tensordot(a, b, 1)), [(3, 5), (5, 7)], 105,
         {"tensordot not counted": -105}),
    ],
    "inner": [(Calls(torch.inner), [(3, 5), (7, 5)], 105, {"inner not counted": -105})],
    "linalg_multi_dot": [
        (Calls(lambda *a: torch.linalg.multi_dot(a)), [(5, 7), (7, 11), (11, 3)], 336,
         {"linalg_multi_dot not counted": -336}),
    ],
    "chain_matmul": [
        (Calls(torch.chain_matmul), [(5, 7), (7, 11), (11, 3)], 336,
         {"chain_matmul not counted": -336}),
    ],
    "linalg_matrix_power": [
        (Calls(lambda a: torch.linalg.matrix_power(a, 5)), [(7, 7)], 1029,
         {"linalg_matrix_power not counted": -1029}),
    ],
    "cov": [(Calls(torch.cov), [(5, 7)], 175, {"cov not counted": -175})],
}  # fmt: skip


@pytest.mark.parametrize(
    ("model", "shapes", "macs", "habits"),
    [
        pytest.param(*case, id=f"{name} {number}")
        for name, cases in CASES.items()
        for number, case in enumerate(cases)
    ],
)
def test_a_rule_is_explained_to_the_last_operation(model, shapes, macs, habits):
    fvcore = fvcore_on(model.eval(), *shapes)
    assert fvcore.counted == fvcore.expected == macs + sum(habits.values())
    lines = [f"{'+' if n > 0 else '-'} {abs(n):,}: {why}" for why, n in habits.items()]
    assert fvcore.explained == tuple(lines)
    assert fvcore.judged


def test_every_rule_of_fvcores_and_every_watched_node_is_tried():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own business
        from fvcore.nn.flop_count import _DEFAULT_SUPPORTED_OPS
    rules = {name.removeprefix("aten::") for name in _DEFAULT_SUPPORTED_OPS}
    assert set(CASES) == rules | set(WATCHED)


def test_einsum_is_rounded_to_four_digits():
    """NumPy prints the operations of 241,133 products as 4.823e+05: half of them are 241,150."""
    fvcore = fvcore_on(Calls(lambda a, b: torch.einsum("ij,jk->ik", a, b)), (59, 61), (61, 67))
    assert fvcore.counted == fvcore.expected == 241150
    assert fvcore.explained == (f"+ 17: {EINSUM}",)


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x @ x


def test_a_function_that_it_cannot_look_into_is_shown_and_not_judged():
    verdict = check(Calls(Square.apply), torch.zeros(7, 7))
    fvcore, counter = verdict.witnesses
    assert (fvcore.expected, fvcore.counted, fvcore.judged) == (343, 0, False)
    assert fvcore.explained == ("not judged: it cannot look into prim::PythonOp.Square",)
    assert counter.agrees
    assert verdict.agrees


def test_a_layer_that_our_rows_forgot_is_a_difference(monkeypatch):
    """What fvcore does for a norm is expected from our rows, not taken from fvcore."""
    monkeypatch.setattr("complexity.interop.reference_counters.fvcore_habits", lambda report: [])
    verdict = check(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    (found,) = verdict.differences
    assert (found.by, found.counted - found.closed) == (FVCORE, 1980 + 990)


def test_a_flat_model_takes_and_gives_tensors_alone():
    inner = Calls(lambda pair, n, last=None: {"sum": pair[0] * n + last, "rest": [pair[1]]})
    flat = Flat(inner, ((torch.ones(3), torch.ones(5)), 7, torch.ones(3)))
    assert [t.shape for t in flat.tensors] == [(3,), (5,), (3,)]
    total, rest = flat(torch.full((3,), 2.0), torch.zeros(5), torch.ones(3))
    assert (total.tolist(), rest.tolist()) == ([15] * 3, [0] * 5)


class Dead(nn.Module):
    """``dead`` gives results that nothing uses."""

    def __init__(self, dead):
        super().__init__()
        self.dead, self.live = dead, nn.Linear(11, 13)

    def forward(self, x):
        self.dead(x)
        return self.live(x)


DEAD = {  # what nothing uses, its MACs and what fvcore adds to them, by hand
    "fc": (lambda: nn.Linear(11, 5), 42 * 55, 0),
    "chain": (
        lambda: nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.ReLU(True)),
        2 * 5 * 45 * 27, 2 * 2 * 5 * 45,
    ),
    "products": (lambda: Calls(lambda x: [x @ x.mT, {"two": (x @ x.mT) @ x}]), 3 * 6 * 539, 0),
    "broadcast": (lambda: Calls(lambda x: x.mT[0, 0] @ x), 6 * 847, -5 * 847),
    "in place": (lambda: Calls(lambda x: torch.zeros(2, 3, 7, 7).copy_(x @ x.mT)), 6 * 539, 0),
    "read as a number": (lambda: Calls(lambda x: float((x @ x.mT).sum())), 6 * 539, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", DEAD)
def test_what_nothing_uses_is_dropped(name):
    made, macs, more = DEAD[name]
    fvcore = fvcore_on(Dead(made()).eval(), MAP)
    live = 42 * 143
    assert fvcore.counted == fvcore.expected == live
    assert fvcore.habits[-1] == (DROPPED, -macs - more)
    assert sum(figure for _, figure in fvcore.habits) == -macs


def test_nothing_is_dropped_of_what_is_used():
    assert fvcore_on(nn.Sequential(nn.Linear(11, 5), nn.Linear(5, 3)), MAP).habits == ()


def test_uses_take_no_memory():
    """Every result has a use, of its own or within a nest, and no use has elements."""
    with Using() as using:
        torch.ones(3).split(1)
    assert [each.shape for each in using.uses] == [(0,)] * 4
    out = Whole(Dead(nn.Linear(11, 5)), torch.zeros(MAP))(torch.zeros(MAP))
    assert [each.shape for each in out] == [(2, 3, 7, 13), (0,), (0,)]


class Answer:
    """What a model of one's own gives: tensors and, of itself, another name."""

    def __init__(self, *tensors):
        self.nest, self.me = {"tensors": tensors}, self


def test_what_an_object_holds_is_used():
    """Else torch.jit would drop all that leads to it."""
    answer = Answer(torch.ones(3), torch.ones(5))
    assert [each.shape for each in returned([torch.ones(7), answer, 1])] == [(7,), (3,), (5,)]
    fc = nn.Linear(11, 5)
    assert fvcore_on(Keeps(fc), MAP).habits == ()
    assert bridge(Keeps(fc), torch.zeros(MAP), to="fvcore").total == 42 * 55


class Keeps(nn.Sequential):
    def forward(self, x):
        return Answer(super().forward(x))


def test_the_macs_of_a_node_are_those_of_our_own_trace():
    graph, _ = torch.jit._get_trace_graph(
        Calls(lambda a, b: torch.einsum("ij,jk->ik", a, b)), (torch.zeros(3, 5), torch.zeros(5, 7))
    )
    (node,) = (each for each in graph.nodes() if each.kind() == "aten::einsum")
    assert macs_of("einsum", list(node.inputs())) == 105
