"""Quantised layers, which keep their weights packed in an object that is no tensor."""

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.closed_form.describe import is_layer
from complexity.tracing import trace
from formulas.core.memory_traffic import Traffic, bytes_moved
from tests.complexity.any_model.helpers import quiet, zeros


def quantised(model, kind=nn.Linear, dtype=torch.qint8):
    with quiet():
        return torch.ao.quantization.quantize_dynamic(nn.Sequential(model), {kind}, dtype=dtype)


def test_packed_weights_are_bytes_and_buffers_and_no_params():
    model = quantised(nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 11)))
    report = analyze(model, zeros(3, 5), memory=True)
    assert report.layer("0.0.linear_dynamic").moved == {
        "float32": Traffic(inputs=15, outputs=21, weights=7), "qint8": Traffic(weights=35),
    }  # fmt: skip
    assert bytes_moved(report.moved).weights == 35 + 77 + 4 * (7 + 11)
    assert (report.params, report.buffers) == (0, 35 + 77 + 7 + 11)
    assert report.memory.weights == 35 + 77 + 4 * (7 + 11)
    assert any(note.startswith("Quantised: 130 weights and biases") for note in report.notes)


def test_a_quantised_layer_that_runs_twice_is_one_row_and_stored_once():
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(7, 7)

        def forward(self, x):
            return self.layer(self.layer(x))

    report = analyze(quantised(Twice()), zeros(3, 7))
    (row,) = report.layers
    assert (row.calls, row.macs, report.buffers) == (2, 2 * 147, 49 + 7)
    assert row.moved["qint8"] == Traffic(weights=2 * 49)


@pytest.mark.parametrize(("dtype", "size"), [(torch.qint8, 1), (torch.float16, 2)])
def test_what_a_quantised_recurrent_layer_holds_is_unpacked_too(dtype, size):
    report = analyze(quantised(nn.LSTM(5, 7), nn.LSTM, dtype), zeros(3, 2, 5), memory=True)
    weights = 28 * 5 + 28 * 7
    assert report.unknown == {"aten.quantized_lstm": 1}
    assert report.buffers == weights + 2 * 28
    assert report.memory.weights == weights * size + 4 * 2 * 28


def test_what_is_packed_learns_no_more():
    run = trace(quantised(nn.Linear(5, 7)), zeros(3, 5), is_layer, memory=True)
    assert (run.peak.weights, run.peak.trainable) == (35 + 4 * 7, 0)
