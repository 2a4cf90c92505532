"""Hundreds of models from three libraries, built from configurations: no weights are loaded."""

import pytest
import torch

from complexity import ModelError, analyze
from complexity.loading import loaded
from tests.complexity.any_model.helpers import parameters_in, torch_flops

pytestmark = pytest.mark.slow

TIMM = (
    "bat_resnext26ts beit_base_patch16_224 botnet26t_256 caformer_s18 coat_tiny coatnet_0_rw_224 "
    "convit_tiny convmixer_768_32 convnext_tiny crossvit_tiny_240 cspresnet50 darknet53 "
    "davit_tiny deit_tiny_patch16_224 densenet121 dla34 dpn68 eca_nfnet_l0 edgenext_xx_small "
    "efficientformer_l1 efficientformerv2_s0 efficientnet_b0 ese_vovnet19b_dw "
    "eva02_tiny_patch14_224 fastvit_t8 focalnet_tiny_srf gcvit_xxtiny gernet_s ghostnet_100 "
    "halonet26t hardcorenas_a hgnetv2_b0 hiera_tiny_224 hrnet_w18_small inception_next_tiny "
    "inception_v4 lambda_resnet26t lcnet_050 levit_128 mambaout_femto maxvit_tiny_tf_224 "
    "mixer_s32_224 mobilenetv3_large_100 mobilevit_xxs mobilevitv2_050 mvitv2_tiny nest_tiny "
    "nextvit_small nfnet_f0 poolformer_s12 pvt_v2_b0 regnety_016 repvgg_a0 repvit_m0_9 "
    "res2net50_14w_8s resmlp_12_224 resnest14d resnet50 resnetv2_50 rexnet_100 selecsls42 "
    "semnasnet_075 sequencer2d_s seresnet18 shvit_s1 skresnet18 starnet_s1 "
    "swin_tiny_patch4_window7_224 swinv2_tiny_window8_256 tiny_vit_5m_224 tnt_s_patch16_224 "
    "tresnet_m twins_pcpvt_small vgg11 visformer_tiny vit_base_patch16_224 volo_d1_224 "
    "vovnet39a xception xcit_nano_12_p16_224"
).split()


def published(torchvision, kind: str) -> list[tuple[str, dict]]:
    """Every model of a kind, with the metadata of its first weights."""
    module = torchvision.models if kind == "" else getattr(torchvision.models, kind)
    found = []
    for name in torchvision.models.list_models(module=module):
        weights = list(torchvision.models.get_model_weights(name))
        if weights:
            found.append((name, weights[0].meta, weights[0].transforms()))
    return found


def assert_published(name: str, meta: dict, inputs: torch.Tensor, arguments: dict) -> None:
    model, _ = loaded(f"torchvision:{name}", inputs=["1x1"], arguments=arguments)
    report = analyze(model, inputs)
    assert report.complete, (name, report.unknown)
    assert report.verdict.agrees, (name, report.verdict.differences[:3])
    assert report.params == parameters_in(model)
    assert report.params == meta["num_params"], (name, report.params, meta["num_params"])
    assert round(report.macs / 1e9, 3) == meta["_ops"], (name, report.macs, meta["_ops"])


def test_every_classifier_of_torchvision_has_its_published_figures(torchvision):
    models = published(torchvision, "")
    assert len(models) >= 79
    for name, meta, transforms in models:
        side = transforms.crop_size[0]
        arguments = {}
        if name == "googlenet":  # the published weights are without auxiliary classifiers
            arguments = {"aux_logits": False}
        if name == "vit_h_14":  # its first weights are for 518 pixels
            arguments = {"image_size": 518}
        assert_published(name, meta, torch.empty(1, 3, side, side), arguments)


def test_every_segmenter_of_torchvision_has_its_published_figures(torchvision):
    models = published(torchvision, "segmentation")
    assert len(models) >= 6
    for name, meta, transforms in models:
        side = transforms.resize_size[0]
        arguments = {"num_classes": len(meta["categories"])}
        if name != "lraspp_mobilenet_v3_large":
            arguments["aux_loss"] = True
        assert_published(name, meta, torch.empty(1, 3, side, side), arguments)


