"""Memory at the peak where the CPU has kernels of its own, which meta composes otherwise."""

import logging

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from complexity.closed_form.describe import is_layer
from complexity.errors import ModelError
from complexity.tracing import trace
from complexity.tracing.observers.peak_memory import ON_META, WHOLE, WORKSPACE, faking
from tests.complexity.small import Calls
from tests.complexity.tracing.observers.peaks import check_a_step, peak_of, tracked


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
    assert found == peak_of(model, x, training=True)  # nothing is remembered of the first run
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


@pytest.mark.skipif(not hasattr(torch, "_grouped_mm"), reason="torch has no grouped products")
def test_a_product_that_torch_cannot_do_without_arithmetic_is_held_too():
    """In float32 its own rule refuses what its kernel takes: a mixture of experts, unseen."""
    model = Calls(lambda x, y, ends: torch._grouped_mm(x, y, offs=ends))
    ends = torch.tensor([4, 9, 13], dtype=torch.int32)
    given = (torch.zeros(13, 8), torch.zeros(3, 8, 12), ends)
    found = trace(model, given, is_layer, memory=True)
    assert (found.way[0], found.fallback) == ("fake", "")
    assert found.peak is not None
    assert found.peak.activations == tracked(model, *given)["Activation"] == 13 * 12 * 4


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


class NoFake(nn.Module):
    """Refused by torch's rule for the kernel."""

    def forward(self, x):
        return torch.ops.aten.addmm.default(x[0, :3], x, x.mT)


def test_what_fails_with_fake_tensors_is_tried_elsewhere_without_a_word(caplog):
    logger = logging.getLogger("torch._subclasses.fake_tensor")
    logger.addHandler(caplog.handler)
    try:
        with pytest.raises(ModelError, match="NoFake raised"):
            trace(NoFake(), torch.zeros(5, 7), is_layer, memory=True)
        assert caplog.text == ""
        with faking() as mode, pytest.raises(RuntimeError):
            NoFake()(mode.from_tensor(torch.zeros(5, 7)))
        assert "failed while attempting to run meta" in caplog.text  # as torch would
    finally:
        logger.removeHandler(caplog.handler)
