"""Every rule of torchinfo's, by hand."""

import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from complexity.interop.bridge.torchinfo import BIASES, NORMED, TRANSPOSED, _first
from tests.complexity.interop.bridge.rules import steps_to
from tests.complexity.small import Tied
from tests.conftest import installed

MAP = (2, 3, 7, 11)
LINEAR = "Linear at the first side of its output alone"

CASES = [
    (nn.Conv2d(3, 6, (3, 5), groups=3), MAP, 2 * 6 * 35 * 15, {BIASES: 2 * 35 * 6}),
    (nn.ConvTranspose2d(3, 5, 4, 2, bias=False), MAP, 462 * 80,
     {TRANSPOSED: 240 * 2 * 16 * 24 - 462 * 80}),
    (nn.Linear(11, 5), (2, 11), 110, {BIASES: 10}),
    (nn.Linear(11, 5), MAP, 42 * 55, {LINEAR: -40 * 55, BIASES: 10}),
    (nn.BatchNorm2d(3), MAP, 0, {NORMED: 2 * 6}),
    (nn.LayerNorm(11, bias=False), MAP, 0, {NORMED: 2 * 11}),
    (nn.PReLU(3), MAP, 0, {"parameters of PReLU: times the first side of its output": 6}),
    (nn.LSTM(5, 7, batch_first=True), (2, 3, 5), 6 * 28 * 12, {BIASES: 6 * 56}),
    (nn.RNNCell(5, 7), (2, 5), 2 * 84,
     {"RNNCell at the first two sides of its output": 6 * 2 * 84, BIASES: 14 * 14}),
    (nn.ReLU(), MAP, 0, {}),
    (nn.AdaptiveAvgPool2d(1), MAP, 0, {}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def there():
    return installed("torchinfo")


@pytest.mark.parametrize(
    ("layer", "shape", "macs", "steps"), CASES, ids=lambda case: str(case)[:40]
)
def test_a_rule_is_known_to_the_last_operation(layer, shape, macs, steps):
    assert steps_to("torchinfo", layer, shape) == (macs, steps)


def test_an_embedding_counts_its_whole_table_for_each_image():
    found = steps_to("torchinfo", nn.Embedding(13, 5), (2, 3), dtype=torch.long)
    assert found == (0, {"parameters of Embedding: times the first side of its output": 2 * 65})


def test_attention_is_missed_and_its_params_are_not():
    shapes = [(5, 3, 8)] * 3
    ours, steps = steps_to("torchinfo", nn.MultiheadAttention(8, 2), *shapes)
    assert sum(steps.values()) == -ours
    assert steps_to("torchinfo", nn.MultiheadAttention(8, 2), *shapes, of="params") == (288, {})


def test_of_a_pruned_layer_the_weights_that_are_left_count():
    layer = prune.l1_unstructured(nn.Linear(4, 3), "weight", amount=5)
    ours, steps = steps_to("torchinfo", layer, (2, 4))
    assert ours + sum(steps.values()) == 2 * (12 - 5) + 2 * 3


def test_a_tied_weight_counts_for_each_module():
    assert steps_to("torchinfo", Tied(5), (2, 5), of="params") == (
        25 + 5 + 5,
        {"shared params counted once a module": 25},
    )


@pytest.mark.parametrize(
    ("output", "first"),
    [
        (torch.Size((2, 3)), (2, 3)),
        (((2, 3), (5,)), (2, 3)),
        ({"a": (2, 3), "b": (5, 7)}, (5, 7)),
        ([((2,), (3,))], (2,)),
        (None, ()),
    ],
)
def test_an_output_is_its_first_tensor_or_the_last_of_a_dict(output, first):
    assert _first(output) == first