def test_every_video_classifier_of_torchvision_has_its_published_figures(torchvision):
    models = published(torchvision, "video")
    assert len(models) >= 9
    for name, meta, transforms in models:
        side, frames = transforms.crop_size[0], meta["min_temporal_size"]
        assert_published(name, meta, torch.empty(1, 3, frames, side, side), {})


@pytest.mark.parametrize("name", TIMM)
def test_a_timm_model_equals_torchs_counter(timm, name):
    model, inputs = loaded(f"timm:{name}")
    report = analyze(model, inputs)
    assert report.complete, report.unknown
    assert report.verdict.agrees, report.verdict.differences[:3]
    assert report.params == parameters_in(model)
    assert 2 * report.macs == torch_flops(model.to("meta"), inputs, device="meta")


def tokens(*names: str, length: int = 64) -> dict[str, torch.Tensor]:
    return {name: torch.zeros(1, length, dtype=torch.long) for name in names}


PIXELS = {"pixel_values": torch.zeros(1, 3, 224, 224)}
SEQUENCES = ("input_ids", "decoder_input_ids")
CONFIGS = {
    "BertModel": ({}, tokens("input_ids")),
    "GPT2LMHeadModel": ({}, tokens("input_ids")),
    "LlamaForCausalLM": ({"num_hidden_layers": 2}, tokens("input_ids")),
    "Qwen3ForCausalLM": ({"num_hidden_layers": 2}, tokens("input_ids")),
    "T5ForConditionalGeneration": ({}, tokens(*SEQUENCES)),
    "WhisperModel": (
        {}, {"input_features": torch.zeros(1, 80, 3000), **tokens("decoder_input_ids")},
    ),
    "ViTModel": ({}, PIXELS),
    "SwinModel": ({}, PIXELS),
    "CLIPModel": ({}, {**tokens("input_ids", length=77), **PIXELS}),
    "RobertaModel": ({}, tokens("input_ids")),
    "BartModel": ({"encoder_layers": 2, "decoder_layers": 2}, tokens(*SEQUENCES)),
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGS)
def test_a_transformers_model_equals_torchs_counter_eager_and_fused(transformers, name):
    settings, inputs = CONFIGS[name]
    found = getattr(transformers, name)
    counts = set()
    for kind in ("eager", "sdpa"):
        with torch.device("meta"):
            config = found.config_class(**settings)
            model = found._from_config(config, attn_implementation=kind).eval()
        report = analyze(model, inputs)
        assert report.complete, report.unknown
        assert report.verdict.agrees, report.verdict.differences[:3]
        assert report.params == parameters_in(model)
        assert 2 * report.macs == torch_flops(model, inputs, device="meta")
        counts.add(report.macs)
    assert len(counts) == 1


def test_a_mixture_of_experts_is_counted_by_the_experts_that_run(transformers):
    """Two of eight experts see each token; the grouped product wants real tensors."""
    config = transformers.MixtralConfig(
        num_hidden_layers=2, hidden_size=64, intermediate_size=128, num_attention_heads=4,
        num_key_value_heads=2, vocab_size=101, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    report = analyze(transformers.MixtralForCausalLM(config).eval(), tokens("input_ids"))
    assert report.verdict.agrees, report.verdict.differences[:3]
    length, width, inner, heads, kv = 64, 64, 128, 4, 2
    projections = length * width * (2 * width + 2 * kv * width // heads)
    scores = 2 * length * length * width
    router = length * width * config.num_local_experts
    experts = config.num_experts_per_tok * length * 3 * width * inner
    head = length * width * 101
    rotary = report.macs - 2 * (projections + scores + router + experts) - head
    assert rotary == length * (width // heads) // 2  # positions times inverse frequencies


def test_a_state_space_model_runs(transformers):
    config = transformers.MambaConfig(num_hidden_layers=2)
    with torch.device("meta"):
        model = transformers.MambaForCausalLM(config).eval()
    report = analyze(model, tokens("input_ids"))
    assert report.complete
    assert report.verdict.agrees
    assert 2 * report.macs == torch_flops(model, tokens("input_ids"), device="meta")


def test_an_input_of_the_wrong_size_names_the_layer(timm):
    model, _ = loaded("timm:resnet18")
    with pytest.raises(ModelError, match=r"raised in conv1 \(Conv2d\)"):
        analyze(model, torch.empty(1, 5, 224, 224))
