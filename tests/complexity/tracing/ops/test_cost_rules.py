"""The cost of one executed operator, read off its tensors."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from tests.complexity.any_model.helpers import quiet
from tests.complexity.small import mystery
from tests.complexity.tracing.observers.storages import Watch, figures, watch


@pytest.mark.parametrize(
    ("function", "shapes", "expected"),
    [
        # 2 * 10 * 5 * 4 outputs, each of 3 * 3 * 5 weights
        (lambda x, w: F.conv2d(x, w, stride=2, groups=2), [(2, 6, 11, 13), (10, 3, 3, 5)],
         (400 * 5 // 4 * 45, 0, 500)),
        (lambda x, w, b: F.conv2d(x, w, b, stride=2, groups=2),
         [(2, 6, 11, 13), (10, 3, 3, 5), (10,)], (500 * 45, 500, 500)),
        (F.conv1d, [(2, 3, 11), (7, 3, 5)], (98 * 15, 0, 98)),
        (F.conv3d, [(2, 3, 5, 7, 11), (7, 3, 2, 3, 5)], (1960 * 90, 0, 1960)),
        # each of 2 * 6 * 7 * 11 inputs meets 5 * 3 * 3 weights; 15 channels of 15x23 come out
        (lambda x, w: F.conv_transpose2d(x, w, stride=2, groups=3),
         [(2, 6, 7, 11), (6, 5, 3, 3)], (924 * 45, 0, 2 * 15 * 15 * 23)),
        (torch.mm, [(3, 5), (5, 7)], (105, 0, 21)),
        (torch.bmm, [(2, 3, 5), (2, 5, 7)], (210, 0, 42)),
        (torch.addmm, [(7,), (3, 5), (5, 7)], (105, 21, 21)),
        (torch.baddbmm, [(2, 3, 7), (2, 3, 5), (2, 5, 7)], (210, 42, 42)),
    ],
    ids=["conv2d", "with bias", "conv1d", "conv3d", "transposed", "mm", "bmm", "addmm", "baddbmm"],
)  # fmt: skip
def test_products_count_each_weight_that_an_output_meets(function, shapes, expected):
    assert figures(function, *shapes) == expected


@pytest.mark.parametrize(
    ("function", "shapes", "outputs"),
    [
        (torch.relu, [(2, 3, 5)], 30),
        (torch.relu_, [(2, 3, 5)], 30),
        (torch.add, [(2, 3, 5), (3, 1)], 30),
        (torch.exp, [(7, 11)], 77),
        (lambda x: x.sum(1), [(2, 3, 5)], 10),
        (lambda x: F.max_pool2d(x, 2), [(2, 3, 7, 11)], 2 * 3 * 3 * 5),
        (lambda x: F.avg_pool2d(x, 3), [(2, 3, 7, 11)], 2 * 3 * 2 * 3),
        (lambda x: F.adaptive_avg_pool2d(x, 2), [(2, 3, 7, 11)], 2 * 3 * 4),
        (lambda x: F.batch_norm(x, x[0, :, 0, 0], x[1, :, 0, 0]), [(2, 3, 7, 11)], 462),
        (lambda x: x.softmax(-1), [(2, 3, 5)], 30),
    ],
)
def test_elementwise_work_counts_each_output_once(function, shapes, outputs):
    assert figures(function, *shapes) == (0, outputs, 0)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x.view(-1),
        lambda x: x.transpose(0, 1),
        lambda x: x[:, 1:],
        lambda x: x.expand(7, 2, 3, 5),
        lambda x: x.chunk(2, 1),
        lambda x: x.detach(),
        torch.empty_like,
    ],
)
def test_another_view_of_the_same_memory_moves_nothing(function):
    works = [work for _, work in watch(function, (2, 3, 5))]
    assert works
    assert all(work is not None and not work.moves for work in works)


@pytest.mark.parametrize("view", ["transpose_", "unsqueeze_", "squeeze_", "t_"])
def test_a_view_in_place_moves_nothing_either(view):
    arguments = {"transpose_": (0, 1), "unsqueeze_": (0,)}.get(view, ())
    ((name, work),) = watch(lambda x: getattr(x, view)(*arguments), (2, 3))
    assert name == view.rstrip("_")
    assert work is not None
    assert not work.moves


@pytest.mark.parametrize(
    "function",
    [
        lambda x: torch.cat((x, x), 1),
        lambda x: torch.stack((x, x)),
        lambda x: x.clone(),
        lambda x: x.to(torch.float64),
        lambda x: F.pad(x, (1, 2)),
    ],
)
def test_a_copy_moves_and_computes_nothing(function):
    assert figures(function, (2, 3, 5)) == (0, 0, 0)
    assert any(work.moves for _, work in watch(function, (2, 3, 5)))


def test_an_operator_without_a_rule_is_none_never_zero():
    assert watch(mystery, (2, 3)) == [("mystery", None)]


@pytest.mark.parametrize(
    ("function", "name"), [(torch.relu, "relu"), (torch.relu_, "relu"), (torch.cos_, "cos")]
)
def test_an_operator_has_one_name_in_place_or_not(function, name):
    assert [name for name, _ in watch(function, (2, 3))] == [name]


@pytest.mark.parametrize(
    ("function", "shapes"),
    [
        (torch.mm, [(3, 5), (5, 7)]),
        (torch.mv, [(3, 5), (5,)]),
        (torch.vdot, [(5,), (5,)]),
        (torch.addmm, [(7,), (3, 5), (5, 7)]),
        (torch.addbmm, [(3, 7), (2, 3, 5), (2, 5, 7)]),
        (torch.addr, [(5, 7), (5,), (7,)]),
        (F.bilinear, [(2, 3), (2, 5), (7, 3, 5)]),
    ],
)
def test_a_product_of_complex_numbers_is_four_real_ones(function, shapes):
    real, steps, outputs = figures(function, *shapes)
    assert real > 0
    assert figures(function, *shapes, dtype=torch.complex64) == (4 * real, steps, outputs)


@pytest.mark.parametrize("bias", [False, True])
def test_a_linear_operator_adds_its_bias(bias):
    """It is one operator only where autograd is off altogether."""

    def linear(x, w, b):
        with torch.inference_mode():
            return F.linear(x, w, b if bias else None)

    assert figures(linear, (3, 5), (7, 5), (7,))[:2] == (105, 21 * bias)


@pytest.mark.parametrize("bias", [False, True])
def test_a_quantised_linear_layer_adds_its_bias_too(bias):
    with quiet():
        weight = torch.quantize_per_tensor(torch.ones(7, 5), 0.1, 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(weight, torch.ones(7) if bias else None)
    linear = torch.ops.quantized.linear_dynamic
    assert figures(lambda x: linear(x, packed), (3, 5), device="cpu") == (105, 21 * bias, 21)
    both = torch.ops.quantized.linear_relu_dynamic
    assert figures(lambda x: both(x, packed), (3, 5), device="cpu") == (105, 21 * bias + 21, 21)


def test_the_outer_product_of_a_gradient_is_elementwise_work():
    """``mv``'s matrix gets the product of a column and a row, of which nothing is added up."""
    weight, x = torch.zeros(3, 5, requires_grad=True), torch.zeros(5)
    out = weight.mv(x)
    with Watch() as seen:
        out.backward(torch.ones_like(out))
    works = [work for _, work in seen.ran]
    assert (sum(w.macs for w in works), sum(w.elementwise for w in works)) == (0, 15)
