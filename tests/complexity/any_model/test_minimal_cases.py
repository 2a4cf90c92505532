"""Small models on which counters are known to go wrong, with their true figures."""

import pytest
import torch
from torch import nn

from tests.complexity.any_model.helpers import Case, Function, assert_counted, zeros

functional = nn.functional

LINEAR = (
    Case("linear on a sequence", lambda: nn.Linear(3, 8), zeros(5, 10, 3), 1_200, 32),
    Case(
        "linear on a map", lambda: nn.Linear(3, 8, bias=False), zeros(5, 10, 10, 3), 12_000, 24
    ),
    Case("linear, one vector", lambda: nn.Linear(7, 11), zeros(7), 7 * 11, 7 * 11 + 11),
    Case(
        "functional linear, raw parameter",
        lambda: Function(functional.linear, (32, 64)),
        zeros(7, 64),
        14_336,
        2_048,
    ),
    Case(
        "@ with a raw parameter",
        lambda: Function(torch.matmul, (64, 32)),
        zeros(7, 64),
        14_336,
        2_048,
    ),
    Case("linear on the meta device", lambda: nn.Linear(64, 64, device="meta"),
         zeros(4, 64), 16_384, 4_160),
)  # fmt: skip

CONVOLUTIONS = (
    Case(
        "unbatched convolution",
        lambda: nn.Conv2d(3, 16, 3, padding=1, bias=False),
        zeros(3, 32, 32),
        442_368,
        432,
    ),
    Case(
        "transposed convolution",
        lambda: nn.ConvTranspose2d(8, 16, 4, stride=2, padding=1, bias=False),
        zeros(1, 8, 16, 16),
        524_288,
        2_048,
    ),
    Case(
        "functional convolution, raw parameter",
        lambda: Function(functional.conv2d, (16, 3, 3, 3)),
        zeros(1, 3, 32, 32),
        388_800,
        432,
    ),
    Case(
        "1d, strided and dilated",  # (29 - 2 * 4 - 1) // 2 + 1 = 11 positions
        lambda: nn.Conv1d(6, 14, 5, stride=2, dilation=2, groups=2),
        zeros(3, 6, 29),
        3 * 14 * 11 * 3 * 5,
        14 * 3 * 5 + 14,
    ),
    Case(
        "1d, unbatched",
        lambda: nn.Conv1d(5, 7, 3),
        zeros(5, 13),
        7 * 11 * 5 * 3,
        7 * 5 * 3 + 7,
    ),
    Case(
        "3d, depthwise",
        lambda: nn.Conv3d(5, 10, (3, 2, 1), groups=5, bias=False),
        zeros(2, 5, 7, 11, 13),
        2 * 10 * (5 * 10 * 13) * 6,
        10 * 6,
    ),
    Case(
        "same padding, even kernel",  # padded by one more on one side
        lambda: nn.Conv2d(2, 3, (4, 5), padding="same"),
        zeros(1, 2, 7, 11),
        3 * 77 * 2 * 20,
        3 * 2 * 20 + 3,
    ),
    Case(
        "circular padding",
        lambda: nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular", bias=False),
        zeros(1, 2, 7, 11),
        3 * 77 * 2 * 9,
        3 * 2 * 9,
    ),
    Case(
        "transposed 1d, grouped, unbatched",  # each input meets 5 / 1 outputs a group
        lambda: nn.ConvTranspose1d(6, 10, 5, stride=3, groups=2, output_padding=1),
        zeros(6, 7),
        6 * 7 * 5 * 5,
        6 * 5 * 5 + 10,
    ),
    Case(
        "transposed 3d",
        lambda: nn.ConvTranspose3d(2, 3, (2, 3, 5), stride=2, bias=False),
        zeros(2, 2, 5, 7, 11),
        2 * 2 * 385 * 3 * 30,
        2 * 3 * 30,
    ),
    Case(
        "functional transposed convolution, raw parameter",
        lambda: Function(functional.conv_transpose2d, (3, 5, 2, 7)),
        zeros(2, 3, 11, 13),
        2 * 3 * 143 * 5 * 14,
        3 * 5 * 14,
    ),
)

