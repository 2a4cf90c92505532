"""Memory at the peak: by hand on small graphs, and against torch's own tracker on real models."""

import subprocess
import sys
import warnings

import pytest
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from complexity.models import build
from complexity.tracing import Peak
from complexity.tracing.observers.peak_memory import SPARSE, Lifetimes
from formulas.core.errors import SizeError
from formulas.networks import network
from tests.complexity.helpers import state_of
from tests.complexity.tracing.observers.peaks import check_a_step, peak_of, tracked
from tests.paths import ROOT


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


def sliced(self, x):
    part = (x + 1)[:1]  # holds all of it
    return part + x


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
    (sliced, 2 * SIZE, "add"),
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


@pytest.mark.parametrize("name", ["shufflenet", "squeezenet"])
def test_of_a_training_step_too(name):
    check_a_step(build(network(name), "cpu"), torch.zeros(2, 3, 32, 32))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_of_a_training_step_of_each_model(name, torchvision):
    check_a_step(*model_and_image(name, torchvision))


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


class Checkpointed(nn.Module):
    """Computes each block again for its gradients, as far as it must: then torch raises."""

    def __init__(self) -> None:
        super().__init__()
        blocks = (nn.Sequential(nn.Linear(7, 29), nn.GELU(), nn.Linear(29, 7)) for _ in range(3))
        self.blocks = nn.ModuleList(blocks)

    def forward(self, x):
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False)
        return x


def test_what_checkpoints_compute_again_is_freed_again():
    check_a_step(Checkpointed(), torch.zeros(13, 7))


class Wasteful(nn.Module):
    def forward(self, x):
        y = x.repeat(1, 11)
        raise ValueError(f"{y.shape} is too much")


class Retries(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wasteful = Wasteful()

    def forward(self, x):
        for _ in range(3):
            try:
                return self.wasteful(x)
            except ValueError:
                x = x + 1
        return x


def test_an_exception_that_was_caught_holds_nothing():
    model, x = Retries(), torch.zeros(5, 7)
    assert peak_of(model, x).activations == tracked(model, x)["Activation"] == 13 * 5 * 7 * 4


class Looks(nn.Module):
    """Looks up so often, in a table whose gradient is sparse."""

    def __init__(self, times: int = 1, device=None) -> None:
        super().__init__()
        self.times = times
        self.table = nn.Embedding(53, 17, sparse=True, device=device)
        self.fc = nn.Linear(17, 2, device=device)

    def forward(self, x):
        return self.fc(sum(self.table(x) for _ in range(self.times)))


def test_a_sparse_gradient_weighs_what_is_stored_of_it():
    """Its indices are the input; the rows of its values, and the two gradients that are dense."""
    found = peak_of(Looks(), torch.zeros(4, 7, dtype=torch.int64), training=True)
    rows, outs = 4 * 28 * 17, 4 * 28 * 2
    # the rows that were taken and their gradient, the output and its own
    assert found.activations + found.gradients == 2 * rows + 2 * outs + 4 * 2 * 17 + 4 * 2
    assert found.notes == ()


def test_a_sum_of_sparse_gradients_is_as_long_as_it_is_when_computed():
    given = torch.zeros(4, 7, dtype=torch.int64)
    found, computed = (
        peak_of(Looks(2), given, training=True, way=way) for way in (None, ("cpu", False))
    )
    assert found == computed
    assert found.notes == ()
    unknown = peak_of(Looks(2, "meta"), given.to("meta"), training=True)
    assert unknown.notes == (SPARSE,)
    assert unknown.activations + unknown.gradients < found.activations + found.gradients


@pytest.mark.parametrize("form", ["coo", "csr", "csc"])
def test_a_sparse_input_weighs_its_indices_and_values(form):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # torch calls compressed tensors new
        x = getattr(torch.eye(5), f"to_sparse_{form}")()
    indices = {"coo": 2 * 5, "csr": 6 + 5, "csc": 6 + 5}[form]
    assert peak_of(Dense(), x).inputs == indices * 8 + 5 * 4


class Dense(nn.Module):
    def forward(self, x):
        return x.to_dense()
