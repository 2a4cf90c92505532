"""MobileNetV2: where the document's code and the paper's table part, and how widths round."""

import pytest

from formulas.layers import Activation, Conv
from formulas.networks import mobilenetv2
from formulas.networks.mobilenetv2 import rounded
from tests.oracles.refusals import refuses


def placed(name, **options):
    return next(p for p in mobilenetv2(**options).layers if p.name == name)


def test_the_papers_table_by_hand():
    """Table 2 of arXiv 1801.04381, multiplied out here once more."""
    side, before = 112, 32
    macs, params = side**2 * 27 * 32, 27 * 32 + 64
    table = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1)]
    for t, c, n, s in [*table, (6, 160, 3, 2), (6, 320, 1, 1)]:
        for index in range(n):
            wide = t * before
            if t > 1:
                macs += side**2 * before * wide
                params += before * wide + 2 * wide
            side = side // s if index == 0 else side
            macs += side**2 * (9 * wide + wide * c)
            params += 9 * wide + 2 * wide + wide * c + 2 * c
            before = c
    macs += side**2 * 320 * 1280 + 1280 * 1000
    params += 320 * 1280 + 2 * 1280 + 1280 * 1000 + 1000
    cost = mobilenetv2(variant="paper").cost
    assert (cost.macs, cost.params) == (macs, params)


def test_the_documents_first_layer_makes_the_map_grow():
    first = placed("pre.conv")
    assert first.layer == Conv(3, 32, 1, padding=1, bias=True)
    assert first.out_shape == (1, 32, 34, 34)
    assert placed("pre.conv", variant="paper").layer == Conv(3, 32, 3, stride=2, padding=1)


@pytest.mark.parametrize(("variant", "side"), [("document", 5), ("paper", 7)])
def test_stage6_halves_the_map_in_the_paper_only(variant, side):
    before = placed("stage6.0.depthwise.conv", variant=variant).in_shapes[0]
    after = placed("stage6.0.depthwise.conv", variant=variant).out_shape
    assert after[2:] == (side, side)
    assert (before == after) == (variant == "document")


def test_the_paper_does_not_widen_where_the_expansion_is_1():
    named = {p.name for p in mobilenetv2(variant="paper").layers}
    assert "stage1.expand.conv" not in named
    assert "stage2.0.expand.conv" in named
    assert placed("stage1.expand.conv").layer == Conv(32, 32, 1, bias=True)


def test_the_documents_convolutions_have_biases_and_the_papers_classifier_alone():
    def biased(variant):
        layers = mobilenetv2(variant=variant).layers
        return [p.name for p in layers if isinstance(p.layer, Conv) and p.layer.bias]

    assert biased("paper") == ["conv2"]
    assert len(biased("document")) == 1 + 3 * 17 + 2


@pytest.mark.parametrize("variant", ["document", "paper"])
def test_bottlenecks_are_linear_and_ten_of_them_add_their_input(variant):
    layers = mobilenetv2(variant=variant).layers
    assert sum(p.kind == "addition" for p in layers) == 10
    acts = {p.name.split(".")[-2] for p in layers if isinstance(p.layer, Activation)}
    assert acts == {"pre", "expand", "depthwise", "conv1"}


@pytest.mark.parametrize(
    ("channels", "alpha", "width"),
    [
        (32, 0.35, 16), (16, 0.35, 8), (24, 0.35, 8), (160, 0.35, 56), (24, 1.4, 32),
        (32, 1.4, 48), (320, 1.4, 448), (1280, 1.4, 1792), (64, 0.1, 8), (24, 1, 24),
    ],
)  # fmt: skip
def test_widths_are_multiples_of_8_and_at_least_nine_tenths(channels, alpha, width):
    assert rounded(channels, alpha) == width
    assert rounded(channels, alpha) % 8 == 0
    assert rounded(channels, alpha) >= 0.9 * alpha * channels


@pytest.mark.parametrize(("alpha", "head"), [(0.35, 1280), (1, 1280), (1.4, 1792)])
def test_the_last_layer_is_widened_but_never_thinned(alpha, head):
    last = placed("conv1.conv", variant="paper", alpha=alpha)
    assert last.layer.out_channels == head


def test_the_document_has_no_width_multiplier():
    words = "needs variant=paper: the document's mobilenetv2 has no width multiplier"
    with refuses(f"alpha=0.5 {words}"):
        mobilenetv2(alpha=0.5)
    assert mobilenetv2(alpha=1).options == {}
    assert mobilenetv2(alpha=0.5, variant="paper").options == {"alpha": 0.5}


@pytest.mark.parametrize("wrong", [0, -0.5, float("nan"), float("inf"), True, "0.5", None])
@pytest.mark.parametrize("variant", ["document", "paper"])
def test_an_impossible_alpha_is_refused(variant, wrong):
    with refuses(f"alpha={wrong!r} must be a finite number above 0"):
        mobilenetv2(alpha=wrong, variant=variant)
