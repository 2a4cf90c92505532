"""MobileNetV1: where the document's code and the paper's table part, and what alpha does."""

from itertools import pairwise

import numpy as np
import pytest

from formulas.layers import Conv
from formulas.networks import mobilenet
from tests.oracles.refusals import refuses


def convs(network):
    return [p for p in network.layers if isinstance(p.layer, Conv)]


def test_the_papers_table_by_hand():
    """Table 1 of arXiv 1704.04861, multiplied out here once more."""
    widths = [32, 64, 128, 128, 256, 256, *[512] * 6, 1024, 1024]
    halved = {128, 256, 512, 1024}
    side, macs, params = 112, 112**2 * 27 * 32, 27 * 32 + 2 * 32
    for before, after in pairwise(widths):
        if after in halved:
            side //= 2
            halved.remove(after)
        macs += side**2 * (9 * before + before * after)
        params += 9 * before + before * after + 2 * before + 2 * after
    cost = mobilenet(variant="paper").cost
    assert (cost.macs, cost.params) == (macs + 1024 * 1000, params + 1024 * 1000 + 1000)


@pytest.mark.parametrize(("variant", "stem_side", "last_side"), [("document", 32, 2),
                                                                ("paper", 112, 7)])  # fmt: skip
def test_the_documents_stem_keeps_the_map_and_the_papers_halves_it(variant, stem_side, last_side):
    found = convs(mobilenet(variant=variant))
    assert found[0].out_shape == (1, 32, stem_side, stem_side)
    assert found[-1].out_shape == (1, 1024, last_side, last_side)
    assert len(found) == 27


def test_a_bias_is_in_the_documents_pointwise_layers_only():
    biased = {p.name.split(".")[-2] for p in convs(mobilenet()) if p.layer.bias}
    bare = {p.name.split(".")[-2] for p in convs(mobilenet()) if not p.layer.bias}
    assert (biased, bare) == ({"pointwise"}, {"0", "depthwise"})
    assert not any(p.layer.bias for p in convs(mobilenet(variant="paper")))


def test_every_separable_convolution_is_a_depthwise_and_a_pointwise_layer():
    kinds = [p.kind for p in convs(mobilenet())]
    assert kinds == ["standard"] + ["depthwise", "pointwise"] * 13


@pytest.mark.parametrize(
    ("alpha", "first", "last"), [(1, 32, 1024), (0.75, 24, 768), (0.5, 16, 512), (0.3, 9, 307)]
)
def test_channels_are_cut_to_whole_ones(alpha, first, last):
    found = mobilenet(alpha=alpha)
    assert found.layers[0].out_shape[1] == first
    assert found.layers[-1].in_shapes == ((1, last),)
    assert found.options == {"alpha": alpha}


def test_resolutions_share_their_params_and_macs_fall_with_the_square():
    """Once every stride divides the map, the body's MACs are those of one position times H * W."""
    body = {}
    for side in (224, 192, 160, 128):
        cost = mobilenet(variant="paper", resolution=side).cost
        assert cost.params == mobilenet(variant="paper").cost.params
        body[side] = (cost.macs - 1024 * 1000) / side**2
    assert len(set(body.values())) == 1


def test_alpha_may_be_an_array():
    alphas = [0.25, 0.5, 1.0]
    sweep = mobilenet(alpha=np.array(alphas)).cost
    assert sweep.params.tolist() == [mobilenet(alpha=alpha).cost.params for alpha in alphas]
    assert sweep.macs.tolist() == [mobilenet(alpha=alpha).cost.macs for alpha in alphas]


@pytest.mark.parametrize("wrong", [0, -0.5, float("nan"), float("inf"), True, "0.5", None])
def test_an_impossible_alpha_is_refused(wrong):
    with refuses(f"alpha={wrong!r} must be a finite number above 0"):
        mobilenet(alpha=wrong)


def test_an_alpha_that_leaves_no_channel_is_refused():
    with refuses("alpha=0.03 must leave at least 1 of 32 channels"):
        mobilenet(alpha=0.03)
