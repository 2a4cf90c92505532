"""Recurrent layers, embeddings, normalisation and activations with their true figures."""

import pytest
import torch
from torch import nn

from complexity import analyze
from tests.complexity.any_model.helpers import Case, Function, assert_counted, quiet, zeros


class Loop(nn.Module):
    """A cell, run step by step over the first dimension."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, sequence):
        state = None
        for step in sequence:
            state = self.cell(step, state)
        return state


def gates(number: int, inputs: int, hidden: int, outputs: int = 0) -> int:
    """MACs of one step: from the input and from the last output (``hidden`` wide, if not said)."""
    return number * hidden * (inputs + (outputs or hidden))


def packed(rnn: nn.Module) -> nn.Module:
    """Runs ``rnn`` on three sequences of 5, 3 and 2 steps, packed together."""
    lengths = torch.tensor([5, 3, 2])
    pack = nn.utils.rnn.pack_padded_sequence
    return Function(lambda x: rnn(pack(x, lengths, batch_first=True))[0].data)


RECURRENT = (
    Case("lstm", lambda: nn.LSTM(16, 32), zeros(20, 3, 16), 368_640, 6_400),
    Case("lstm with a projection", lambda: nn.LSTM(16, 32, proj_size=8),
         zeros(20, 3, 16), 199_680, 128 * 24 + 8 * 32 + 256),
    Case("gru", lambda: nn.GRU(16, 32, batch_first=True), zeros(3, 20, 16), 276_480, 4_800),
    Case("rnn", lambda: nn.RNN(5, 7), zeros(11, 3, 5), 33 * gates(1, 5, 7), 7 * 12 + 14),
    Case(
        "bidirectional lstm of two layers",
        lambda: nn.LSTM(5, 7, num_layers=2, bidirectional=True, bias=False),
        zeros(11, 3, 5),
        33 * 2 * (gates(4, 5, 7) + gates(4, 14, 7)),
        2 * 4 * 7 * (12 + 21),
    ),
    Case(
        "bidirectional lstm of two layers with projections",
        lambda: nn.LSTM(5, 7, num_layers=2, bidirectional=True, proj_size=3, bias=False),
        zeros(11, 2, 5),
        22 * 2 * (gates(4, 5, 7, 3) + 21 + gates(4, 6, 7, 3) + 21),
        2 * (28 * 8 + 21 + 28 * 9 + 21),
    ),
    Case(
        "gru of three layers",
        lambda: nn.GRU(5, 7, num_layers=3),
        zeros(11, 2, 5),
        22 * (gates(3, 5, 7) + 2 * gates(3, 7, 7)),
        21 * (12 + 14 + 14) + 3 * 42,
    ),
    Case("gru with dropout between layers", lambda: nn.GRU(5, 7, num_layers=2, dropout=0.5),
         zeros(11, 2, 5), 22 * (gates(3, 5, 7) + gates(3, 7, 7)), 21 * 26 + 84),
    Case("unbatched lstm", lambda: nn.LSTM(5, 7), zeros(11, 5), 11 * gates(4, 5, 7), 28 * 14),
    Case(
        "lstm with its first state",
        lambda: nn.LSTM(5, 7, bias=False),
        (zeros(11, 3, 5), (zeros(1, 3, 7), zeros(1, 3, 7))),
        33 * gates(4, 5, 7),
        28 * 12,
    ),
    Case("packed lstm", lambda: packed(nn.LSTM(5, 7)),
         zeros(3, 5, 5), 10 * gates(4, 5, 7), 0, closed=False),
    Case("lstm cell", lambda: nn.LSTMCell(16, 32), zeros(3, 16), 18_432, 6_400),
    Case("gru cell with a state", lambda: nn.GRUCell(5, 7),
         (zeros(3, 5), zeros(3, 7)), 3 * gates(3, 5, 7), 21 * 14),
    Case("rnn cell, unbatched", lambda: nn.RNNCell(5, 7), zeros(5), gates(1, 5, 7), 7 * 14),
    Case("gru cell in a loop of 10", lambda: Loop(nn.GRUCell(16, 32)),
         zeros(10, 3, 16), 138_240, 4_800),
)  # fmt: skip


@pytest.mark.parametrize("case", RECURRENT, ids=lambda case: case.name)
def test_a_recurrent_layer_has_its_true_figures(case):
    assert_counted(case)


def test_a_loop_adds_up_its_steps_and_counts_the_weights_once():
    """The first step has no state yet: other inputs, so a row of its own."""
    report = analyze(Loop(nn.GRUCell(16, 32)), zeros(10, 3, 16))
    rows = [(row.name, row.calls, row.macs, row.params) for row in report.layers]
    assert rows == [("cell", 1, 13_824, 4_800), ("cell#2", 9, 124_416, 0)]


def int64(*shape: int):
    return zeros(*shape, dtype=torch.int64)


LOOKUPS = (
    Case("embedding alone", lambda: nn.Embedding(100, 64), int64(3, 7), 0, 6_400),
    Case("embedding with padding", lambda: nn.Embedding(11, 5, padding_idx=0), int64(7), 0, 55),
    Case("bag of embeddings", lambda: nn.EmbeddingBag(11, 5), int64(3, 7), 0, 55),
    Case("table as a raw parameter", lambda: Function(lambda i, t: t[i], (11, 5)),
         int64(7), 0, 55, closed=False),
)  # fmt: skip


@pytest.mark.parametrize("case", LOOKUPS, ids=lambda case: case.name)
def test_a_lookup_multiplies_nothing(case):
    assert_counted(case)


MAP = zeros(1, 16, 32, 32)
ELEMENTWISE = (
    ("relu", nn.ReLU(), MAP, 0, 16_384),
    ("relu in place", nn.ReLU(inplace=True), MAP, 0, 16_384),
    ("gelu", nn.GELU(), MAP, 0, 16_384),
    ("functional relu", Function(nn.functional.relu), MAP, 0, 16_384),
    ("functional gelu", Function(nn.functional.gelu), MAP, 0, 16_384),
    ("batch norm", nn.BatchNorm2d(16), MAP, 32, 16_384),
    ("batch norm of vectors", nn.BatchNorm1d(7), zeros(5, 7), 14, 35),
    ("batch norm without weights", nn.BatchNorm3d(2, affine=False), zeros(1, 2, 3, 5, 7), 0, 210),
    ("rms norm", nn.RMSNorm(7), zeros(3, 5, 7), 7, 3 * 105 + 3 * 15),
    (
        "rms norm in half precision",
        nn.RMSNorm(7, dtype=torch.bfloat16),
        zeros(3, 5, 7, dtype=torch.bfloat16),
        7,
        3 * 105 + 3 * 15,
    ),
    ("prelu", nn.PReLU(16), MAP, 16, 16_384),
    ("gate", nn.GLU(1), MAP, 0, 8_192),
    ("sums of bags", nn.EmbeddingBag(11, 5), zeros(3, 7, dtype=torch.int64), 55, 105),
    ("fold", nn.Fold((5, 7), (3, 2)), zeros(2, 18, 18), 0, 2 * 18 * 18),
    ("pad", nn.ZeroPad2d(2), MAP, 0, 0),
    ("unfold", nn.Unfold(3), MAP, 0, 0),
    ("layer norm", nn.LayerNorm(7), zeros(3, 5, 7), 14, 105),
    ("group norm", nn.GroupNorm(2, 6), zeros(3, 6, 5, 7), 12, 630),
    ("instance norm", nn.InstanceNorm2d(3, affine=True), zeros(2, 3, 5, 7), 6, 210),
    ("softmax", nn.Softmax(-1), zeros(3, 5), 0, 15),
    ("max pool", nn.MaxPool2d(3, 2), zeros(1, 3, 11, 7), 0, 3 * 5 * 3),
    ("average to one", nn.AdaptiveAvgPool2d(1), zeros(1, 3, 11, 7), 0, 3),
    ("addition", Function(torch.add), (zeros(3, 5), zeros(3, 5)), 0, 15),
)


@pytest.mark.parametrize(
    ("model", "inputs", "params", "steps"),
    [case[1:] for case in ELEMENTWISE],
    ids=[case[0] for case in ELEMENTWISE],
)
def test_elementwise_work_is_one_step_for_each_output_and_no_mac(model, inputs, params, steps):
    report = analyze(model.eval(), inputs)
    assert len(report.layers) == 1
    assert (report.macs, report.params, report.cost.elementwise) == (0, params, steps)
    assert report.unknown == {}
    assert report.verdict.rows == 1
    assert report.verdict.agrees, report.verdict.differences


def test_batch_norm_is_named_apart_also_in_training():
    report = analyze(nn.BatchNorm2d(16).train(), zeros(2, 16, 32, 32), backward=True)
    row = report.layer("BatchNorm2d")
    assert (row.kind, row.params, row.elementwise, row.macs) == ("batch_norm", 32, 32_768, 0)
    assert report.training.backward.macs == 0
    assert report.training.backward.elementwise >= 32_768


def test_a_dynamically_quantised_linear_is_counted():
    with quiet():
        model = torch.ao.quantization.quantize_dynamic(
            nn.Sequential(nn.Linear(64, 32)), {nn.Linear}
        )
    report = analyze(model, zeros(7, 64))
    assert report.macs == 14_336
    assert report.unknown == {}
    assert report.verdict.agrees
    assert report.verdict.traced_on == "cpu"
    assert any("Ran on the CPU" in note for note in report.notes)
