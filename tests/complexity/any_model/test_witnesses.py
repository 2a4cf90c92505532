"""The outside counters' totals, itemised: their known habits, each with its figure."""

import pytest
import torch
from torch import nn

from complexity import analyze, check
from complexity.witnesses import FVCORE, TORCH
from tests.complexity.any_model.helpers import Function, zeros

functional = nn.functional
RESNET, BATCH_NORM, POOL = 1_814_073_344, 4_967_424, 25_088


@pytest.fixture(scope="module")
def resnet18(torchvision):
    model = torchvision.models.get_model("resnet18", weights=None)
    return model, analyze(model, zeros(1, 3, 224, 224)), check(model, zeros(1, 3, 224, 224))


def test_fvcore_on_resnet18_is_itemised_to_the_last_operation(resnet18):
    _, _, verdict = resnet18
    fvcore = next(each for each in verdict.witnesses if each.name == FVCORE)
    assert BATCH_NORM + POOL == 4_992_512
    assert fvcore.counted == fvcore.expected == RESNET + 4_992_512 == 1_819_065_856
    assert fvcore.explained == (
        "+ 4,967,424: two per batch-norm element",
        "+ 25,088: one per adaptively averaged input element",
    )
    assert fvcore.agrees


def test_torchs_counter_on_resnet18_takes_two_for_each_mac(resnet18):
    _, _, verdict = resnet18
    torchs = next(each for each in verdict.witnesses if each.name == TORCH)
    assert torchs.counted == torchs.expected == 2 * RESNET
    assert torchs.explained == ("2 for each MAC",)


def test_the_habits_follow_from_the_rows(resnet18):
    """Two for each element of a batch norm's output, one for each input of the last pooling."""
    model, report, _ = resnet18
    norms = [row for row in report.layers if row.kind == "batch_norm"]
    assert len(norms) == sum(isinstance(each, nn.BatchNorm2d) for each in model.modules()) == 20
    assert 2 * sum(row.elementwise for row in norms) == BATCH_NORM
    assert POOL == 512 * 7 * 7


HABITS = (
    ("batch norm", nn.BatchNorm2d(3), zeros(2, 3, 5, 7), {"two per batch-norm element": 420}),
    ("batch norm without weights", nn.BatchNorm2d(3, affine=False), zeros(2, 3, 5, 7),
     {"one per batch-norm element without weights": 210}),
    ("layer norm", nn.LayerNorm(7), zeros(3, 5, 7), {"five per": 525}),
    ("layer norm without weights", nn.LayerNorm(7, elementwise_affine=False), zeros(3, 5, 7),
     {"five per": 420}),
    ("group norm", nn.GroupNorm(3, 6), zeros(2, 6, 5, 7), {"five per": 2_100}),
    ("adaptive pooling", nn.AdaptiveAvgPool2d(1), zeros(2, 3, 5, 7), {"adaptively averaged": 210}),
    ("adaptive pooling as a function",
     Function(lambda x: functional.adaptive_avg_pool2d(x, 1)), zeros(2, 3, 5, 7),
     {"adaptively averaged": 210}),
    ("linear", nn.Linear(5, 7), zeros(3, 5), {}),
    ("transposed convolution", nn.ConvTranspose2d(3, 5, 4, 2), zeros(1, 3, 7, 11), {}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("model", "inputs", "habits"), [case[1:] for case in HABITS], ids=[case[0] for case in HABITS]
)
def test_fvcores_habits_on_single_layers(model, inputs, habits):
    report, verdict = analyze(model.eval(), inputs), check(model.eval(), inputs)
    fvcore = next(each for each in verdict.witnesses if each.name == FVCORE)
    assert fvcore.counted == report.macs + sum(habits.values())
    assert fvcore.agrees
    assert len(fvcore.explained) == len(habits)
    for line, (words, figure) in zip(fvcore.explained, habits.items(), strict=True):
        assert words in line
        assert line.startswith(f"+ {figure:,}: ")


MISSED = (
    ("mv", Function(torch.mv), (zeros(13, 7), zeros(7)), 91),
    ("dot", Function(torch.dot), (zeros(13), zeros(13)), 13),
    ("addbmm", Function(torch.addbmm), (zeros(5, 11), zeros(3, 5, 7), zeros(3, 7, 11)), 1_155),
    ("outer", Function(torch.outer), (zeros(7), zeros(11)), 77),
    ("bilinear", nn.Bilinear(3, 5, 7), (zeros(2, 3), zeros(2, 5)), 210),
    ("_int_mm", Function(torch._int_mm),
     (zeros(32, 64, dtype=torch.int8), zeros(64, 64, dtype=torch.int8)), 131_072),
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "model", "inputs", "macs"), MISSED, ids=[case[0] for case in MISSED]
)
def test_what_torchs_counter_misses_is_named(kind, model, inputs, macs):
    verdict = check(model, inputs)
    torchs = next(each for each in verdict.witnesses if each.name == TORCH)
    assert torchs.counted == torchs.expected == 0
    assert torchs.explained == ("2 for each MAC", f"- {2 * macs:,}: {kind} not counted")
    assert verdict.agrees


