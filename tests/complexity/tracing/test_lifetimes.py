"""Memory at the peak: by hand on small graphs, and against torch's own tracker on real models."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.distributed._tools.mem_tracker import MemTracker
from torch.nn import functional as F  # noqa: N812

from complexity.models import build
from complexity.reading import is_layer
from complexity.tracing import Peak, trace
from complexity.tracing.lifetimes import ON_META, WHOLE, WORKSPACE, Lifetimes
from formulas.errors import SizeError
from formulas.networks import network
from tests.complexity.helpers import state_of

ROOT = Path(__file__).parents[3]


def peak_of(model: nn.Module, *inputs: torch.Tensor, training: bool = False, **more) -> Peak:
    run = trace(model, inputs, is_layer, training=training, backward=training, memory=True, **more)
    assert run.peak is not None
    return run.peak


def tracked(model: nn.Module, *inputs: torch.Tensor, training: bool = False) -> dict[str, int]:
    """The same by torch's tracker, on the CPU, where everything is computed."""
    tracker = MemTracker()
    tracker.track_external(model.train(training), *inputs)
    with torch.set_grad_enabled(training), tracker:
        out = model(*inputs)
        if training:
            torch.autograd.backward(out, torch.ones_like(out))
    found = tracker.get_tracker_snapshot("peak")[torch.device("cpu")]
    return {getattr(kind, "value", kind): size for kind, size in found.items()}


class Graph(nn.Module):
    """Runs a function, so that a test can say what is held."""

    def __init__(self, function) -> None:
        super().__init__()
        self.function = function
        self.act = nn.ReLU()

    def forward(self, x):
        return self.function(self, x)


def two_alive(self, x):
    y = x + 1
    y = y + 1  # the first y is held until the second is there
    return y + 1


def branch(self, x):
    kept = x * 2
    return self.act(x * 3 + 1) + kept


def in_place(self, x):
    y = x + 1
    y += 1
    y.relu_()
    return y


def views(self, x):
    y = x + 1
    return y.view(-1).unsqueeze(0).T


def freed_by_hand(self, x):
    y = x + 1
    z = y[:1] + 1  # a seventh of it
    del y
    return (z + x) * 1


def grown(self, x):
    y = x.new_empty(0)
    return y.resize_(11 * 7)


SIZE = 7 * 11 * 4
GRAPHS = [
    (two_alive, 2 * SIZE, "add"),
    (branch, 3 * SIZE, "add"),
    (in_place, SIZE, "add"),
    (views, SIZE, "add"),
    (freed_by_hand, 2 * SIZE + 44, "mul"),
    (grown, SIZE, "resize"),
]


