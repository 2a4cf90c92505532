"""ShuffleNetV2: where the document's code and the paper's table part, and its ratios."""

import pytest

from formulas.layers import Conv
from formulas.networks import shufflenetv2
from tests.oracles.refusals import refuses

PAPERS_WIDTHS = {
    0.5: [48, 96, 192, 1024],
    1: [116, 232, 464, 1024],
    1.5: [176, 352, 704, 1024],
    2: [244, 488, 976, 2048],
}
VARIANTS = ["document", "paper"]


def placed(name, **options):
    return next(p for p in shufflenetv2(**options).layers if p.name == name)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("ratio", PAPERS_WIDTHS)
def test_stages_are_as_wide_as_the_papers_table_says(ratio, variant):
    names = ("stage2.3.cat", "stage3.7.cat", "stage4.3.cat", "conv5.conv")
    widths = [placed(name, ratio=ratio, variant=variant).out_shape[1] for name in names]
    assert widths == PAPERS_WIDTHS[ratio]


def test_the_paper_has_an_activation_and_a_pool_behind_the_stem_and_the_document_neither():
    def stem(variant):
        return [p.name for p in shufflenetv2(variant=variant).layers][:4]

    assert stem("document") == ["pre.conv", "pre.bn", "stage2.0.residual.0.conv",
                                "stage2.0.residual.0.bn"]  # fmt: skip
    assert stem("paper") == ["pre.conv", "pre.bn", "pre.relu", "maxpool"]
    assert placed("pre.conv").out_shape == (1, 24, 32, 32)
    assert placed("maxpool", variant="paper").out_shape == (1, 24, 56, 56)


@pytest.mark.parametrize(("variant", "biased"), [("document", True), ("paper", False)])
def test_biases_are_the_documents(variant, biased):
    layers = shufflenetv2(variant=variant).layers
    assert {p.layer.bias for p in layers if isinstance(p.layer, Conv)} == {biased}


@pytest.mark.parametrize("variant", VARIANTS)
def test_at_stride_1_half_of_the_channels_pass_by(variant):
    joined = placed("stage3.1.cat", variant=variant)
    side = 8 if variant == "document" else 14
    assert joined.in_shapes == ((1, 116, side, side),) * 2
    assert placed("stage3.1.residual.0.conv", variant=variant).layer.in_channels == 116


@pytest.mark.parametrize(("variant", "width"), [("document", 116), ("paper", 116)])
def test_at_stride_2_both_branches_work_on_all_channels(variant, width):
    for branch in ("residual.0", "shortcut.0"):
        assert placed(f"stage3.0.{branch}.conv", variant=variant).layer.in_channels == width


@pytest.mark.parametrize(("variant", "inside"), [("document", 24), ("paper", 58)])
def test_the_documents_joining_unit_works_at_the_width_that_comes_in(variant, inside):
    conv = placed("stage2.0.residual.1.conv", variant=variant).layer
    assert (conv.in_channels, conv.groups) == (inside, inside)


def test_every_unit_shuffles_two_groups():
    shuffles = [p for p in shufflenetv2().layers if p.kind == "channel_shuffle"]
    assert len(shuffles) == 4 + 8 + 4
    assert {p.layer.groups for p in shuffles} == {2}


@pytest.mark.parametrize("wrong", [0, 3, -1, 0.75, True, "1", None, float("nan"), [1]])
@pytest.mark.parametrize("variant", VARIANTS)
def test_an_unsupported_ratio_is_refused(variant, wrong):
    with refuses(f"ratio={wrong!r} must be one of 0.5, 1, 1.5, 2"):
        shufflenetv2(ratio=wrong, variant=variant)
