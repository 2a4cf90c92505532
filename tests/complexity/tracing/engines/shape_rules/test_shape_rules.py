"""Every answer is what torch returns and leaves the rows that its operators leave."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812

from complexity.closed_form.describe import describe
from complexity.tracing.engines.shape_rules import ANSWERS
from complexity.tracing.instrumentation import ENGINES, recording
from complexity.tracing.recording.records import tensors_in
from tests.complexity.small import Calls

MAP = (2, 6, 11, 13)
ROWS = (3, 5, 7)
HEADS = (2, 6, 5, 7)
NN = torch._C._nn


def ran(engine, function, inputs):
    """Rows, results (shape, order, data type) and what was answered, of one run on meta."""
    model = Calls(function)
    with torch.no_grad(), recording(model, lambda _: False, engine) as recorder:
        out = model(*inputs)
    rows = [
        (c.name, c.in_shapes, c.out_shape, c.cost, c.calls, c.dtypes, c.unknown, describe(c))
        for c in recorder.calls
    ]
    return rows, [(t.shape, order_of(t), t.dtype, t.is_meta) for t in tensors_in((out,))]


def order_of(tensor):
    """The strides that matter: of a side of 1 any will do."""
    sides = zip(tensor.shape, tensor.stride(), strict=True)
    return [stride if side > 1 else 0 for side, stride in sides]


def meta(*shapes, dtype=torch.float32):
    return [torch.empty(shape, device="meta", dtype=dtype) for shape in shapes]


def was_answered(monkeypatch, function, inputs):
    """The functions whose answers were taken in a run of the fast engine."""
    taken = []
    listening = {}
    for func, answer in ENGINES["fast"].items():

        def heard(record, *args, func=func, answer=answer, **kwargs):
            out = answer(record, *args, **kwargs)
            taken.extend([func] * (out is not NotImplemented))
            return out

        listening[func] = heard
    monkeypatch.setitem(ENGINES, "fast", listening)
    ran("fast", function, inputs)
    return taken


# What is called, and the shapes of the tensors that go in: answered, without a kernel.
ANSWERED = [
    (F.linear, [ROWS, (4, 7)]),
    (F.linear, [ROWS, (4, 7), (4,)]),
    (lambda x, w: F.linear(x.transpose(1, 2), w), [(3, 7, 5), (4, 7)]),
    (F.linear, [(7,), (4, 7), (4,)]),
    (torch.addmm, [(7,), (3, 5), (5, 7)]),
    (torch.matmul, [(2, 3, 5), (2, 5, 7)]),
    (torch.matmul, [(2, 3, 5), (5, 7)]),
    (lambda x, y: x @ y.transpose(-1, -2), [HEADS, HEADS]),
    (F.scaled_dot_product_attention, [HEADS, HEADS, HEADS]),
    (F.scaled_dot_product_attention, [(2, 6, 3, 7), HEADS, (2, 6, 5, 4)]),
    (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True), [HEADS] * 3),
    (lambda q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True),
     [HEADS, (2, 2, 5, 7), (2, 2, 5, 7)]),
    (F.scaled_dot_product_attention, [HEADS, HEADS, HEADS, (5, 5)]),
    (lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, attn_mask=m.to(torch.bool)),
     [HEADS, HEADS, HEADS, (2, 1, 5, 5)]),
    (F.conv1d, [(2, 6, 11), (4, 6, 3)]),
    (lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 2), (1, 3), 2), [MAP, (10, 3, 3, 5), (10,)]),
    (lambda x, w: F.conv2d(x.to(memory_format=torch.channels_last), w), [MAP, (10, 6, 3, 5)]),
    (lambda x, w: F.conv3d(x, w, stride=2), [(2, 3, 5, 7, 11), (4, 3, 2, 3, 2)]),
    (lambda x, m, w: F.batch_norm(x, m, m, w, w), [MAP, (6,), (6,)]),
    (lambda x, m: F.batch_norm(x, m, m), [MAP, (6,)]),
    (lambda x, w: F.layer_norm(x, (7,), w, w), [ROWS, (7,)]),
    (lambda x: F.layer_norm(x, (5, 7)), [ROWS]),
    (lambda x, w: F.layer_norm(x.permute(0, 2, 3, 1), (6,), w, w), [MAP, (6,)]),
    (lambda x: F.adaptive_avg_pool2d(x, 1), [MAP]),
    (lambda x: F.adaptive_avg_pool2d(x, (3, None)), [MAP]),
    (lambda x: F.avg_pool2d(x, 3, 2, 1), [MAP]),
    (lambda x: F.avg_pool2d(x, (3, 2), ceil_mode=True), [MAP]),
    (lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), [MAP]),
    (lambda x: F.max_pool2d(x, (3, 2)), [MAP]),
    (torch.add, [ROWS, ROWS]),
    (torch.add, [ROWS, (5, 1)]),
    (lambda x, y: x.mul(y), [ROWS, (3, 1, 7)]),
    (lambda x: x / 3 - 2, [ROWS]),
    (lambda x: x.pow(2), [ROWS]),
    (lambda x: (x + x).add_(x).mul_(2).sub_(x), [ROWS]),
    (lambda x: x.softmax(-1), [ROWS]),
    (lambda x: F.softmax(x, 1), [ROWS]),
    (lambda x: x.mean(-1, keepdim=True), [ROWS]),
    (lambda x: x.mean((0, 2)), [ROWS]),
    (lambda x: F.dropout(x, 0.5, training=False), [ROWS]),
    (lambda x: F.dropout(x, 0.5, training=False, inplace=True), [ROWS]),
    (lambda x: torch.cat((x, x), -1), [ROWS]),
    (lambda x, y: torch.cat([x, y]), [ROWS, (2, 5, 7)]),
    (lambda x, y: torch.cat([y, x, y], dim=-2), [ROWS, (0,)]),
    (lambda x: torch.roll(x, (1, 2), (0, 1)), [ROWS]),
    (lambda x: x[:, 0, None, ..., 2:5], [ROWS]),
    (lambda x: x.view(15, 7).t().unsqueeze(0).expand(2, 7, 15), [ROWS]),
    (lambda x: x.transpose(0, 1).permute(2, 0, 1).chunk(3, 1), [ROWS]),
    (lambda x: x.unsqueeze(1).squeeze(1).squeeze(), [ROWS]),
    (lambda x: torch.unsqueeze(torch.permute(torch.transpose(x, 0, 1), (2, 0, 1)), 0), [ROWS]),
    (lambda x: torch.chunk(torch.squeeze(x), 2), [ROWS]),
    (lambda x: x.reshape(15, 7).contiguous().flatten(), [ROWS]),
    (lambda x: torch.reshape(torch.flatten(x, 1), (5, 21)), [ROWS]),
    *((getattr(torch, name), [ROWS]) for name in
      ("relu", "sigmoid", "tanh", "neg", "rsqrt", "sqrt", "exp", "cos", "sin")),
    *((getattr(torch.Tensor, name), [ROWS]) for name in
      ("relu", "sigmoid", "tanh", "neg", "rsqrt", "sqrt", "exp", "cos", "sin", "relu_")),
    *((getattr(F, name), [ROWS]) for name in
      ("gelu", "silu", "hardtanh", "hardswish", "hardsigmoid", "leaky_relu", "relu6")),
    (lambda x: F.gelu(x, approximate="tanh"), [ROWS]),
    *((lambda x, f=getattr(F, name): f(x, inplace=True), [ROWS]) for name in
      ("relu", "silu", "hardtanh", "hardswish", "hardsigmoid", "leaky_relu", "relu6")),
    (lambda x: torch.concat((x, torch.sub(torch.mul(x, x), torch.div(x, x)))), [ROWS]),
    (lambda x: torch.pow(x, 3).add(torch.mean(x, 1, True)), [ROWS]),
    (lambda x: torch.softmax(x, 0).sub(x).div(x), [ROWS]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "shapes"), ANSWERED, ids=lambda v: getattr(v, "__name__", ""))
def test_an_answer_is_what_torch_returns_and_leaves_the_same_rows(monkeypatch, function, shapes):
    assert ran("fast", function, meta(*shapes)) == ran("operators", function, meta(*shapes))
    assert was_answered(monkeypatch, function, meta(*shapes))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_an_answer_keeps_the_data_type(dtype):
    def function(x, w):
        return F.gelu(F.linear(x, w)).mean(-1) + 1

    inputs = meta(ROWS, (7, 7), dtype=dtype)
    assert ran("fast", function, inputs) == ran("operators", function, inputs)


def test_every_answer_is_tried(monkeypatch):
    taken = set()
    for function, shapes in ANSWERED:
        taken |= set(was_answered(monkeypatch, function, meta(*shapes)))
        monkeypatch.undo()
    assert set(ANSWERS) - taken == set()


# What an answer does not know in full is torch's: other data types, orders, settings, devices.
LEFT_TO_TORCH = [
    (lambda x: x.to(torch.int64) + 1.5, [ROWS]),
    (lambda x: x.to(torch.int64) / 2, [ROWS]),
    (lambda x, y: x + y.to(torch.float64), [ROWS, ROWS]),
    (lambda x: x.to(torch.complex64) * 2, [ROWS]),
    (lambda x: x + 2j, [ROWS]),
    (lambda x, y: x.transpose(1, 2) + y, [ROWS, (7, 5)]),
    (lambda x: F.gelu(x.transpose(0, 2)), [ROWS]),
    (lambda x: torch.add(x, x, alpha=2), [ROWS]),
    (lambda x: x[:, [0, 2]], [ROWS]),
    (lambda x: x[torch.tensor([0, 2], device="meta")], [ROWS]),
    (lambda x: x.permute(2, 0, 1).reshape(7, 15), [ROWS]),
    (lambda x: x.transpose(0, 1).contiguous(), [ROWS]),
    (lambda x: x.contiguous(memory_format=torch.channels_last), [MAP]),
    (torch.matmul, [(5,), (5,)]),
    (torch.matmul, [(3, 5), (5,)]),
    (torch.matmul, [(1, 2, 3, 5), (4, 1, 5, 7)]),
    (lambda x: F.softmax(x, -1, dtype=torch.float64), [ROWS]),
    (lambda x: torch.cat((x, x.to(torch.float64))), [ROWS]),
    (lambda x: torch.cat((x.transpose(0, 1), x.transpose(0, 1))), [ROWS]),
    (lambda x: torch.roll(x, 1), [ROWS]),
    (lambda x: x.mean(), [ROWS]),
    (lambda x: F.max_pool2d(x, 3, dilation=2), [MAP]),
    (lambda x: F.max_pool2d(x.to(memory_format=torch.channels_last), 3), [MAP]),
    (lambda x: F.max_pool2d(x, 3, return_indices=True), [MAP]),
    (lambda x: F.avg_pool2d(x, 3, divisor_override=2), [MAP]),
    (lambda x, w: F.conv2d(x, w, padding="same"), [MAP, (10, 6, 3, 5)]),
    (lambda x, w: F.conv2d(x[0], w), [MAP, (10, 6, 3, 5)]),
    (lambda x, m: F.batch_norm(x, m, m, training=True), [MAP, (6,)]),
    (lambda q, k: F.scaled_dot_product_attention(q[0], k[0], k[0]), [HEADS, HEADS]),
    (lambda q, k: F.scaled_dot_product_attention(q, k, k), [(1, 6, 5, 7), HEADS]),
    (lambda x: F.linear(x, x[0]), [(5, 7, 7)]),
    (lambda x: torch.outer(x, x), [(7,)]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "shapes"), LEFT_TO_TORCH)
def test_what_is_left_to_torch_is_the_same_too(function, shapes):
    assert ran("fast", function, meta(*shapes)) == ran("operators", function, meta(*shapes))


# What torch refuses, no answer lets through.
REFUSED = [
    (F.linear, [ROWS, (4, 6)]),
    (F.linear, [ROWS, (4, 7), (5,)]),
    (torch.matmul, [(3, 5), (4, 7)]),
    (torch.add, [ROWS, (3, 4, 7)]),
    (lambda x, y: (x + 1).add_(y), [(5, 1), (5, 7)]),
    (F.conv2d, [MAP, (10, 5, 3, 5)]),
    (F.conv2d, [MAP, (10, 6, 12, 5)]),
    (lambda x: F.layer_norm(x, (5,)), [ROWS]),
    (lambda x, m: F.batch_norm(x, m, m), [MAP, (5,)]),
    (lambda x: F.max_pool2d(x, 12), [MAP]),
    (lambda x: F.avg_pool2d(x, 3, padding=2), [MAP]),
    (lambda x: x.mean((0, 0)), [ROWS]),
    (lambda x, y: torch.cat((x, y)), [ROWS, (3, 5, 6)]),
    (lambda x: x[4], [ROWS]),
    (lambda x: x.view(4, 7), [ROWS]),
    (lambda q, k: F.scaled_dot_product_attention(q, k, k), [HEADS, (2, 3, 5, 7)]),
    (lambda q, m: F.scaled_dot_product_attention(q, q, q, m), [HEADS, (4, 5)]),
    (torch.addmm, [(7,), (3, 5), (4, 7)]),
]  # fmt: skip


@pytest.mark.parametrize(("function", "shapes"), REFUSED)
@pytest.mark.parametrize("engine", ["fast", "operators"])
def test_what_torch_refuses_is_refused_with_the_same_error(engine, function, shapes):
    with pytest.raises((RuntimeError, IndexError)):
        ran(engine, function, meta(*shapes))


@st.composite
def laid_out(draw, shape):
    """A tensor of this shape that lies in memory in any order, perhaps with gaps."""
    order = draw(st.permutations(range(len(shape))))
    gaps = [draw(st.sampled_from((0, 0, 1))) for _ in shape]
    whole = torch.empty([shape[i] + gaps[i] for i in order], device="meta")
    back = [order.index(i) for i in range(len(shape))]
    return whole.permute(back)[tuple(slice(side) for side in shape)]


@st.composite
def operands(draw):
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    other = [draw(st.sampled_from((side, side, 1))) for side in shape][draw(st.integers(0, 1)) :]
    return draw(laid_out(shape)), draw(laid_out(other))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(operands())
def test_the_order_of_a_result_is_torchs_whatever_the_orders_that_meet(pair):
    one, two = pair

    def function(one, two):
        return (
            F.layer_norm(one, one.shape[-1:]),
            torch.add(one, two),
            two * one,
            -one,
            one * 2,
            F.gelu(one),
            torch.cat((one, one)),
        )

    assert ran("fast", function, [one, two]) == ran("operators", function, [one, two])