@pytest.mark.parametrize(
    ("function", "activations", "at"), GRAPHS, ids=lambda f: getattr(f, "__name__", "")
)
def test_what_is_held_at_once_is_known_by_hand(function, activations, at):
    model, x = Graph(function), torch.zeros(7, 11)
    assert peak_of(model, x) == Peak(SIZE, 0, activations, 0, at, 0)
    assert tracked(model, x)["Activation"] == activations
    half = peak_of(model, x, dtype="float16")
    assert (half.inputs, half.activations) == (SIZE // 2, activations // 2)


def test_the_peak_is_in_the_layer_that_runs_then():
    model = nn.Sequential(nn.Linear(3, 5), nn.Sequential(nn.Linear(5, 101), nn.ReLU()))
    found = peak_of(model, torch.zeros(2, 3))
    assert found.at == "1.1"
    assert (
        found.activations == 2 * (5 + 101 + 101) * 4
    )  # the outer container still has what it gave
    assert found.weights == sum(p.numel() * 4 for p in model.parameters())


def test_a_tied_weight_is_there_once_and_a_buffer_too():
    model = nn.Sequential(
        nn.Linear(5, 5, bias=False), nn.Linear(5, 5, bias=False), nn.BatchNorm1d(5)
    )
    model[1].weight = model[0].weight
    assert peak_of(model, torch.zeros(2, 5)).weights == 4 * (25 + 4 * 5) + 8


def test_an_input_that_is_expanded_is_held_as_what_is_stored():
    x = torch.zeros(7, 1).expand(7, 11)
    assert peak_of(nn.ReLU(), x).inputs == 7 * 4 == tracked(nn.ReLU(), x)["Other"]


def test_numbers_may_weigh_as_if_of_another_type():
    """Indices do not: the pooling's, eight bytes each, are held while its output is made."""
    pool, x = nn.MaxPool2d(2), torch.zeros(1, 3, 14, 22)
    out = 3 * 7 * 11
    assert peak_of(pool, x).activations == out * (4 + 8)
    half = peak_of(pool, x, dtype="float16")
    assert (half.activations, half.inputs) == (out * (2 + 8), 2 * 3 * 14 * 22)
    with pytest.raises(SizeError, match="bytes_as='int32' must be one of"):
        Lifetimes("int32")


def test_a_step_holds_what_the_gradients_need_and_the_gradients():
    model = nn.Sequential(nn.Linear(3, 5, bias=False), nn.Tanh())
    found = peak_of(model, torch.zeros(2, 3), training=True)
    assert found.trainable == 60
    assert found.at == "backward"
    assert (
        found.activations + found.gradients
        == tracked(model, torch.zeros(2, 3), training=True)["Total"] - 60 - 24
    )


MODELS = (
    "resnet18", "mobilenet_v2", "densenet121", "squeezenet1_0", "shufflenet_v2_x1_0",
    "efficientnet_b0", "convnext_tiny", "vit_b_16", "swin_t", "mnasnet0_5",
)  # fmt: skip


def model_and_image(name: str, torchvision) -> tuple[nn.Module, torch.Tensor]:
    side = 224 if name == "vit_b_16" else 64
    return getattr(torchvision.models, name)(), torch.zeros(2, 3, side, side)


@pytest.mark.parametrize("name", MODELS)
def test_the_peak_is_that_of_torchs_own_tracker(name, torchvision):
    model, image = model_and_image(name, torchvision)
    found, seen = peak_of(model, image), tracked(model, image)
    assert found.activations == seen["Activation"]
    assert found.weights == seen["Parameter"] + seen["Buffer"]
    assert found.inputs == seen["Other"]


def check_a_step(model: nn.Module, image: torch.Tensor) -> None:
    found = peak_of(model, image, training=True)
    seen = tracked(model, image, training=True)
    total = found.inputs + found.weights + found.activations + found.gradients
    assert total == seen["Total"]
    assert found.activations + found.gradients == sum(
        seen[part] for part in ("Activation", "Temp", "Gradient")
    )


@pytest.mark.parametrize("name", ["shufflenet", "squeezenet"])
def test_of_a_training_step_too(name):
    check_a_step(build(network(name), "cpu"), torch.zeros(2, 3, 32, 32))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_of_a_training_step_of_each_model(name, torchvision):
    check_a_step(*model_and_image(name, torchvision))


def test_the_gradient_of_silu_holds_what_the_cpus_kernel_holds():
    """torch has a way to compose it too, which would hold five times as much."""
    check_a_step(nn.Sequential(nn.Linear(3, 101), nn.SiLU()), torch.zeros(7, 3))


class First(nn.Module):
    """The first of what a recurrent layer gives."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


def encoder() -> nn.Module:
    return nn.TransformerEncoderLayer(14, 2, 17, batch_first=True)


ENCODER = "encoder layer"
# What torch composes on meta, and has a kernel of its own for, or another way, on the CPU; with
# whether a training step is alike too.
OWN_KERNELS = {
    "LSTM": (lambda: First(nn.LSTM(5, 7)), (11, 3, 5), False),
    "LSTM, two layers and ways": (lambda: First(nn.LSTM(5, 7, 2, bidirectional=True)),
                                  (11, 3, 5), False),
    "GRU": (lambda: First(nn.GRU(5, 7)), (11, 3, 5), True),
    "RNN": (lambda: First(nn.RNN(5, 7)), (11, 3, 5), True),
    ENCODER: (encoder, (3, 11, 14), True),
    "Mish": (lambda: nn.Sequential(nn.Linear(5, 7), nn.Mish()), (3, 5), True),
    "batch norm": (lambda: nn.BatchNorm2d(7), (3, 7, 5, 11), True),
    "layer norm": (lambda: nn.LayerNorm(7), (3, 7), True),
    "instance norm": (lambda: nn.Sequential(nn.Conv1d(5, 7, 1), nn.InstanceNorm1d(7)),
                      (3, 5, 11), True),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("case", OWN_KERNELS)
def test_the_cpus_own_kernels_hold_what_they_hold(case, dtype):
    make, shape, steps = OWN_KERNELS[case]
    model, x = make().to(dtype), torch.zeros(shape, dtype=dtype)
    found = peak_of(model, x)
    assert found.activations == tracked(model, x)["Activation"]
    assert found.notes == ((WHOLE["_transformer_encoder_layer_fwd"],) if case == ENCODER else ())
    if steps:
        check_a_step(model, x)


def test_a_workspace_that_nobody_knows_is_said():
    """oneDNN tells how much it keeps for the gradients only when it runs."""
    model, x = First(nn.LSTM(5, 7)), torch.zeros(11, 3, 5)
    found = peak_of(model, x, training=True)
    assert found.notes == (WORKSPACE,)
    seen = tracked(model, x, training=True)
    assert found.activations + found.gradients < seen["Total"] - found.weights - found.inputs
    ran = trace(model, (x,), is_layer, training=True, backward=True, memory=True,
                way=("cpu", False)).peak  # fmt: skip
    assert ran is not None
    assert (ran.notes, ran.activations > found.activations) == ((), True)


class NeedsNumbers(nn.Module):
    def __init__(self, device=None) -> None:
        super().__init__()
        self.fc = nn.Linear(5, 7, device=device)

    def forward(self, x):
        return self.fc(x) if x.is_meta or x.sum().item() == 0 else x


def test_what_needs_numbers_runs_on_the_cpu_and_without_weights_on_meta():
    model, x = NeedsNumbers(), torch.zeros(3, 5)
    assert peak_of(model, x).activations == tracked(model, x)["Activation"] == 84
    found = peak_of(NeedsNumbers("meta"), torch.zeros(3, 5, device="meta"))
    assert (found.activations, found.notes) == (84, (ON_META,))


def test_gradients_that_nobody_asked_for_are_not_held():
    x = torch.zeros(3, 7, 5, 11)
    check_a_step(nn.BatchNorm2d(7), x)
    check_a_step(nn.Conv2d(7, 2, 3), x)


class Attends(nn.Module):
    def __init__(self, **settings) -> None:
        super().__init__()
        self.settings = settings

    def forward(self, q, k, mask=None):
        return F.scaled_dot_product_attention(q, k, k * 2, attn_mask=mask, **self.settings)


MASK = torch.zeros(61, 67, dtype=torch.bool)
ATTENTIONS = {
    "plain": ({}, (2, 3, 61, 8), (2, 3, 67, 8), None),
    "causal": ({"is_causal": True}, (2, 3, 61, 8), (2, 3, 61, 8), None),
    "masked": ({}, (2, 3, 61, 8), (2, 3, 67, 8), MASK),
    "three dimensions": ({}, (3, 61, 8), (3, 67, 8), None),
    "groups": ({"enable_gqa": True}, (2, 6, 61, 8), (2, 3, 67, 8), None),
}


@pytest.mark.parametrize("case", ATTENTIONS)
def test_attention_holds_its_scores_where_the_cpu_does(case):
    settings, query, key, mask = ATTENTIONS[case]
    model, given = Attends(**settings), [torch.zeros(query), torch.zeros(key)]
    given += [] if mask is None else [mask]
    assert peak_of(model, *given).activations == tracked(model, *given)["Activation"]


def test_a_fresh_process_holds_no_more():
    """What torch loads at its first run must not keep the tensors of that moment."""
    code = (
        "from complexity import analyze\n"
        "print(analyze('shufflenetv2', memory=True).memory.activations)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    found = peak_of(build(network("shufflenetv2"), "meta"), torch.empty(1, 3, 32, 32))
    assert int(done.stdout) == found.activations == 514_048


def test_a_tensor_that_is_never_freed_turns_the_comparison_red(monkeypatch):
    monkeypatch.setattr(Lifetimes, "_freed", lambda *_: None)
    model, image = build(network("squeezenet"), "cpu"), torch.zeros(1, 3, 32, 32)
    assert peak_of(model, image).activations > tracked(model, image)["Activation"]


def test_the_model_is_left_as_it_was():
    model, x = nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5)), torch.zeros(2, 3)
    before = state_of(model, x)
    peak_of(model, x, training=True)
    assert state_of(model, x) == before
