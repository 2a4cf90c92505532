"""A training step: each gradient that is asked for costs the forward's MACs, exactly."""

import json
from typing import NamedTuple

import pytest
import torch
from torch import nn

from complexity import ModelError, analyze
from complexity.cli import main
from tests.complexity.any_model.helpers import Function, quiet, torch_flops, zeros
from tests.complexity.any_model.wrappers import Checkpointed, Product, Scaled, Tied


class Grouped(NamedTuple):
    name: str
    layer: nn.Module
    inputs: tuple[int, ...]
    macs: int
    groups: int


CONVOLUTIONS = (
    Grouped("plain", nn.Conv2d(4, 6, 3), (2, 4, 7, 11), 2 * 6 * 45 * 4 * 9, 1),
    Grouped("grouped", nn.Conv2d(4, 6, 3, groups=2), (2, 4, 7, 11), 2 * 6 * 45 * 2 * 9, 2),
    Grouped("grouped in three, strided", nn.Conv2d(6, 9, (3, 5), stride=2, groups=3),
            (2, 6, 7, 11), 2 * 9 * 12 * 2 * 15, 3),
    Grouped("depthwise", nn.Conv2d(5, 5, 3, groups=5), (2, 5, 7, 11), 2 * 5 * 45 * 9, 5),
    Grouped("depthwise with a multiplier", nn.Conv1d(5, 10, 3, groups=5, bias=False),
            (3, 5, 13), 3 * 10 * 11 * 3, 5),
    Grouped("3d", nn.Conv3d(2, 3, (2, 3, 5)), (1, 2, 5, 7, 11), 3 * 4 * 5 * 7 * 2 * 30, 1),
    Grouped("dilated", nn.Conv2d(2, 3, 3, dilation=2), (1, 2, 11, 13), 3 * 63 * 18, 1),
    Grouped("transposed", nn.ConvTranspose2d(4, 6, 3, stride=2), (2, 4, 5, 7),
            2 * 4 * 35 * 6 * 9, 1),
    Grouped("transposed and grouped", nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2),
            (2, 4, 5, 7), 2 * 4 * 35 * 3 * 9, 2),
    Grouped("transposed and depthwise", nn.ConvTranspose1d(5, 5, 4, groups=5, bias=False),
            (3, 5, 11), 3 * 5 * 11 * 4, 5),
)  # fmt: skip
BY_NAME = pytest.mark.parametrize("case", CONVOLUTIONS, ids=lambda case: case.name)


@BY_NAME
def test_the_gradient_of_the_weight_alone_costs_the_forward(case):
    report = analyze(case.layer, zeros(*case.inputs), backward=True)
    assert report.macs == case.macs
    assert report.training.backward.macs == case.macs
    assert report.verdict.agrees
    assert report.unknown == {}


@BY_NAME
def test_both_gradients_cost_the_forward_twice(case):
    report = analyze(Scaled(case.layer), zeros(*case.inputs), backward=True)
    assert report.macs == case.macs
    assert report.training.backward.macs == 2 * case.macs


@BY_NAME
def test_torchs_counter_takes_the_weights_gradient_times_the_groups(case):
    """Equal where there is one group. Else it counts the weight's gradient as if there were."""
    model, x = Scaled(case.layer), zeros(*case.inputs)
    both = torch_flops(model, x, grad=True)
    step = analyze(model, x, backward=True)
    ours = 2 * (step.macs + step.training.backward.macs)
    assert ours == 6 * case.macs
    assert both - ours == 2 * (case.groups - 1) * case.macs


