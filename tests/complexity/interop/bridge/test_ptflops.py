"""Every rule of ptflops's for modules, by hand; of one image, so that nothing is divided."""

import pytest
import torch
from torch import nn

from complexity.interop.bridge.call_trace import Visit
from complexity.interop.bridge.ptflops import (
    ACTIVATED,
    ATTENDED,
    BIASES,
    CUT,
    GATED,
    IMAGE,
    NORMED,
    OWN_WIDTH,
    POOLED,
    PROJECTED,
    RESIZED,
    RULES,
    SAMPLED,
    UNPROJECTED,
    rules_for,
)
from complexity.interop.bridge.ptflops_functions import BY_NAME, TWICE
from complexity.interop.bridge.ptflops_functions import RESIZED as RESIZING
from tests.complexity.interop.bridge.models import Shared
from tests.complexity.interop.bridge.rules import steps_to
from tests.conftest import installed

MAP, LINE, CUBE = (1, 3, 7, 11), (1, 3, 7), (1, 3, 5, 7, 4)
ELEMENTS, OF_LINE, OF_CUBE = 231, 21, 420


def twice(why, figure):
    """A module whose function is counted as well."""
    return {why: figure, TWICE: figure}


CASES = [
    (nn.Conv1d(3, 5, 3), LINE, 5 * 5 * 9, {BIASES: 25}),
    (nn.Conv2d(3, 6, (3, 5), groups=3, bias=False), MAP, 6 * 35 * 15, {}),
    (nn.Conv3d(3, 5, 2), CUBE, 5 * 72 * 24, {BIASES: 5 * 72}),
    (nn.ConvTranspose1d(3, 5, 4, 2), LINE, 21 * 20, {BIASES: 5 * 16}),
    (nn.ConvTranspose2d(3, 5, 4, 2), MAP, 231 * 80, {BIASES: 5 * 16 * 24}),
    (nn.ConvTranspose3d(3, 5, 1), CUBE, 420 * 5, {BIASES: 700}),
    (nn.Linear(7, 5), LINE, 3 * 35, {BIASES: 15}),
    (nn.BatchNorm1d(3), LINE, 0, {NORMED: 2 * OF_LINE}),
    (nn.BatchNorm2d(3, affine=False), MAP, 0, {NORMED: ELEMENTS}),
    (nn.BatchNorm3d(3), CUBE, 0, {NORMED: 2 * OF_CUBE}),
    (nn.InstanceNorm1d(3), LINE, 0, {NORMED: OF_LINE}),
    (nn.InstanceNorm2d(3, affine=True), MAP, 0, {NORMED: 2 * ELEMENTS}),
    (nn.InstanceNorm3d(3), CUBE, 0, {NORMED: OF_CUBE}),
    (nn.GroupNorm(3, 3), MAP, 0, {NORMED: 2 * ELEMENTS}),
    (nn.LayerNorm(11), MAP, 0, {NORMED: ELEMENTS}),
    (nn.LeakyReLU(), MAP, 0, {ACTIVATED: ELEMENTS}),
    (nn.ReLU6(), MAP, 0, {ACTIVATED: ELEMENTS}),  # which calls hardtanh
    *((layer, MAP, 0, twice(ACTIVATED, ELEMENTS))
      for layer in (nn.ReLU(), nn.PReLU(), nn.ELU(), nn.GELU())),
    *((layer, MAP, 0, twice(POOLED, ELEMENTS)) for layer in (
        nn.MaxPool2d(2), nn.AvgPool2d(2), nn.AdaptiveMaxPool2d(1), nn.AdaptiveAvgPool2d(1))),
    *((layer, LINE, 0, twice(POOLED, OF_LINE)) for layer in (
        nn.MaxPool1d(2), nn.AvgPool1d(2), nn.AdaptiveMaxPool1d(1), nn.AdaptiveAvgPool1d(1))),
    *((layer, CUBE, 0, twice(POOLED, OF_CUBE)) for layer in (
        nn.MaxPool3d(2), nn.AvgPool3d(2), nn.AdaptiveMaxPool3d(1), nn.AdaptiveAvgPool3d(1))),
    (nn.Upsample((5, 9)), MAP, 0, twice(RESIZED, 135)),
    (nn.Upsample(scale_factor=2), MAP, 0, twice(RESIZED, 4 * ELEMENTS)),
    (nn.UpsamplingNearest2d((5, 9)), MAP, 0, {RESIZING: 135}),
    (nn.RNN(5, 7, batch_first=True), (1, 3, 5), 3 * 84, {GATED: 3 * (7 + 14)}),
    (nn.GRU(5, 7, batch_first=True), (1, 3, 5), 9 * 84, {GATED: 3 * (49 + 42)}),
    (nn.LSTM(5, 7, 2, bidirectional=True, batch_first=True), (1, 3, 5), 3 * 56 * (12 + 21),
     {GATED: 3 * 2 * 2 * (70 + 56)}),
    (nn.LSTM(5, 7, bias=False, batch_first=True), (1, 3, 5), 3 * 28 * 12, {GATED: 3 * 70}),
    (nn.RNNCell(5, 7), (1, 5), 84, {GATED: 21}),
    (nn.GRUCell(5, 7), (1, 5), 3 * 84, {GATED: 49 + 42}),
    (nn.LSTMCell(5, 7), (1, 5), 4 * 84, {GATED: 70 + 56}),
    (nn.Hardswish(), MAP, 0, {}),
    (nn.SiLU(), MAP, 0, {"activation functions: one for each element": ELEMENTS}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def there():
    return installed("ptflops")


@pytest.mark.parametrize(
    ("layer", "shape", "macs", "steps"), CASES, ids=lambda case: str(case)[:40]
)
def test_a_rule_is_known_to_the_last_operation(layer, shape, macs, steps):
    assert steps_to("ptflops", layer, shape) == (macs, steps)


class Attends(nn.Module):
    """Attention to itself, with or without its weights."""

    def __init__(self, weights, **settings):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, **settings)
        self.weights = weights

    def forward(self, x):
        return self.attention(x, x, x, need_weights=self.weights)[0]


MACS = 5 * 4 * 64 + 2 * 25 * 8
REST = 5 * 8 + 2 * 25 + 15 * 8 + 5 * 8


def test_attention_is_counted_by_its_module():
    found = steps_to("ptflops", Attends(False, batch_first=True), (1, 5, 8))
    assert found == (MACS, {ATTENDED: REST})


def test_its_functions_are_counted_again_where_they_are_called_by_name():
    """Two products and a softmax; and the first side, of tokens, is taken for images."""
    ours, steps = steps_to("ptflops", Attends(True), (5, 1, 8))
    again = 2 * 25 * 8 + 2 * 25
    assert (ours, steps) == (
        MACS,
        {ATTENDED: REST, TWICE: again, IMAGE: (MACS + REST) // 5 - MACS - REST},
    )


def test_keys_of_another_width_are_taken_for_projected_to_their_own():
    class Crosses(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, kdim=5, vdim=8)

        def forward(self, x):
            return self.attention(x, x[..., :5], x, need_weights=False)[0]

    _, steps = steps_to("ptflops", Crosses(), (1, 3, 8))
    assert steps[OWN_WIDTH] == 3 * (5 * 5 - 5 * 8)


def test_projections_of_recurrent_layers_are_left_out():
    layer = nn.LSTM(5, 7, proj_size=2, batch_first=True)
    _, steps = steps_to("ptflops", layer, (1, 3, 5))
    assert steps == {UNPROJECTED: -3 * 7 * 2, GATED: 3 * (70 + 56)}


def test_complex_numbers_are_taken_for_real_ones():
    layer = nn.Linear(5, 7, bias=False, dtype=torch.cfloat)
    for to in ("ptflops", "ptflops-aten"):
        found = steps_to(to, layer, (1, 5), dtype=torch.cfloat)
        assert found == (140, {"complex products counted as one, not four": -105})


def test_inside_timms_attention_it_does_not_look(timm):
    from timm.models.vision_transformer import Attention

    macs = 5 * 4 * 64 + 2 * 25 * 8
    assert steps_to("ptflops", Attention(8, 2), (1, 5, 8)) == (
        macs,
        {PROJECTED: -5 * 4 * 64, ATTENDED: 5 * 8 + 2 * 25},
    )


@pytest.mark.parametrize(("mask", "each"), [((), 24), (((1, 9, 5, 9),), 25)])
def test_a_deformable_convolution_samples(torchvision, mask, each):
    conv = torchvision.ops.DeformConv2d(3, 5, 3)
    visit = Visit(conv, (MAP, (1, 18, 5, 9), *mask), (1, 5, 5, 9))
    rule = rules_for(conv)[type(conv)]
    assert rule(visit) == {"": 45 * 5 * 27, BIASES: 45 * 5, SAMPLED: 45 * 9 * each}


def test_every_rule_of_ptflops_is_tried():
    from ptflops.pytorch_ops import MODULES_MAPPING

    own = {kind.__name__ for kind in MODULES_MAPPING if kind.__module__.startswith("torch.nn")}
    assert own == set(RULES)
    assert own - {"MultiheadAttention"} <= {type(layer).__name__ for layer, *_ in CASES}


def test_modules_are_divided_by_the_batch_and_functions_are_not():
    ours, steps = steps_to("ptflops", nn.Sequential(nn.Linear(7, 5), nn.ReLU()), (3, 7))
    assert ours == 105
    assert steps == {BIASES: 15, ACTIVATED: 15, TWICE: 15, IMAGE: 45 - 135}


def test_a_shared_layer_is_added_up_in_each_place():
    _, steps = steps_to("ptflops", Shared(), (1, 4))
    assert steps["shared modules counted once a place"] == 2 * (32 + 8)


def test_fractions_are_cut_at_the_end():
    class Resizes(nn.Module):
        def forward(self, x):
            return nn.functional.interpolate(x, scale_factor=1.5)

    class Twice(nn.Module):
        def forward(self, x):
            return Resizes.forward(self, x), Resizes.forward(self, x)

    _, steps = steps_to("ptflops", Twice(), (1, 2, 3, 7))
    assert steps == {RESIZING: 2 * 94, CUT: 1}  # 42 * 2.25 = 94.5, twice
    assert BY_NAME not in steps
