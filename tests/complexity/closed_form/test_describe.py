"""A torch module as a description: by what it is, and by both roads to the same figures."""

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from complexity.analysis import analyze
from complexity.closed_form.describe import (
    computes_weight,
    is_free,
    is_layer,
    known_base,
    read_module,
    sized,
)
from formulas.core.errors import SizeError
from formulas.layers import Conv
from tests.complexity.closed_form.samples import KIND_SAMPLES
from tests.complexity.small import DoubledConv, SubConv, the_one_row


@pytest.mark.parametrize("kind", KIND_SAMPLES)
def test_the_sample_of_a_kind_is_read_as_that_kind_and_agrees_with_its_trace(kind):
    model, inputs = KIND_SAMPLES[kind]
    row = the_one_row(model, *inputs)
    assert row.kind == kind
    assert row.params == sum(p.numel() for p in model.parameters())
    assert row.cost.memory_access > 0


@pytest.mark.parametrize("size", [(13, 15), (14, 15), (14, 16)])
def test_a_transposed_convolution_is_told_its_outputs_size(size):
    class Sized(nn.ConvTranspose2d):
        """The same forward: the size is given by its caller."""

    class Caller(nn.Module):
        def __init__(self):
            super().__init__()
            self.up = Sized(3, 5, 3, stride=2)

        def forward(self, x):
            return self.up(x, output_size=size)

    row = the_one_row(Caller(), torch.zeros(2, 3, 6, 7))
    assert row.out_shape == (2, 5, *size)
    assert (row.macs, row.elementwise) == (2 * 3 * 42 * 5 * 9, 2 * 5 * size[0] * size[1])


@pytest.mark.parametrize("out", [(15, 15), (13, 17), (12, 15), (13, 14)])
def test_a_size_that_no_output_padding_gives_is_no_size(out):
    up = read_module(nn.ConvTranspose2d(3, 5, 3, stride=2))
    assert sized(up, (2, 3, 6, 7), (2, 5, 13, 15)) == up
    with pytest.raises(SizeError):
        sized(up, (2, 3, 6, 7), (2, 5, *out))


def test_a_subclass_is_what_its_forward_is():
    assert read_module(SubConv(3, 5, 3)) == Conv(3, 5, 3, bias=True)
    assert read_module(DoubledConv(3, 5, 3)) is None


def test_a_forward_put_on_the_instance_is_its_own():
    conv = nn.Conv2d(3, 5, 3)
    assert known_base(conv) is nn.Conv2d
    conv.forward = lambda x: x
    assert known_base(conv) is None
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