# A layer, its inputs, the MACs of its forward, and of its backward where inputs need no gradient.
STEPS = (
    ("linear", nn.Linear(5, 7), zeros(3, 5), 105, 105),
    ("linear on a sequence", nn.Linear(5, 7), zeros(2, 3, 5), 210, 210),
    ("two linears", nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 11)), zeros(3, 5),
     105 + 231, 105 + 2 * 231),
    ("raw parameter", Function(torch.matmul, (5, 7)), zeros(3, 5), 105, 105),
    ("einsum", Function(lambda x, w: torch.einsum("bij,jk->bik", x, w), (5, 7)),
     zeros(2, 3, 5), 210, 210),
    ("bilinear", nn.Bilinear(3, 5, 7), (zeros(2, 3), zeros(2, 5)), 210, 210),
    ("embedding", nn.Embedding(11, 5), zeros(3, dtype=torch.int64), 0, 0),
    ("attention of two parameters",  # scores and values: two gradients each; queries are inputs
     Function(nn.functional.scaled_dot_product_attention, (3, 11, 13), (3, 11, 17)),
     zeros(3, 7, 13), 3 * 77 * 30, 3 * 77 * (13 + 2 * 17)),
    ("batch norm", nn.BatchNorm2d(5), zeros(2, 5, 7, 11), 0, 0),
    ("layer norm", nn.LayerNorm(7), zeros(3, 7), 0, 0),
    ("group norm", nn.GroupNorm(2, 6), zeros(3, 6, 7), 0, 0),
    ("instance norm", nn.InstanceNorm2d(3, affine=True), zeros(2, 3, 5, 7), 0, 0),
    ("root mean square norm", nn.RMSNorm(7), zeros(3, 7), 0, 0),
    ("prelu", nn.PReLU(), zeros(3, 7), 0, 0),
    ("lstm",  # the first step has no state to hand a gradient to
     nn.LSTM(5, 7), zeros(11, 3, 5), 33 * 28 * 12, 33 * 28 * 12 + 30 * 28 * 7),
    ("gru", nn.GRU(5, 7), zeros(11, 3, 5), 33 * 21 * 12, 33 * 21 * 12 + 30 * 21 * 7),
    ("tied embedding and head", Tied(), zeros(4, 5, dtype=torch.int64), 128_000, 256_000),
    ("encoder layer",  # all twice, but for the input of the first projection
     nn.TransformerEncoderLayer(12, 3, 20, batch_first=True), zeros(2, 7, 12),
     17_136, 2 * 17_136 - 14 * 12 * 36),
    ("shared layer", nn.Sequential(*[nn.Linear(7, 7)] * 3), zeros(5, 7), 735, 5 * 245),
    ("autograd function", Function(Product.apply, (5, 7)), zeros(3, 5), 105, 105 + 105),
    ("checkpointed",  # the first layer runs again, for what the second must know
     Checkpointed(nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64))),
     zeros(4, 64), 2 * 16_384, (1 + 3) * 16_384),
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "inputs", "forward", "backward"), [c[1:] for c in STEPS], ids=[c[0] for c in STEPS]
)
def test_a_backward_has_its_true_figure(model, inputs, forward, backward):
    report = analyze(model, inputs, backward=True)
    assert (report.macs, report.training.backward.macs) == (forward, backward)
    assert report.unknown == {}
    assert report.verdict.agrees, report.verdict.differences


# torch has no rule for a bilinear product, and on the CPU sees nothing of a fused LSTM or GRU.
BLIND = {"bilinear", "lstm", "gru"}


@pytest.mark.parametrize("case", [c for c in STEPS if c[0] not in BLIND], ids=lambda c: c[0])
def test_torchs_counter_agrees_without_groups(case):
    _, model, inputs, forward, backward = case
    assert torch_flops(model.train(), inputs, grad=True) == 2 * (forward + backward)


def test_a_scaled_attention_has_all_of_its_gradients():
    attention = Function(nn.functional.scaled_dot_product_attention)
    inputs = zeros(2, 5, 7, 13), zeros(2, 5, 11, 13), zeros(2, 5, 11, 17)
    report = analyze(Scaled(attention), inputs, backward=True)
    assert report.macs == 10 * 77 * 30
    assert report.training.backward.macs == 2 * 10 * 77 * 30


def two_layers() -> nn.Sequential:
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 11))


def test_frozen_parameters_cost_no_gradient():
    first, last = two_layers(), two_layers()
    first[0].requires_grad_(False)
    last[2].requires_grad_(False)
    below = analyze(first, zeros(3, 5), backward=True).training
    assert (below.backward.macs, below.trainable) == (231, 88)
    above = analyze(last, zeros(3, 5), backward=True).training
    assert (above.backward.macs, above.trainable) == (231 + 105, 42)


def test_a_frozen_bias_is_not_trainable():
    model = nn.Linear(5, 7)
    model.bias.requires_grad_(False)
    assert analyze(model, zeros(3, 5), backward=True).training.trainable == 35


@pytest.mark.parametrize(("optimizer", "each"), [("sgd", 0), ("momentum", 1), ("adam", 2)])
def test_the_optimizers_state(optimizer, each):
    model = two_layers()
    model[0].requires_grad_(False)
    report = analyze(model, zeros(3, 5), backward=True, optimizer=optimizer)
    assert report.params == 42 + 88
    assert report.training.state == each * 88
    assert report.training.memory(report.params) == (42 + 88) + 88 + each * 88


