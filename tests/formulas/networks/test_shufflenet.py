"""ShuffleNetV1: where the document's code and the paper's table part, and its groups."""

import pytest

from formulas.layers import Conv, Pool
from formulas.networks import shufflenet
from tests.oracles.refusals import refuses

PAPERS_WIDTHS = {
    1: [144, 288, 576],
    2: [200, 400, 800],
    3: [240, 480, 960],
    4: [272, 544, 1088],
    8: [384, 768, 1536],
}


def placed(name, **options):
    return next(p for p in shufflenet(**options).layers if p.name == name)


def stage_widths(**options):
    names = ("stage2.3.relu", "stage3.7.relu", "stage4.3.relu")
    return [placed(name, **options).out_shape[1] for name in names]


@pytest.mark.parametrize("groups", PAPERS_WIDTHS)
def test_stages_are_as_wide_as_the_papers_table_says(groups):
    assert stage_widths(groups=groups, variant="paper") == PAPERS_WIDTHS[groups]


@pytest.mark.parametrize("groups", PAPERS_WIDTHS)
def test_the_document_departs_in_one_width_of_one_group(groups):
    expected = [144, 288, 567] if groups == 1 else PAPERS_WIDTHS[groups]
    assert stage_widths(groups=groups) == expected


def test_a_quarter_of_567_is_cut_to_141():
    assert placed("stage4.0.bottleneck.conv", groups=1).layer.out_channels == 141


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("groups", PAPERS_WIDTHS)
def test_only_the_papers_first_1x1_layer_has_no_groups(groups, variant):
    layers = shufflenet(groups=groups, variant=variant).layers
    found = {
        p.name: p.layer.groups
        for p in layers
        if p.name.endswith(("bottleneck.conv", "expand.conv"))
    }
    assert len(found) == 2 * 16
    first = found.pop("stage2.0.bottleneck.conv")
    assert first == (1 if variant == "paper" else groups)
    assert set(found.values()) == {groups}


def test_the_papers_stem_halves_the_map_twice_and_the_documents_keeps_it():
    assert placed("conv1.conv").out_shape == (1, 24, 32, 32)
    assert placed("conv1.conv", variant="paper").out_shape == (1, 24, 112, 112)
    assert placed("maxpool", variant="paper").out_shape == (1, 24, 56, 56)
    assert "maxpool" not in {p.name for p in shufflenet().layers}


@pytest.mark.parametrize(("variant", "biased"), [("document", True), ("paper", False)])
def test_biases_are_the_documents(variant, biased):
    layers = shufflenet(variant=variant).layers
    assert {p.layer.bias for p in layers if isinstance(p.layer, Conv)} == {biased}


def test_at_stride_2_the_shortcut_is_pooled_and_joined():
    joined = placed("stage3.0.cat", groups=3)
    assert placed("stage3.0.shortcut").layer == Pool("avg", 3, stride=2, padding=1)
    assert joined.in_shapes == ((1, 240, 8, 8), (1, 240, 8, 8))
    assert joined.out_shape == (1, 480, 8, 8)
    assert placed("stage3.1.add").in_shapes == ((1, 480, 8, 8),) * 2


def test_stages_have_4_8_and_4_units():
    last_layers = [p.name for p in shufflenet().layers if p.name.endswith("expand.conv")]
    stages = [name.partition(".")[0] for name in last_layers]
    assert stages == ["stage2"] * 4 + ["stage3"] * 8 + ["stage4"] * 4


@pytest.mark.parametrize("wrong", [0, 5, -1, 16, True, "3", None, [3]])
@pytest.mark.parametrize("variant", ["document", "paper"])
def test_other_numbers_of_groups_are_refused(variant, wrong):
    with refuses(f"groups={wrong!r} must be one of 1, 2, 3, 4, 8"):
        shufflenet(groups=wrong, variant=variant)
