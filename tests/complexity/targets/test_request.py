"""A request: a network by its name, or a model that must be loaded."""

import pytest
import torch

from complexity.targets.request import Request
from formulas import network


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mobilenet", {"alpha": 0.5, "resolution": (37, 43), "variant": "paper"}),
        ("shufflenet", {"groups": 8}),
        ("squeezenet", {"resolution": 64}),
    ],
)
def test_the_request_of_a_network_gives_that_network(name, options):
    closed = network(name, **options)
    again = Request.of(closed).closed_form()
    assert again == closed


@pytest.mark.parametrize(
    ("name", "loads"), [("mobilenet", False), ("timm:resnet18", True), ("a.py:f", True)]
)
def test_a_colon_tells_a_model_to_be_loaded_from_a_network(name, loads):
    assert Request(name).loads is loads


def test_the_data_type_is_that_of_model_and_inputs(target):
    model, inputs = Request(target("fc"), inputs=("11x5",), dtype="float64").load("cpu")
    assert model.weight.dtype == inputs[0].dtype == torch.float64
