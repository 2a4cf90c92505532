"""Whole models on which every other counter is wrong somewhere, with their true figures."""

import pytest
import torch

from complexity import analyze, check
from tests.complexity.any_model.helpers import quiet, torch_flops, zeros

IMAGE = zeros(1, 3, 224, 224)
FIGURES = {
    "resnet18": (1_814_073_344, 11_689_512),
    "mobilenet_v2": (300_774_272, 3_504_872),
    "vit_b_16": (17_563_828_224, 86_567_656),
    "swin_t": (4_490_566_656, 28_288_354),
}


def of_torchvision(torchvision, name: str) -> torch.nn.Module:
    """A model of torchvision without weights and without storage."""
    with torch.device("meta"):
        return torchvision.models.get_model(name, weights=None)


@pytest.mark.parametrize("training", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("name", FIGURES)
def test_a_torchvision_model_has_its_true_figures(name, training, torchvision):
    model = of_torchvision(torchvision, name).train(training)
    report = analyze(model, IMAGE)
    assert (report.macs, report.params) == FIGURES[name]
    assert report.unknown == {}
    assert report.verdict.agrees, report.verdict.differences
    assert report.verdict.traced_on == "meta"
    assert report.verdict.rows > 50


@pytest.mark.parametrize("name", FIGURES)
def test_torchs_counter_agrees_where_attention_is_no_kernel(name, torchvision):
    model = of_torchvision(torchvision, name).eval()
    assert torch_flops(model, IMAGE, device="meta") == 2 * FIGURES[name][0]


def gpt2(transformers, attention: str, device: str = "meta") -> torch.nn.Module:
    """Two layers, 64 wide, a vocabulary of 500, 128 positions; the head is the table."""
    config = transformers.GPT2Config(
        n_layer=2, n_embd=64, n_head=4, vocab_size=500, n_positions=128,
        bos_token_id=0, eos_token_id=0, attn_implementation=attention,
    )  # fmt: skip
    with quiet(), torch.device(device):
        return transformers.GPT2LMHeadModel(config).eval()


TOKENS = zeros(1, 128, dtype=torch.int64)


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_gpt2_has_one_figure_whichever_attention(attention, device, transformers):
    report = analyze(gpt2(transformers, attention, device), {"input_ids": TOKENS})
    assert (report.macs, report.params) == (20_873_216, 140_288)
    assert report.unknown == {}
    assert report.verdict.agrees, report.verdict.differences


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_torchs_counter_agrees_on_gpt2_where_attention_is_no_kernel(attention, transformers):
    model = gpt2(transformers, attention)
    assert torch_flops(model, {"input_ids": TOKENS}, device="meta") == 2 * 20_873_216


def test_the_figure_of_gpt2_by_hand():
    width, layers, length, vocabulary = 64, 2, 128, 500
    per_token = layers * 12 * width**2 + width * vocabulary
    assert length * per_token + layers * 2 * length**2 * width == 20_873_216
    layer = 12 * width**2 + 13 * width
    assert layers * layer + (vocabulary + 128 + 2) * width == 140_288


def test_rows_lie_below_the_modules_that_ran(torchvision):
    model = of_torchvision(torchvision, "resnet18")
    modules = dict(model.named_modules())
    names = [row.name for row in analyze(model, IMAGE).layers]
    between = [name for name in names if name not in modules]
    assert between == [f"layer{n}.{k}.add" for n in (1, 2, 3, 4) for k in (0, 1)]
    assert len(names) == len(set(names))


def test_batch_and_image_scale_as_they_must(torchvision):
    model = of_torchvision(torchvision, "resnet18")
    once, thrice = analyze(model, IMAGE), analyze(model, zeros(3, 3, 224, 224))
    assert thrice.macs == 3 * once.macs
    assert thrice.params == once.params
    head = once.layer("fc").macs
    assert analyze(model, zeros(1, 3, 448, 448)).macs - head == 4 * (once.macs - head)


def test_a_check_names_what_the_outsiders_see(torchvision):
    model = torchvision.models.get_model("mobilenet_v2", weights=None)
    verdict = check(model, zeros(1, 3, 64, 64))
    assert verdict.agrees
    assert {each.name: each.agrees for each in verdict.witnesses} == {
        "fvcore": True,
        "torch FlopCounterMode": True,
    }
    assert all(each.counted is not None for each in verdict.witnesses)
