"""A torch module as a description: by what it is, and by both roads to the same figures."""

import pytest
import torch
from torch import nn

from complexity.analysis import analyze
from complexity.reading import is_free, is_layer, read_module, runs_forward_of
from formulas.layers import BatchNorm, Conv, Pool
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


NO_RULE = pytest.mark.xfail(reason="no counter for aten.hardswish, which torch tags with nothing")
CLASSES = [pytest.param(of, marks=[NO_RULE] * (of is nn.Hardswish)) for of in CLASS_SAMPLES]


@pytest.mark.parametrize("of", CLASSES, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_a_class_is_read_and_agrees_with_its_trace(of):
    model, shape = CLASS_SAMPLES[of]
    row = the_one_row(model, torch.zeros(shape))
    with torch.no_grad():
        assert row.out_shape == tuple(model.eval()(torch.zeros(shape)).shape)
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


@pytest.mark.parametrize("pool", [nn.MaxPool2d(2, return_indices=True),
                                  nn.AdaptiveMaxPool2d(2, return_indices=True)])  # fmt: skip
def test_a_pooling_that_also_returns_indices_has_no_closed_form(pool):
    assert read_module(pool) is None
    report = analyze(pool, torch.zeros(2, 3, 7, 11))
    assert report.cost.elementwise > 0
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
    assert is_free(module)
    assert is_layer(module)
    assert read_module(module) is None


def test_a_container_is_neither_free_nor_a_layer():
    assert not is_layer(nn.Sequential(nn.ReLU()))


@pytest.mark.xfail(reason="BatchNorm1d takes vectors too, but its description wants a map")
def test_a_batch_norm_of_vectors_is_a_batch_norm():
    row = the_one_row(nn.BatchNorm1d(5), torch.zeros(3, 5))
    assert (row.kind, row.params, row.elementwise) == ("batch_norm", 10, 15)


@pytest.mark.xfail(reason="read as a plain Linear, though its forward computes its weight")
def test_a_parametrised_layer_keeps_all_of_its_params():
    model = nn.utils.parametrizations.weight_norm(nn.Linear(5, 7))
    report = analyze(model, torch.zeros(3, 5))
    assert report.params == sum(p.numel() for p in model.parameters()) == 49
    assert report.verdict.agrees
