"""The outside counters' totals, itemised: their known habits, each with its figure."""

import pytest
import torch
from torch import nn

from complexity import analyze, check
from complexity.interop.reference_counters import FVCORE, TORCH
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


def test_both_outsiders_take_keywords_and_nests_and_speak_of_models_that_return_them():
    class Nested(nn.Linear):
        def forward(self, *, x, scale=1, others=()):
            out = super().forward
            return {"sum": out(x) * scale, "rest": [out(other) for other in others]}

    inputs = {"x": zeros(3, 5), "scale": 2, "others": [zeros(2, 5), zeros(11, 5)]}
    verdict = check(Nested(5, 7), inputs)
    assert verdict.agrees
    assert [each.counted for each in verdict.witnesses] == [16 * 35, 2 * 16 * 35]


def test_an_outsider_that_cannot_run_says_why_and_is_not_held_against_the_model():
    verdict = check(Function(torch.matmul), (zeros(7, 5), zeros(5)))  # a rule for matrices alone
    fvcore = next(each for each in verdict.witnesses if each.name == FVCORE)
    assert fvcore.counted is None
    assert fvcore.explained == ("could not run: IndexError: list index out of range",)
    assert fvcore.agrees is None
    assert verdict.agrees


TORCHVISION = (
    "alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet",
    "inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_large",
    "regnet_x_400mf", "regnet_y_400mf", "resnext50_32x4d", "shufflenet_v2_x1_0", "squeezenet1_1",
    "swin_t", "swin_v2_t", "vgg11_bn", "vit_b_16", "fcn_resnet50", "deeplabv3_mobilenet_v3_large",
    "lraspp_mobilenet_v3_large", "mvit_v1_b", "r3d_18",
)  # fmt: skip
TIMM = (
    "coat_tiny", "convit_tiny", "convmixer_768_32", "deit_tiny_patch16_224", "edgenext_xx_small",
    "efficientformer_l1", "gcvit_xxtiny", "gmlp_s16_224", "halonet26t", "hrnet_w18_small",
    "levit_128s", "mixer_s32_224", "mobilevit_s", "nfnet_l0", "pit_ti_224", "poolformer_s12",
    "resnet18", "sequencer2d_s", "tnt_s_patch16_224", "vit_tiny_patch16_224", "volo_d1_224",
    "xcit_nano_12_p16_224",
)  # fmt: skip


def nothing_is_left_over(model, inputs):
    """Both outsiders speak, and what they found is explained to the last operation."""
    verdict = check(model.eval(), inputs)
    assert [(each.name, each.counted) for each in verdict.witnesses] == [
        (each.name, each.expected) for each in verdict.witnesses
    ]
    assert all(each.judged for each in verdict.witnesses)
    assert verdict.agrees


@pytest.mark.slow
@pytest.mark.parametrize("name", TORCHVISION)
def test_both_outsiders_are_explained_on_models_of_torchvision(torchvision, name):
    given = {"weights": None}
    if name in ("googlenet", "inception_v3"):
        given["init_weights"] = False
    if name.startswith(("fcn", "deeplab", "lraspp")):
        given["weights_backbone"] = None
    side = 299 if name == "inception_v3" else 224
    frames = (16,) if name in ("mvit_v1_b", "r3d_18") else ()
    model = torchvision.models.get_model(name, **given)
    nothing_is_left_over(model, zeros(1, 3, *frames, side, side))


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMM)
def test_both_outsiders_are_explained_on_models_of_timm(timm, name):
    model = timm.create_model(name)
    nothing_is_left_over(model, zeros(1, *model.default_cfg["input_size"]))


def test_a_total_that_no_habit_explains_is_a_difference(monkeypatch):
    from torch.utils.flop_counter import FlopCounterMode

    monkeypatch.setattr(FlopCounterMode, "get_total_flops", lambda self: 211)
    verdict = check(nn.Linear(5, 7), zeros(3, 5))
    assert not verdict.agrees
    difference = verdict.differences[0]
    assert (difference.layer, difference.field, difference.by) == ("model", "total", TORCH)
    assert (difference.closed, difference.counted) == (210, 211)
    assert "more than its known habits" in difference.reason
