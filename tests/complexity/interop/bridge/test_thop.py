"""Every rule of thop's, by hand."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

from complexity.interop.bridge import thop
from complexity.interop.bridge.counter_rules import UNBATCHED
from complexity.interop.bridge.thop import (
    ADAPTED,
    GATED,
    LONGEST,
    NORMED,
    POOLED,
    PRELU,
    RESIZED,
    RULES,
    SOFTMAX,
    TRANSPOSED,
)
from tests.complexity.interop.bridge.models import Shared
from tests.complexity.interop.bridge.rules import steps_to
from tests.complexity.small import SubConv
from tests.conftest import installed

MAP = (2, 3, 7, 11)
ELEMENTS = 2 * 3 * 7 * 11
LINE, CUBE = (2, 3, 7), (2, 3, 5, 7, 4)

# A module, the shape that it is given, our MACs, and the steps.
CASES = [
    (nn.Conv1d(3, 5, 3), LINE, 2 * 5 * 5 * 9, {}),
    (nn.Conv2d(3, 6, (3, 5), groups=3), MAP, 2 * 6 * 5 * 7 * 15, {}),
    (nn.Conv3d(3, 5, 2), CUBE, 2 * 5 * 4 * 6 * 3 * 24, {}),
    (nn.ConvTranspose1d(3, 5, 4, 2), LINE, 42 * 5 * 4, {TRANSPOSED: 5 * 4 * (2 * 3 * 16 - 42)}),
    (nn.ConvTranspose2d(3, 5, 4, 2), MAP, ELEMENTS * 80,
     {TRANSPOSED: 80 * (2 * 3 * 16 * 24 - ELEMENTS)}),
    (nn.ConvTranspose3d(3, 5, 1), CUBE, 840 * 5, {}),
    (nn.Linear(7, 5), LINE, 6 * 35, {}),
    (nn.BatchNorm1d(3), LINE, 0, {NORMED: 4 * 42}),
    (nn.BatchNorm2d(3), MAP, 0, {NORMED: 4 * ELEMENTS}),
    (nn.BatchNorm2d(3, affine=False), MAP, 0, {NORMED: 2 * ELEMENTS}),
    (nn.BatchNorm3d(3), CUBE, 0, {NORMED: 4 * 840}),
    (nn.SyncBatchNorm(3), MAP, 0, {NORMED: 4 * ELEMENTS}),
    (nn.LayerNorm(11), MAP, 0, {NORMED: 4 * ELEMENTS}),
    (nn.LayerNorm(11, elementwise_affine=False), MAP, 0, {NORMED: 2 * ELEMENTS}),
    (nn.InstanceNorm1d(3), LINE, 0, {NORMED: 2 * 42}),
    (nn.InstanceNorm2d(3, affine=True), MAP, 0, {NORMED: 4 * ELEMENTS}),
    (nn.InstanceNorm3d(3), CUBE, 0, {NORMED: 2 * 840}),
    (nn.PReLU(), MAP, 0, {PRELU: ELEMENTS}),
    (nn.Softmax(1), MAP, 0, {SOFTMAX: 2 * 7 * 11 * (3 + 2 + 3)}),
    (nn.AvgPool1d(2), LINE, 0, {POOLED: 2 * 3 * 3}),
    (nn.AvgPool2d(2), MAP, 0, {POOLED: 2 * 3 * 3 * 5}),
    (nn.AvgPool3d(2), CUBE, 0, {POOLED: 2 * 3 * 2 * 3 * 2}),
    (nn.AdaptiveAvgPool1d(1), LINE, 0, {ADAPTED: 42 + 6}),
    (nn.AdaptiveAvgPool2d(1), MAP, 0, {ADAPTED: ELEMENTS + 6}),
    (nn.AdaptiveAvgPool2d((2, 3)), MAP, 0, {ADAPTED: ELEMENTS + 36 - 1}),  # a float, cut
    (nn.AdaptiveAvgPool3d(1), CUBE, 0, {ADAPTED: 840 + 6}),
    (nn.Upsample(scale_factor=3), MAP, 0, {RESIZED: 9 * ELEMENTS}),
    (nn.Upsample(scale_factor=2, mode="linear"), LINE, 0, {RESIZED: 5 * 2 * 42}),
    (nn.Upsample((2, 3), mode="bicubic"), MAP, 0, {RESIZED: 259 * 36}),
    (nn.Upsample((2, 2, 2), mode="trilinear"), CUBE, 0, {}),
    (nn.UpsamplingBilinear2d((2, 3)), MAP, 0, {RESIZED: 11 * 36}),
    (nn.UpsamplingNearest2d((2, 3)), MAP, 0, {RESIZED: 36}),
    (nn.RNN(5, 7, batch_first=True), (2, 3, 5), 6 * 84, {GATED: 6 * (7 + 14)}),
    (nn.RNN(5, 7, bias=False), (2, 3, 5), 6 * 84, {GATED: 6 * 7}),
    (nn.GRU(5, 7), (2, 3, 5), 6 * 3 * 84, {GATED: 6 * (3 * 21 + 4 * 7)}),
    (nn.LSTM(5, 7, 2, bidirectional=True), (2, 3, 5), 6 * 2 * 28 * (12 + 21),
     {GATED: 6 * 4 * (4 * 21 + 4 * 7)}),
    (nn.RNNCell(5, 7), (2, 5), 2 * 84, {GATED: 2 * 21}),
    (nn.GRUCell(5, 7), (2, 5), 2 * 3 * 84, {GATED: 2 * (63 + 28)}),
    (nn.LSTMCell(5, 7), (2, 5), 2 * 4 * 84, {GATED: 2 * (84 + 28)}),
    *((layer, MAP, 0, {}) for layer in (
        nn.ZeroPad2d(1), nn.ReLU(), nn.ReLU6(), nn.LeakyReLU(), nn.MaxPool2d(2), nn.Dropout(),
        nn.AdaptiveMaxPool2d(1),
    )),
    *((layer, LINE, 0, {}) for layer in (nn.MaxPool1d(2), nn.AdaptiveMaxPool1d(1))),
    *((layer, CUBE, 0, {}) for layer in (nn.MaxPool3d(2), nn.AdaptiveMaxPool3d(1))),
    (nn.PixelShuffle(2), (2, 12, 5, 7), 0, {}),
    (SubConv(3, 5, 3), MAP, 2 * 5 * 45 * 27,
     {"standard convolution outside of the modules that it counts": -2 * 5 * 45 * 27}),
    (nn.GroupNorm(3, 3), MAP, 0, {}),
    (nn.Conv2d(3, 5, 3), (3, 7, 11), 45 * 5 * 27, {UNBATCHED: 45 * 5 * 9 * (7 - 3)}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def there():
    return installed("thop")


@pytest.mark.parametrize(
    ("layer", "shape", "macs", "steps"), CASES, ids=lambda case: str(case)[:40]
)
def test_a_rule_is_known_to_the_last_operation(layer, shape, macs, steps):
    assert steps_to("thop", layer, shape) == (macs, steps)


def test_every_rule_of_thops_is_tried():
    from thop.profile import register_hooks

    tried = {type(layer) for layer, *_ in CASES}
    assert set(register_hooks) == {*RULES, nn.Sequential}
    assert set(RULES) <= tried


def test_attention_is_no_module_and_its_params_are_in_none():
    attention = nn.MultiheadAttention(8, 2)
    shapes = [(5, 3, 8)] * 3
    assert steps_to("thop", attention, *shapes) == (
        3 * 5 * 4 * 64 + 2 * 3 * 25 * 8,
        {
            "fc outside of the modules that it counts": -3 * 5 * 4 * 64,
            "matmul outside of the modules that it counts": -2 * 3 * 25 * 8,
        },
    )
    assert steps_to("thop", attention, *shapes, of="params") == (
        4 * 72,
        {"params outside of the modules that it counts": -4 * 72},
    )


def test_recurrent_layers_take_every_sequence_for_the_longest_and_miss_projections():
    class Packed(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.LSTM(5, 7)

        def forward(self, x):
            return self.layer(pack_padded_sequence(x, torch.tensor([4, 2])))[1][0]

    ours, steps = steps_to("thop", Packed(), (4, 2, 5))
    assert (ours, steps) == (6 * 28 * 12, {LONGEST: 2 * 28 * 12, GATED: 8 * (84 + 28)})
    ours, steps = steps_to("thop", nn.LSTM(5, 7, proj_size=2), (3, 2, 5))
    assert ours == 6 * (28 * (5 + 2) + 7 * 2)
    assert steps == {LONGEST: 6 * 28 * 12 - ours, GATED: 6 * (84 + 28)}


def test_a_shared_layer_has_a_hook_for_each_place_and_is_added_up_in_each():
    ours, steps = steps_to("thop", Shared(), (2, 4))
    assert (ours, steps) == (64, {"shared modules counted once a place": 8 * 64})
    params, more = steps_to("thop", Shared(), (2, 4), of="params")
    assert (params, more) == (20, {"shared params counted once a place": 2 * 20})


def test_a_forgotten_rule_leaves_a_remainder(monkeypatch):
    monkeypatch.delitem(thop.RULES, nn.BatchNorm2d)
    with pytest.raises(AssertionError, match=r"not explained .*\+1,848"):
        steps_to("thop", nn.BatchNorm2d(3), MAP)
