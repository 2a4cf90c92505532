"""Small graphs drawn at random: both roads and torch's own counter agree on each."""

import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from complexity import analyze
from tests.complexity.any_model.helpers import parameters_in, torch_flops

CHANNELS = 6
STEPS = (
    "conv", "group", "depthwise", "pointwise", "strided", "transposed", "again", "residual",
    "join", "norm", "relu", "gelu", "linear", "matmul", "pool", "layer_norm", "scale",
)  # fmt: skip


class Graph(nn.Module):
    """Steps one after another on maps of ``CHANNELS`` channels; ``again`` reuses a convolution."""

    def __init__(self, steps: list[str]) -> None:
        super().__init__()
        self.steps = steps
        self.reused = nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1)
        self.weight = nn.Parameter(torch.zeros(CHANNELS, CHANNELS))
        for index, step in enumerate(steps):
            layer = self.layer_of(step)
            if layer is not None:
                self.add_module(f"layer{index}", layer)

    @staticmethod
    def layer_of(step: str) -> nn.Module | None:
        c = CHANNELS
        made = {
            "conv": lambda: nn.Conv2d(c, c, (3, 1), padding=(1, 0), bias=False),
            "group": lambda: nn.Conv2d(c, c, 3, padding=1, groups=3),
            "depthwise": lambda: nn.Conv2d(c, c, 3, padding=2, dilation=2, groups=c),
            "pointwise": lambda: nn.Conv2d(c, c, 1),
            "strided": lambda: nn.Conv2d(c, c, 3, stride=2, padding=1),
            "transposed": lambda: nn.ConvTranspose2d(c, c, 3, stride=2, groups=2),
            "norm": lambda: nn.BatchNorm2d(c),
            "pool": lambda: nn.MaxPool2d(3, stride=1, padding=1),
        }
        return made[step]() if step in made else None

    def forward(self, x: Tensor) -> Tensor:
        for index, step in enumerate(self.steps):
            layer = getattr(self, f"layer{index}", None)
            x = self.functional(step, x) if layer is None else layer(x)
        return x

    def functional(self, step: str, x: Tensor) -> Tensor:
        if step == "again":
            return self.reused(x)
        if step == "residual":
            return x + self.reused(x)
        if step == "join":
            return torch.cat([x[:, :2], x[:, 2:]], dim=1)
        if step == "linear":
            return F.linear(x.movedim(1, -1), self.weight).movedim(-1, 1)
        if step == "matmul":
            return (self.weight @ x.flatten(2)).unflatten(2, x.shape[2:])
        if step == "layer_norm":
            return F.layer_norm(x, x.shape[1:])
        if step == "scale":
            return x * torch.sigmoid(x.mean((2, 3), keepdim=True))
        return {"relu": F.relu, "gelu": F.gelu}[step](x)


@settings(max_examples=40, deadline=None)
@given(
    steps=st.lists(st.sampled_from(STEPS), min_size=1, max_size=7),
    batch=st.integers(1, 3),
    size=st.tuples(st.sampled_from((7, 11)), st.sampled_from((5, 13))),
)
def test_both_roads_and_torchs_counter_agree_on_a_random_graph(steps, batch, size):
    model = Graph(steps).eval()
    x = torch.zeros(batch, CHANNELS, *size)
    report = analyze(model, x)
    assert report.verdict.agrees, report.verdict.differences
    assert report.complete
    assert 2 * report.macs == torch_flops(model, x)
    assert report.params == parameters_in(model)
    assert sum(row.macs for row in report.layers) == report.macs


def test_the_graphs_hold_what_they_say():
    """All steps at once: every kind of multiply-add is really there."""
    report = analyze(Graph(list(STEPS)), torch.zeros(2, CHANNELS, 11, 13))
    kinds = {row.kind for row in report.layers if row.macs}
    assert {"standard", "group", "depthwise", "pointwise", "transposed", "matmul"} <= kinds
