"""Every rule of ptflops's for operators, by hand."""

import pytest
import torch
from torch import nn

from complexity import bridge
from complexity.interop.bridge import hook_counters as listeners
from complexity.interop.bridge.fused_kernels import SORTS
from complexity.interop.bridge.ptflops_aten import BIASES, RULES
from tests.complexity.helpers import plant
from tests.complexity.interop.bridge.models import Takes, encoder
from tests.complexity.interop.bridge.rules import steps_to
from tests.conftest import installed

FUSED, _, RECURRENT = SORTS
MAP = (2, 3, 7, 11)
ATTENTION = "_scaled_dot_product_flash_attention_for_cpu: an operator that it does not know"

CASES = [
    (nn.Conv2d(3, 6, (3, 5), groups=3), [MAP], 2 * 6 * 35 * 15, {BIASES: 2 * 35 * 6}),
    (nn.Conv1d(3, 5, 3, bias=False), [(2, 3, 7)], 2 * 5 * 5 * 9, {}),
    (nn.ConvTranspose2d(3, 5, 4, 2), [MAP], 462 * 80, {BIASES: 2 * 5 * 16 * 24}),
    (nn.Linear(11, 5), [MAP], 42 * 55, {BIASES: 42 * 5}),
    (nn.Linear(11, 5, bias=False), [(2, 11)], 110, {}),
    (nn.BatchNorm2d(3), [MAP], 0, {}),
    (nn.ReLU(), [MAP], 0, {}),
    (nn.LSTM(5, 7), [(3, 2, 5)], 6 * 28 * 12, {RECURRENT: -6 * 28 * 12}),
    (Takes(lambda a, b: a @ b), [(3, 5), (5, 7)], 105, {}),
    (Takes(lambda a, b: a @ b), [(2, 3, 5), (2, 5, 7)], 210, {}),
    (Takes(torch.addmm), [(7,), (3, 5), (5, 7)], 105, {BIASES: 21}),
    (Takes(torch.baddbmm), [(2, 3, 7), (2, 3, 5), (2, 5, 7)], 210,
     {"baddbmm: an operator that it does not know": -210}),
    (Takes(nn.functional.scaled_dot_product_attention), [(2, 3, 5, 8)] * 3, 2 * 6 * 25 * 8,
     {ATTENTION: -2 * 6 * 25 * 8}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def there():
    return installed("ptflops")


@pytest.mark.parametrize(
    ("model", "shapes", "macs", "steps"), CASES, ids=lambda case: str(case)[:40]
)
def test_a_rule_is_known_to_the_last_operation(model, shapes, macs, steps):
    assert steps_to("ptflops-aten", model, *shapes) == (macs, steps)


X = torch.zeros(2, 5, 12)
HEADS = 10 * 4 * 144 + 2 * 2 * 25 * 12  # four projections, two products of two images
LAYER = HEADS + 10 * 2 * 240  # with its two linear layers


class Attends(nn.Module):
    """Attention in a kernel of its own, before another layer."""

    def __init__(self, then):
        super().__init__()
        self.attention = nn.MultiheadAttention(12, 2, batch_first=True).requires_grad_(False)
        self.then = then

    def forward(self, x):
        return self.then(self.attention(x, x, x)[0])


class Frozen(nn.Module):
    """A part that is run without gradients, before a layer that has them."""

    def __init__(self, part):
        super().__init__()
        self.part, self.fc = part, nn.Linear(12, 7)

    def forward(self, x):
        with torch.no_grad():
            x = self.part(x)
        return self.fc(x)


class Masked(nn.TransformerEncoder):
    """Layers that are handed nested tensors, without what is masked."""

    def __init__(self):
        super().__init__(encoder().layers[0], 2)
        self.requires_grad_(False)

    def forward(self, x):
        mask = torch.tensor([[False] * 5, [False] * 3 + [True] * 2])
        return super().forward(x, src_key_padding_mask=mask)


def frozen():
    return Frozen(encoder().layers[0])


# ptflops listens to the children of the model alone: these torch takes apart, not their attention.
HIDDEN = {
    "attention module": (
        lambda: Attends(nn.Identity()), HEADS, {FUSED: -HEADS},
    ),
    "attention module and lstm": (
        lambda: Attends(nn.LSTM(12, 7, batch_first=True)), HEADS + 10 * 28 * 19,
        {FUSED: -HEADS, RECURRENT: -10 * 28 * 19},
    ),
    "encoder layer": (
        frozen, LAYER + 10 * 84, {BIASES: 10 * (20 + 12 + 7), FUSED: -HEADS},
    ),
    "encoder layers further down": (
        lambda: Frozen(encoder()), 2 * LAYER + 10 * 84, {BIASES: 70, FUSED: -2 * LAYER},
    ),
    "masked encoder layers": (
        lambda: nn.Sequential(nn.Sequential(Masked())), 2 * LAYER, {FUSED: -2 * LAYER},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
def test_macs_in_a_kernel_are_a_step_of_its_sort(name):
    made, macs, steps = HIDDEN[name]
    found = bridge(made(), X, to="ptflops-aten")
    assert found.measured is not None
    assert found.agrees, found
    assert (found.ours, {step.why: step.figure for step in found.steps}) == (macs, steps)


def test_what_kernels_hide_is_known_without_ptflops_itself(monkeypatch):
    measured = bridge(frozen(), X, to="ptflops-aten").measured
    monkeypatch.setattr(listeners, "version_of", lambda package: None)
    found = bridge(frozen(), X, to="ptflops-aten")
    assert (found.measured, found.total) == (None, measured)


def test_a_fault_of_ours_is_in_no_kernel(monkeypatch):
    plant(monkeypatch, "lstm", "macs")
    found = bridge(nn.LSTM(5, 7), torch.zeros(3, 2, 5), to="ptflops-aten")
    assert (found.agrees, found.remainder) == (False, -1)


def test_every_operator_that_it_knows_has_a_rule():
    from ptflops.aten_ops import ATEN_OPS_MAPPING

    assert {packet.__name__ for packet in ATEN_OPS_MAPPING} == set(RULES)