PRODUCTS = (
    Case("mv", lambda: Function(torch.mv), (zeros(64, 32), zeros(32)), 2_048, 0),
    Case("mv, primes", lambda: Function(torch.mv), (zeros(13, 7), zeros(7)), 91, 0),
    Case("dot", lambda: Function(torch.dot), (zeros(64), zeros(64)), 64, 0),
    Case("vdot", lambda: Function(torch.vdot), (zeros(13), zeros(13)), 13, 0),
    Case("inner", lambda: Function(torch.inner), (zeros(7, 13), zeros(11, 13)), 7 * 11 * 13, 0),
    Case("outer", lambda: Function(torch.outer), (zeros(64), zeros(32)), 2_048, 0),
    Case(
        "addmv",
        lambda: Function(torch.addmv),
        (zeros(13), zeros(13, 7), zeros(7)),
        91,
        0,
    ),
    Case("addr", lambda: Function(torch.addr), (zeros(7, 5), zeros(7), zeros(5)), 35, 0),
    Case(
        "addmm",
        lambda: Function(torch.addmm),
        (zeros(7, 5), zeros(7, 11), zeros(11, 5)),
        7 * 11 * 5,
        0,
    ),
    Case(
        "addbmm",
        lambda: Function(torch.addbmm),
        (zeros(8, 32), zeros(4, 8, 16), zeros(4, 16, 32)),
        16_384,
        0,
    ),
    Case(
        "baddbmm",
        lambda: Function(torch.baddbmm),
        (zeros(4, 8, 32), zeros(4, 8, 16), zeros(4, 16, 32)),
        16_384,
        0,
    ),
    Case(
        "broadcast matmul",
        lambda: Function(torch.matmul),
        (zeros(3, 1, 5, 7), zeros(2, 7, 11)),
        3 * 2 * 5 * 7 * 11,
        0,
    ),
    Case(
        "chained matmul",  # torch takes the cheaper order: the right pair first, 312 and not 525
        lambda: Function(torch.linalg.multi_dot),
        ([zeros(5, 2), zeros(2, 7), zeros(7, 13)],),
        2 * 7 * 13 + 5 * 2 * 13,
        0,
    ),
    Case(
        "einsum, batched",
        lambda: Function(lambda a, b: torch.einsum("bij,bjk->bik", a, b)),
        (zeros(4, 8, 16), zeros(4, 16, 32)),
        16_384,
        0,
    ),
    Case(
        "einsum, three factors as executed",
        lambda: Function(lambda a, b, c: torch.einsum("ij,jk,kl->il", a, b, c)),
        (zeros(8, 16), zeros(16, 32), zeros(32, 4)),
        5_120,
        0,
    ),
    Case(
        "tensordot",
        lambda: Function(lambda a, b: torch.tensordot(a, b, dims=2)),
        (zeros(3, 5, 7), zeros(5, 7, 11)),
        3 * 5 * 7 * 11,
        0,
    ),
    Case("bilinear", lambda: nn.Bilinear(8, 6, 4), (zeros(5, 8), zeros(5, 6)), 960, 196),
    Case(
        "functional bilinear",
        lambda: Function(functional.bilinear, (5, 7, 3)),
        (zeros(11, 7), zeros(11, 3)),
        11 * 5 * 7 * 3,
        105,
    ),
    Case(
        "complex matmul, four real MACs each",
        lambda: Function(torch.matmul),
        (zeros(8, 16, dtype=torch.cfloat), zeros(16, 32, dtype=torch.cfloat)),
        4 * 8 * 16 * 32,
        0,
    ),
    Case(
        "complex linear",
        lambda: nn.Linear(7, 11, dtype=torch.cfloat),
        zeros(5, 7, dtype=torch.cfloat),
        4 * 5 * 7 * 11,
        88,
    ),
    Case(
        "complex bilinear",
        lambda: nn.Bilinear(3, 5, 7, bias=False, dtype=torch.cfloat),
        (zeros(2, 3, dtype=torch.cfloat), zeros(2, 5, dtype=torch.cfloat)),
        4 * 2 * 3 * 5 * 7,
        105,
    ),
    Case(
        "complex convolution, which torch makes of three real ones",
        lambda: nn.Conv1d(2, 3, 5, bias=False, dtype=torch.cfloat),
        zeros(1, 2, 11, dtype=torch.cfloat),
        3 * 3 * 7 * 2 * 5,
        30,
        closed=False,
    ),
    Case(
        "grouped matmul of a mixture of experts",
        lambda: Function(lambda a, b, ends: torch._grouped_mm(a, b, offs=ends)),
        (
            zeros(16, 64, dtype=torch.bfloat16),
            zeros(4, 64, 128, dtype=torch.bfloat16),
            torch.tensor([4, 8, 12, 16], dtype=torch.int32),
        ),
        131_072,
        0,
    ),
    Case(
        "integer matmul",
        lambda: Function(torch._int_mm),
        (zeros(32, 64, dtype=torch.int8), zeros(64, 64, dtype=torch.int8)),
        131_072,
        0,
    ),
)


@pytest.mark.parametrize("case", [*LINEAR, *CONVOLUTIONS, *PRODUCTS], ids=lambda case: case.name)
def test_a_product_of_weights_or_tensors_has_its_true_figures(case):
    assert_counted(case)
