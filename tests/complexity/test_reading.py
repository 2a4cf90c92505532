"""A torch module as a description: by what it is, and by both roads to the same figures."""

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from complexity.analysis import analyze
from complexity.reading import (
    computes_weight,
    is_free,
    is_layer,
    read_module,
    runs_forward_of,
)
from formulas.layers import (
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    Interpolate,
    Normalization,
    Pool,
    Recurrent,
)
from tests.complexity.samples import CLASS_SAMPLES, KIND_SAMPLES
from tests.complexity.small import DoubledConv, SubConv


def the_one_row(model, *inputs):
    report = analyze(model, inputs)
    assert report.unknown == {}
    assert report.verdict.differences == ()
    assert report.verdict.rows == len(report.layers) == 1, "no closed form"
    return report.layers[0]


@pytest.mark.parametrize("kind", KIND_SAMPLES)
def test_the_sample_of_a_kind_is_read_as_that_kind_and_agrees_with_its_trace(kind):
    model, inputs = KIND_SAMPLES[kind]
    row = the_one_row(model, *inputs)
    assert row.kind == kind
    assert row.params == sum(p.numel() for p in model.parameters())
    assert row.cost.memory_access > 0


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


def test_an_adaptive_pooling_that_also_returns_indices_has_no_closed_form():
    pool = nn.AdaptiveMaxPool2d(2, return_indices=True)
    assert read_module(pool) is None
    report = analyze(pool, torch.zeros(2, 3, 7, 11))
    assert report.cost.elementwise == 24
    assert report.verdict.rows == 0


def test_a_subclass_is_what_its_forward_is():
    assert read_module(SubConv(3, 5, 3)) == Conv(3, 5, 3, bias=True)
    assert read_module(DoubledConv(3, 5, 3)) is None


def test_a_forward_put_on_the_instance_is_its_own():
    conv = nn.Conv2d(3, 5, 3)
    assert runs_forward_of(conv, nn.Conv2d)
    conv.forward = lambda x: x
    assert not runs_forward_of(conv, nn.Conv2d)
    assert read_module(conv) is None
    assert not is_layer(conv)


def test_a_class_that_only_has_the_name_of_a_layer_is_none():
    class Conv2d(nn.Module):
        """A name is no layer."""

    assert read_module(Conv2d()) is None


@pytest.mark.parametrize(
    "module", [nn.Identity(), nn.Flatten(), nn.Unflatten(1, (2, 3)), nn.Dropout(), nn.Dropout2d()]
)
def test_what_computes_nothing_is_free_and_no_row(module):
    assert is_free(module, training=False)
    assert is_layer(module.eval())
    assert read_module(module) is None


def test_in_training_a_dropout_computes_and_an_identity_does_not():
    assert not is_free(nn.Dropout(), training=True)
    assert not is_layer(nn.Dropout().train())
    assert is_free(nn.Identity(), training=True)
    assert is_layer(nn.Identity().train())


def test_a_dropout_with_a_forward_of_its_own_is_not_free():
    class Scales(nn.Dropout):
        def forward(self, x):
            return x * 2

    assert not is_free(Scales(), training=False)


def test_a_container_is_neither_free_nor_a_layer():
    assert not is_layer(nn.Sequential(nn.ReLU()))


def test_a_batch_norm_of_vectors_is_a_batch_norm():
    row = the_one_row(nn.BatchNorm1d(5), torch.zeros(3, 5))
    assert (row.kind, row.params, row.elementwise) == ("batch_norm", 10, 15)


def test_a_parametrised_layer_keeps_all_of_its_params():
    model = nn.utils.parametrizations.weight_norm(nn.Linear(5, 7))
    report = analyze(model, torch.zeros(3, 5))
    assert report.params == sum(p.numel() for p in model.parameters()) == 49
    assert report.verdict.agrees


@pytest.mark.parametrize(
    ("prepare", "computed"),
    [
        (lambda fc: fc, False),
        (nn.utils.parametrizations.weight_norm, True),
        (lambda fc: prune.l1_unstructured(fc, "weight", 0.5), True),
    ],
    ids=["plain", "parametrised", "pruned"],
)
def test_a_weight_that_is_computed_makes_a_layer_unknown(prepare, computed):
    fc = prepare(nn.Linear(5, 7))
    assert computes_weight(fc) is computed
    assert (read_module(fc) is None) is computed


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
        (
            nn.Upsample(scale_factor=(2, 3), mode="bilinear"),
            Interpolate(scale=(2.0, 3.0), mode="bilinear"),
        ),
        (nn.Upsample(size=7), None),
        (nn.Upsample(scale_factor=2), None),
    ],
    ids=["size", "scale", "one size", "one scale"],
)
def test_an_upsampling_is_read_where_it_says_how_many_sides_there_are(module, description):
    assert read_module(module) == description
    row = the_one_row(module, torch.zeros(2, 3, 11, 13))
    assert row.kind == "interpolation"


def test_a_layer_with_a_weight_that_is_not_learnable_is_no_known_layer():
    fc = nn.Linear(5, 7, bias=False)
    weight = fc.weight.detach()
    del fc.weight
    fc.register_buffer("weight", weight)
    assert read_module(fc) is None
    report = analyze(fc, torch.zeros(3, 5))
    assert (report.params, report.buffers, report.macs) == (0, 35, 105)


def test_a_layer_with_a_parameter_more_than_its_class_is_no_known_layer():
    fc = nn.Linear(5, 7)
    assert read_module(fc) is not None
    fc.register_parameter("scale", nn.Parameter(torch.ones(3)))
    assert read_module(fc) is None
    assert analyze(fc, torch.zeros(3, 5)).params == 45