def test_a_complex_product_is_real_to_the_outsiders():
    factors = zeros(8, 16, dtype=torch.cfloat), zeros(16, 32, dtype=torch.cfloat)
    verdict = check(Function(torch.matmul), factors)
    torchs = next(each for each in verdict.witnesses if each.name == TORCH)
    assert torchs.counted == torchs.expected == 2 * 8 * 16 * 32
    assert verdict.agrees


def test_fvcore_misses_a_batched_product_with_an_addend():
    inputs = zeros(4, 8, 32), zeros(4, 8, 16), zeros(4, 16, 32)
    verdict = check(Function(torch.baddbmm), inputs)
    fvcore = next(each for each in verdict.witnesses if each.name == FVCORE)
    assert fvcore.counted == fvcore.expected == 0
    assert fvcore.explained == ("- 16,384: baddbmm not counted",)


def test_fvcore_misses_attention_in_one_kernel():
    qkv = (zeros(2, 5, 7, 13),) * 3
    verdict = check(Function(functional.scaled_dot_product_attention), qkv)
    fvcore, torchs = (
        next(each for each in verdict.witnesses if each.name == name) for name in (FVCORE, TORCH)
    )
    macs = 2 * 5 * 7 * 7 * 26
    assert fvcore.counted == fvcore.expected == 0
    assert fvcore.explained == (f"- {macs:,}: attention not counted",)
    assert torchs.counted == 2 * macs
    assert verdict.agrees


@pytest.mark.parametrize("rnn", [nn.LSTM, nn.GRU, nn.RNN], ids=lambda rnn: rnn.__name__)
def test_fvcore_misses_recurrent_layers_and_torch_sees_their_steps(rnn):
    model, sequence = rnn(5, 7), zeros(11, 3, 5)
    macs, verdict = analyze(model, sequence).macs, check(model, sequence)
    fvcore, torchs = (
        next(each for each in verdict.witnesses if each.name == name) for name in (FVCORE, TORCH)
    )
    assert fvcore.counted == 0
    assert fvcore.explained == (f"- {macs:,}: {rnn.__name__.lower()} not counted",)
    assert torchs.counted == 2 * macs
    assert verdict.agrees


def test_an_outsider_that_cannot_run_says_why_and_is_not_held_against_the_model():
    class Keyword(nn.Linear):
        def forward(self, *, x):
            return super().forward(x)

    verdict = check(Keyword(5, 7), {"x": zeros(3, 5)})
    fvcore = next(each for each in verdict.witnesses if each.name == FVCORE)
    assert fvcore.counted is None
    assert fvcore.explained == ("could not run: TypeError: it takes no keyword inputs",)
    assert fvcore.agrees
    assert verdict.agrees


def test_a_total_that_no_habit_explains_is_a_difference(monkeypatch):
    from torch.utils.flop_counter import FlopCounterMode

    monkeypatch.setattr(FlopCounterMode, "get_total_flops", lambda self: 211)
    verdict = check(nn.Linear(5, 7), zeros(3, 5))
    assert not verdict.agrees
    difference = verdict.differences[0]
    assert (difference.layer, difference.field, difference.by) == ("model", "total", TORCH)
    assert (difference.closed, difference.counted) == (210, 211)
    assert "more than its known habits" in difference.reason
