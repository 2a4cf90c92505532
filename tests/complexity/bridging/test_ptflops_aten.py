"""Every rule of ptflops's for operators, by hand."""

import pytest
import torch
from torch import nn

from complexity.bridging.ptflops_aten import BIASES, FUSED, RULES
from tests.complexity.bridging.rules import steps_to
from tests.complexity.bridging.test_ptflops_functions import Takes
from tests.conftest import installed

MAP = (2, 3, 7, 11)
ATTENTION = "_scaled_dot_product_flash_attention_for_cpu: an operator that it does not know"

CASES = [
    (nn.Conv2d(3, 6, (3, 5), groups=3), [MAP], 2 * 6 * 35 * 15, {BIASES: 2 * 35 * 6}),
    (nn.Conv1d(3, 5, 3, bias=False), [(2, 3, 7)], 2 * 5 * 5 * 9, {}),
    (nn.ConvTranspose2d(3, 5, 4, 2), [MAP], 462 * 80, {BIASES: 2 * 5 * 16 * 24}),
    (nn.Linear(11, 5), [MAP], 42 * 55, {BIASES: 42 * 5}),
    (nn.Linear(11, 5, bias=False), [(2, 11)], 110, {}),
    (nn.BatchNorm2d(3), [MAP], 0, {}),
    (nn.ReLU(), [MAP], 0, {}),
    (nn.LSTM(5, 7), [(3, 2, 5)], 6 * 28 * 12, {FUSED: -6 * 28 * 12}),
    (Takes(lambda a, b: a @ b), [(3, 5), (5, 7)], 105, {}),
    (Takes(lambda a, b: a @ b), [(2, 3, 5), (2, 5, 7)], 210, {}),
    (Takes(torch.addmm), [(7,), (3, 5), (5, 7)], 105, {BIASES: 21}),
    (Takes(torch.baddbmm), [(2, 3, 7), (2, 3, 5), (2, 5, 7)], 210,
     {"baddbmm: an operator that it does not know": -210}),
    (Takes(nn.functional.scaled_dot_product_attention), [(2, 3, 5, 8)] * 3, 2 * 6 * 25 * 8,
     {ATTENTION: -2 * 6 * 25 * 8}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def there():
    return installed("ptflops")


@pytest.mark.parametrize(
    ("model", "shapes", "macs", "steps"), CASES, ids=lambda case: str(case)[:40]
)
def test_a_rule_is_known_to_the_last_operation(model, shapes, macs, steps):
    assert steps_to("ptflops-aten", model, *shapes) == (macs, steps)


def test_every_operator_that_it_knows_has_a_rule():
    from ptflops.aten_ops import ATEN_OPS_MAPPING

    assert {packet.__name__ for packet in ATEN_OPS_MAPPING} == set(RULES)
