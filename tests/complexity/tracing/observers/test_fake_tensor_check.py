"""A model that asks whether its tensors are fake gets the peak that it has with plain ones."""

import pytest
import torch
from torch import nn
from torch._subclasses import FakeTensor

import complexity.tracing as tracing
from complexity.errors import ModelError
from complexity.tracing.observers.fake_tensor_check import SEEN_THROUGH, Called
from tests.complexity.tracing.observers.peaks import check_a_step, peak_of, tracked


class Asks(nn.Module):
    """Does without copies where it can look at numbers, or could."""

    def __init__(self, device=None) -> None:
        super().__init__()
        self.fc = nn.Linear(5, 7, device=device)

    def forward(self, x):
        if isinstance(x, FakeTensor):
            x = x.repeat(11, 1)[: len(x)]
        return self.fc(x)


X = torch.zeros(3, 5)
PLAIN, COPIED = 3 * 7 * 4, 3 * 7 * 4 + 11 * 3 * 5 * 4


def test_the_peak_is_that_of_plain_tensors():
    assert peak_of(Asks(), X).activations == tracked(Asks(), X)["Activation"] == PLAIN
    assert peak_of(Asks(), X).notes == ()
    check_a_step(Asks(), X)


def test_where_nothing_can_be_computed_it_is_said(monkeypatch):
    found = peak_of(Asks("meta"), X.to("meta"))
    assert (found.activations, found.notes) == (COPIED, (SEEN_THROUGH,))

    def no_room(*_):
        raise ModelError("too large")

    monkeypatch.setattr(tracing, "must_fit", no_room)
    found = peak_of(Asks(), X)
    assert (found.activations, found.notes) == (COPIED, (SEEN_THROUGH,))


def test_whoever_does_not_ask_is_not_computed(monkeypatch):
    def forbidden(*_):
        raise AssertionError("computed")

    monkeypatch.setattr(tracing, "must_fit", forbidden)
    model = nn.TransformerEncoder(
        nn.TransformerEncoderLayer(14, 2, 17, batch_first=True), 2, enable_nested_tensor=False
    )
    for training in (False, True):
        peak_of(model, torch.zeros(3, 11, 14), training=training)
        peak_of(nn.Sequential(nn.Conv1d(3, 5, 1), nn.BatchNorm1d(5)), torch.zeros(2, 3, 7))


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_calls_are_counted_and_looks_are_not(device):
    x = torch.zeros(3, 5, device=device)
    with Called() as called:
        assert (x + x.mT.mT).shape == (3, 5)
        nn.functional.relu(x)
    assert called.names == {"add": 1, "relu": 1}
