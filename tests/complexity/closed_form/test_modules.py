"""What each class of torch was built with reaches its description, and the trace agrees."""

import pytest
import torch
from torch import nn

from complexity.analysis import analyze
from complexity.closed_form.describe import read_module
from formulas.layers import (
    Activation,
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    EmbeddingBag,
    Fold,
    Interpolate,
    Linear,
    Normalization,
    Pad,
    Pool,
    Recurrent,
    RMSNorm,
)
from tests.complexity.any_model.wrappers import Scaled
from tests.complexity.closed_form.samples import CLASS_SAMPLES
from tests.complexity.small import the_one_row


@pytest.mark.parametrize("of", CLASS_SAMPLES, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_a_class_is_read_and_agrees_with_its_trace(of):
    model, inputs = CLASS_SAMPLES[of]
    row = the_one_row(model, *inputs)
    with torch.no_grad():
        out = model.eval()(*inputs)
    assert row.out_shape == tuple((out[0] if isinstance(out, tuple) else out).shape)
    assert row.params == sum(p.numel() for p in model.parameters())


def test_every_setting_of_a_convolution_reaches_its_description():
    conv = nn.Conv2d(6, 10, (3, 5), (1, 2), (0, 2), (2, 1), groups=2, bias=False)
    assert read_module(conv) == Conv(6, 10, (3, 5), (1, 2), (0, 2), (2, 1), 2, bias=False)
    assert read_module(nn.Conv2d(6, 10, 3)).bias is True


def test_every_setting_of_a_pooling_reaches_its_description():
    pool = nn.MaxPool2d((3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True)
    assert read_module(pool) == Pool("max", (3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True)


def test_every_setting_of_a_normalisation_reaches_its_description():
    plain = nn.BatchNorm2d(5, affine=False, track_running_stats=False)
    assert read_module(plain) == BatchNorm(5, affine=False, tracked=False)
    assert read_module(nn.BatchNorm2d(5)) == BatchNorm(5)


def test_a_pooling_that_also_returns_indices_is_read_from_its_operation():
    pool = nn.MaxPool2d(2, return_indices=True)
    assert read_module(pool) is None
    row = the_one_row(pool, torch.zeros(2, 3, 7, 11))
    assert (row.name, row.kind, row.elementwise) == ("max_pool2d_with_indices", "max_pool", 90)


def test_an_adaptive_pooling_that_also_returns_indices_is_read_from_its_operation():
    pool = nn.AdaptiveMaxPool2d(2, return_indices=True)
    assert read_module(pool) is None
    row = the_one_row(pool, torch.zeros(2, 3, 7, 11))
    assert (row.name, row.kind, row.elementwise) == ("adaptive_max_pool2d", "adaptive_max_pool", 24)


@pytest.mark.parametrize(
    ("module", "description"),
    [
        (nn.Linear(5, 7, dtype=torch.complex64), Linear(5, 7, True, True)),
        (nn.Bilinear(5, 7, 3, dtype=torch.complex64), Bilinear(5, 7, 3, True, True)),
        (nn.Conv1d(5, 7, 3, dtype=torch.complex64), None),  # torch makes it of real ones
        (nn.LSTM(5, 7, dtype=torch.complex64), None),
        (nn.Embedding(5, 7, max_norm=1.0), None),
        (nn.EmbeddingBag(5, 7, include_last_offset=True), EmbeddingBag(5, 7, closed=True)),
        (nn.RMSNorm((3, 5), elementwise_affine=False), RMSNorm((3, 5), affine=False)),
        (nn.PReLU(5), Activation("prelu", 5)),
        (nn.ConstantPad2d((1, 2, 3, -1), 0.0), Pad(((3, -1), (1, 2)))),
        (nn.Fold(7, (3, 2), 1, (1, 0), 2), Fold((7, 7), (3, 2), 1, (1, 0), 2)),
    ],
)
def test_every_setting_of_these_reaches_its_description(module, description):
    assert read_module(module) == description


@pytest.mark.parametrize(
    ("layer", "shape", "macs"),
    [
        (nn.Linear(5, 7, dtype=torch.complex64), (3, 5), 4 * 105),
        (nn.LSTM(5, 7, bias=False, dtype=torch.complex64), (2, 3, 5), 4 * 6 * 28 * 12),
    ],
)
def test_a_complex_layer_counts_four_real_products_on_both_roads(layer, shape, macs):
    report = analyze(layer, torch.zeros(shape, dtype=torch.complex64))
    assert report.macs == macs
    assert report.verdict.agrees
    assert report.verdict.rows > 0


def test_rows_that_are_brought_to_a_norm_are_known_from_the_trace():
    report = analyze(nn.Embedding(5, 7, max_norm=1.0), torch.zeros(3, dtype=torch.long))
    assert report.unknown == {}
    assert report.cost.elementwise > 0


def test_bags_in_a_row_are_read_with_their_starts_and_with_weights_are_not():
    bags = nn.EmbeddingBag(11, 5, mode="sum")
    indices, starts = torch.zeros(7, dtype=torch.long), torch.tensor([0, 3])
    row = the_one_row(bags, indices, starts)
    assert (row.params, row.elementwise, row.out_shape) == (55, 35, (2, 5))
    assert row.cost.memory_access == 7 + 2 + 35 + 10
    report = analyze(bags, (indices, starts, torch.zeros(7)))
    assert report.cost.elementwise == 35
    assert report.verdict.rows == 0


def test_a_batch_norm_of_vectors_is_a_batch_norm():
    row = the_one_row(nn.BatchNorm1d(5), torch.zeros(3, 5))
    assert (row.kind, row.params, row.elementwise) == ("batch_norm", 10, 15)


def test_every_setting_of_a_transposed_convolution_reaches_its_description():
    conv = nn.ConvTranspose2d(6, 10, (3, 5), (2, 3), (1, 2), (1, 0), 2, False, (1, 2))
    assert read_module(conv) == ConvTranspose(
        6, 10, (3, 5), (2, 3), (1, 2), (1, 0), (1, 2), 2, bias=False
    )


def test_every_setting_of_a_recurrent_layer_reaches_its_description():
    lstm = nn.LSTM(5, 7, 3, bias=False, batch_first=True, bidirectional=True, proj_size=2)
    assert read_module(lstm) == Recurrent("lstm", 5, 7, 3, 2, 2, bias=False, batch_first=True)
    cell = nn.GRUCell(5, 7, bias=False)
    assert read_module(cell) == Recurrent("gru", 5, 7, bias=False, is_cell=True)


@pytest.mark.parametrize(
    "of", [nn.LSTM, nn.GRU, nn.RNN, nn.LSTMCell, nn.GRUCell, nn.RNNCell], ids=lambda of: of.__name__
)
def test_first_states_that_are_given_are_read_too(of):
    layer = of(5, 7)
    state = torch.zeros(3, 7) if "Cell" in of.__name__ else torch.zeros(1, 3, 7)
    x = torch.zeros(3, 5) if "Cell" in of.__name__ else torch.zeros(11, 3, 5)
    given = (state, state) if "LSTM" in of.__name__ else state
    without, row = the_one_row(layer, x), the_one_row(layer, x, given)
    assert (row.macs, row.elementwise) == (without.macs, without.elementwise)


@pytest.mark.parametrize("of", [nn.GRU, nn.RNN])
def test_a_recurrent_layer_with_the_batch_first_has_nothing_unknown(of):
    assert the_one_row(of(5, 7, batch_first=True), torch.zeros(3, 11, 5)).params > 0


def test_a_bilinear_layer_needs_both_of_its_inputs():
    assert read_module(nn.Bilinear(5, 7, 3, bias=False)) == Bilinear(5, 7, 3, bias=False)


def test_a_normalisation_is_described_by_its_params():
    assert read_module(nn.LayerNorm((3, 5))) == Normalization("layer_norm", 30)
    assert read_module(nn.LayerNorm((3, 5), bias=False)) == Normalization("layer_norm", 15)
    assert read_module(nn.GroupNorm(3, 6, affine=False)) == Normalization("group_norm", 0)
    assert read_module(nn.InstanceNorm2d(6, affine=True)) == Normalization("instance_norm", 12)


def test_an_instance_norm_with_running_statistics_has_another_cost():
    assert read_module(nn.InstanceNorm2d(6, track_running_stats=True)) is None


@pytest.mark.parametrize(
    ("module", "description"),
    [
        (nn.Upsample(size=(7, 5)), Interpolate(size=(7, 5), mode="nearest")),
        (nn.Upsample(scale_factor=(2, 3)), Interpolate(scale=(2.0, 3.0), mode="nearest")),
        (nn.Upsample(size=7), None),
        (nn.Upsample(scale_factor=2), None),
    ],
    ids=["size", "scale", "one size", "one scale"],
)
def test_an_upsampling_is_read_where_it_says_how_many_sides_there_are(module, description):
    assert read_module(module) == description
    row = the_one_row(module, torch.zeros(2, 3, 11, 13))
    assert row.kind == "interpolation"


class Fed(Scaled):
    """Numbers come scaled by a parameter, so that the layer is differentiated; indices do not."""

    def forward(self, *inputs):
        return self.layer(*(self.scale * x if x.is_floating_point() else x for x in inputs))


@pytest.mark.parametrize("of", CLASS_SAMPLES, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_a_training_step_through_a_class_is_known(of):
    layer, inputs = CLASS_SAMPLES[of]
    report = analyze(Fed(layer), inputs, backward=True)
    assert report.unknown == {}
    assert report.verdict.agrees
    assert report.verdict.traced_on == "meta"