def test_the_state_is_that_of_torchs_optimizers():
    """Elements that a real step leaves in the optimizer, scalars (step counts) left out."""
    for optimizer, make in (
        ("sgd", lambda ps: torch.optim.SGD(ps, 0.1)),
        ("momentum", lambda ps: torch.optim.SGD(ps, 0.1, momentum=0.9)),
        ("adam", lambda ps: torch.optim.Adam(ps)),
    ):
        model = two_layers()
        step = make(model.parameters())
        model(zeros(3, 5)).sum().backward()
        step.step()
        kept = [t for each in step.state.values() for t in each.values() if torch.is_tensor(t)]
        real = sum(t.numel() for t in kept if t.dim())
        training = analyze(model, zeros(3, 5), backward=True, optimizer=optimizer).training
        assert training.state == real


def test_a_tied_weight_has_one_state():
    training = analyze(Tied(), zeros(4, 5, dtype=torch.int64), backward=True).training
    assert (training.trainable, training.state) == (6_400, 12_800)


def test_without_backward_there_is_no_training():
    assert analyze(two_layers(), zeros(3, 5)).training is None


def test_outputs_in_a_dict_or_tuple_are_all_differentiated():
    class Heads(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right = nn.Linear(5, 7), nn.Linear(5, 11)

        def forward(self, x):
            return {"left": self.left(x), "rest": (self.right(x), x, None, 3)}

    assert analyze(Heads(), zeros(3, 5), backward=True).training.backward.macs == 105 + 165


def test_the_model_runs_in_training_mode_and_keeps_no_gradient():
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Dropout(0.5)).eval()
    statistics = model[1].running_mean.clone()
    report = analyze(model, zeros(2, 3, 7, 11), backward=True)
    assert any(row.name.startswith("2") for row in report.layers)  # dropout works in training
    assert not model.training
    assert all(p.grad is None for p in model.parameters())
    assert torch.equal(model[1].running_mean, statistics)
    assert model[1].num_batches_tracked == 0


def test_also_on_the_cpu_the_gradients_stay_away_from_the_users_model():
    class Branching(nn.Linear):
        def forward(self, x):
            return super().forward(x) * x.sum().item()

    model = Branching(5, 7)
    report = analyze(model, zeros(3, 5), backward=True)
    assert report.verdict.traced_on == "cpu"
    assert report.training.backward.macs == 105
    assert model.weight.grad is None


def test_a_scripted_model_keeps_no_gradient():
    with quiet():
        model = torch.jit.script(nn.Linear(5, 7))
    report = analyze(model, zeros(3, 5), backward=True)
    assert report.training.backward.macs == 105
    assert model.weight.grad is None


@pytest.mark.parametrize(
    "model", [nn.ReLU(), nn.Linear(5, 7).requires_grad_(False)], ids=["no parameter", "frozen"]
)
def test_nothing_to_differentiate_is_said(model):
    with pytest.raises(ModelError, match="no output depends on a parameter"):
        analyze(model, zeros(3, 5), backward=True)


def test_a_wrong_optimizer_is_refused():
    with pytest.raises(ValueError, match="must be one of sgd, momentum, adam"):
        analyze(nn.Linear(5, 7), zeros(3, 5), backward=True, optimizer="adagrad")


def test_the_five_networks_have_a_training_step():
    report = analyze("mobilenet", backward=True)
    stem = next(row for row in report.layers if row.macs)
    assert report.training.backward.macs == 2 * report.macs - stem.macs
    assert report.training.trainable == report.params


def test_the_command_line_reports_the_step(tmp_path, capsys):
    source = tmp_path / "grouped.py"
    source.write_text("from torch import nn\nmodel = nn.Conv2d(4, 6, 3, groups=2)\n", "utf-8")
    said = ["report", f"{source}:model", "--input", "2x4x7x11", "--backward"]
    with pytest.raises(SystemExit) as ended:
        main([*said, "--optimizer", "momentum", "--format", "json"])
    assert ended.value.code == 0
    found = json.loads(capsys.readouterr().out)
    assert found["macs"] == found["training"]["backward"]["macs"] == 9_720
    params = 6 * 2 * 9 + 6
    assert found["training"]["optimizer_state"] == params
    assert found["training"]["memory"] == 3 * params
    with pytest.raises(SystemExit):
        main(said)
    assert "9,720" in capsys.readouterr().out
