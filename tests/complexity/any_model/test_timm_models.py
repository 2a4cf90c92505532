"""timm: over as many families as there are, equal to torch's counter to the integer."""

import pytest

from complexity import analyze
from complexity.targets.loader import load_model
from tests.complexity.any_model.helpers import parameters_in, quiet, torch_flops, zeros

pytestmark = pytest.mark.slow

NAMES = [
    "bat_resnext26ts",
    "beit_base_patch16_224",
    "botnet26t_256",
    "caformer_s18",
    "cait_xxs24_224",
    "coat_tiny",
    "coatnet_0_rw_224",
    "convit_tiny",
    "convmixer_768_32",
    "convnext_tiny",
    "crossvit_tiny_240",
    "cspresnet50",
    "darknet53",
    "davit_tiny",
    "deit_tiny_patch16_224",
    "densenet121",
    "dla34",
    "dpn68",
    "eca_nfnet_l0",
    "edgenext_xx_small",
    "efficientformer_l1",
    "efficientformerv2_s0",
    "efficientnet_b0",
    "ese_vovnet19b_dw",
    "eva02_tiny_patch14_224",
    "fastvit_t8",
    "focalnet_tiny_srf",
    "gcvit_xxtiny",
    "gernet_s",
    "ghostnet_100",
    "halonet26t",
    "hardcorenas_a",
    "hgnetv2_b0",
    "hiera_tiny_224",
    "hrnet_w18_small",
    "inception_next_tiny",
    "inception_v3",
    "inception_v4",
    "lambda_resnet26t",
    "lcnet_050",
    "levit_128",
    "mambaout_femto",
    "maxvit_tiny_tf_224",
    "mixer_s32_224",
    "mobilenetv3_large_100",
    "mobilevit_xxs",
    "mobilevitv2_050",
    "mvitv2_tiny",
    "nest_tiny",
    "nextvit_small",
    "nfnet_f0",
    "pit_ti_224",
    "poolformer_s12",
    "pvt_v2_b0",
    "regnety_016",
    "repvgg_a0",
    "repvit_m0_9",
    "res2net50_14w_8s",
    "resmlp_12_224",
    "resnest14d",
    "resnet50",
    "resnetv2_50",
    "rexnet_100",
    "selecsls42",
    "semnasnet_075",
    "sequencer2d_s",
    "seresnet18",
    "shvit_s1",
    "skresnet18",
    "starnet_s1",
    "swin_tiny_patch4_window7_224",
    "swinv2_tiny_window8_256",
    "tiny_vit_5m_224",
    "tinynet_a",
    "tnt_s_patch16_224",
    "tresnet_m",
    "twins_pcpvt_small",
    "vgg11",
    "visformer_tiny",
    "vit_relpos_small_patch16_224",
    "volo_d1_224",
    "xception",
    "xcit_nano_12_p16_224",
]

# Models with a parameter among a module's inputs or outputs: there torch's counter stops with
# "Expected gradient function to be set", unless no parameter requires a gradient.
TORCH_FAILS = {"cait_xxs24_224", "pit_ti_224"}


def built(name: str):
    with quiet():
        model, inputs = load_model(f"timm:{name}")
    return model, inputs


def test_there_are_enough_of_them():
    assert len(NAMES) == len(set(NAMES)) >= 60
    assert set(NAMES) >= TORCH_FAILS


@pytest.mark.usefixtures("timm")
@pytest.mark.parametrize("name", NAMES)
def test_a_model_equals_torchs_counter(name):
    model, inputs = built(name)
    report = analyze(model, inputs)
    assert report.unknown == {}
    assert report.verdict.agrees, report.verdict.differences[:5]
    assert report.verdict.traced_on == "meta"
    assert report.verdict.rows > 10
    assert report.params == parameters_in(model)
    theirs = torch_flops(model.requires_grad_(False), inputs, device="meta")
    assert 2 * report.macs == theirs


@pytest.mark.usefixtures("timm")
@pytest.mark.parametrize("name", sorted(TORCH_FAILS))
def test_torchs_counter_fails_by_itself(name):
    model, inputs = built(name)
    with pytest.raises(Exception, match="Expected gradient function to be set"):
        torch_flops(model, inputs, device="meta")
    assert analyze(model, inputs).complete


@pytest.mark.usefixtures("timm")
def test_a_model_on_the_cpu_has_the_figures_that_it_has_on_meta():
    name = "resnet18"
    on_meta = analyze(*built(name))
    model, _ = load_model(f"timm:{name}", device="cpu")
    on_cpu = analyze(model, zeros(1, 3, 224, 224))
    assert on_cpu.layers == on_meta.layers
    assert not any(p.is_meta for p in model.parameters())
