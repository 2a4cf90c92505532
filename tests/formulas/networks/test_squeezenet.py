"""SqueezeNet: where the document's code and the paper's version 1.0 part."""

import pytest

from formulas.layers import Conv, Pool
from formulas.networks import squeezenet
from tests.oracles.refusals import refuses


def named(variant):
    return {p.name: p for p in squeezenet(variant=variant).layers}


def test_the_papers_fire_modules_by_hand():
    """Squeeze, expand 1x1, expand 3x3, each with biases (arXiv 1602.07360, table 1)."""
    before, total = 96, 7 * 7 * 3 * 96 + 96
    for squeeze, half in [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192),
                          (64, 256), (64, 256)]:  # fmt: skip
        total += (before + 1) * squeeze + (squeeze + 1) * half + (9 * squeeze + 1) * half
        before = 2 * half
    assert squeezenet(variant="paper").cost.params == total + (512 + 1) * 1000


@pytest.mark.parametrize(
    ("variant", "stem", "out"),
    [
        ("document", Conv(3, 96, 3, padding=1, bias=True), (1, 96, 32, 32)),
        ("paper", Conv(3, 96, 7, stride=2, bias=True), (1, 96, 109, 109)),
    ],
)
def test_the_stem_is_small_in_the_document_and_7x7_in_the_paper(variant, stem, out):
    found = named(variant)["stem.conv"]
    assert (found.layer, found.out_shape) == (stem, out)


def test_maps_shrink_three_times_by_the_same_pool():
    document, paper = named("document"), named("paper")
    assert document["stem.pool"].layer == document["maxpool"].layer == Pool("max", 2)
    assert document["maxpool"].layer == document["maxpool#2"].layer
    assert [document[n].out_shape[2] for n in ("stem.pool", "maxpool", "maxpool#2")] == [16, 8, 4]
    names = ("maxpool", "maxpool#2", "maxpool#3")
    assert {paper[name].layer for name in names} == {Pool("max", 3, stride=2, ceil_mode=True)}
    assert [paper[name].out_shape[2] for name in names] == [54, 27, 13]


def test_batch_norm_and_bypass_are_the_documents():
    bypassed = [name for name in named("document") if name.endswith(".add")]
    assert bypassed == ["fire3.add", "fire5.add", "fire7.add"]
    assert not any(name.endswith(".add") for name in named("paper"))
    assert sum(p.kind == "batch_norm" for p in named("document").values()) == 1 + 8 * 3
    assert not any(p.kind == "batch_norm" for p in named("paper").values())


def test_conv10_is_followed_by_an_activation_in_the_paper_only():
    assert "conv10.relu" in named("paper")
    assert "conv10.relu" not in named("document")


@pytest.mark.parametrize("variant", ["document", "paper"])
def test_every_convolution_has_a_bias(variant):
    layers = [p.layer for p in named(variant).values() if isinstance(p.layer, Conv)]
    assert len(layers) == 1 + 8 * 3 + 1
    assert all(layer.bias for layer in layers)


@pytest.mark.parametrize("variant", ["document", "paper"])
def test_expand_layers_share_the_squeezed_map(variant):
    found = named(variant)
    for number in range(2, 10):
        squeezed = found[f"fire{number}.squeeze.conv"].out_shape
        for expand in ("expand_1x1", "expand_3x3"):
            assert found[f"fire{number}.{expand}.conv"].in_shapes == (squeezed,)
        assert found[f"fire{number}.cat"].out_shape[1] == 8 * squeezed[1]


def test_227_pixels_give_the_papers_map_of_111():
    larger = squeezenet(variant="paper", resolution=227)
    assert larger.layers[0].out_shape == (1, 96, 111, 111)
    assert larger.cost.params == squeezenet(variant="paper").cost.params


def test_a_width_multiplier_is_not_among_its_settings():
    with pytest.raises(TypeError, match="unexpected keyword argument 'alpha'"):
        squeezenet(alpha=0.5)
    with refuses("classes=0 must be an integer of at least 1"):
        squeezenet(classes=0)
