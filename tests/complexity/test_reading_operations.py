"""An operation between layers as a description: from its name and its arguments' shapes."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from complexity.analysis import analyze, run_of
from complexity.reading_operations import READERS, read_operation
from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    BatchNorm,
    Bilinear,
    Concat,
    Conv,
    ConvTranspose,
    Copy,
    Elementwise,
    Embedding,
    EmbeddingBag,
    Fold,
    Gate,
    GroupedMatMul,
    Interpolate,
    Linear,
    MatMul,
    Normalization,
    Outer,
    Pad,
    PixelShuffle,
    Pool,
    Reduction,
    Unfold,
)
from tests.complexity.small import Calls

MAP = (2, 6, 11, 13)
VECTOR = (6,)
HEADS = (2, 3, 5, 7)


def grouped(left, right, **ends):
    return torch._grouped_mm(left.bfloat16(), right.bfloat16(), **ends)


# Operation, function, shapes of its inputs, its description, and which inputs are data: so many
# at the beginning, a slice, or the shapes that are taken for them.
OPERATIONS = [
    ("convolution", lambda x, w: F.conv2d(x, w, None, (2, 1), (1, 2), (1, 3), 2),
     [MAP, (10, 3, 3, 5)], Conv(6, 10, (3, 5), (2, 1), (1, 2), (1, 3), 2), 1),
    ("convolution", lambda x, w, b: F.conv_transpose2d(x, w, b, (2, 3), (1, 2), (1, 0), 2),
     [MAP, (6, 5, 3, 5), (10,)],
     ConvTranspose(6, 10, (3, 5), (2, 3), (1, 2), (1, 0), groups=2, bias=True), 1),
    ("scaled_dot_product_attention", F.scaled_dot_product_attention, [HEADS] * 3, Attention(), 3),
    ("scaled_dot_product_attention",
     lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
     [HEADS] * 3, Attention(causal=True), 3),
    ("scaled_dot_product_attention",
     lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, mask),
     [HEADS, HEADS, HEADS, (5, 5)], Attention(mask=25), 3),
    ("scaled_dot_product_attention",
     lambda q, k, v, mask: F.scaled_dot_product_attention(q, k, v, attn_mask=mask > 0),
     [HEADS, HEADS, HEADS, (5, 5)], Attention(mask=25, boolean=True), 3),
    ("scaled_dot_product_attention",
     lambda q, k, v: F.scaled_dot_product_attention(q, k, v, dropout_p=0.5, is_causal=True),
     [HEADS] * 3, Attention(causal=True, dropout=True), 3),
    ("scaled_dot_product_attention",
     lambda q, k, v: F.scaled_dot_product_attention(q, k, v, enable_gqa=True),
     [(2, 6, 5, 7), HEADS, HEADS], Attention(grouped=True), 3),
    ("linear", F.linear, [(2, 3, 5), (7, 5), (7,)], Linear(5, 7, bias=True), 1),
    ("linear", lambda x, w: F.linear(weight=w, input=x), [(3, 5), (7, 5)], Linear(5, 7), 1),
    ("matmul", torch.matmul, [(2, 3, 5), (5, 7)], MatMul(), 2),
    ("matmul", lambda x, y: x @ y, [(1, 3, 5), (2, 5, 7)], MatMul(), 2),
    ("mm", torch.mm, [(3, 5), (5, 7)], MatMul(), 2),
    ("mm", lambda x, y: torch.mm(x.to(torch.complex64), y.to(torch.complex64)),
     [(3, 5), (5, 7)], MatMul(is_complex=True), 2),
    ("bmm", torch.bmm, [(2, 3, 5), (2, 5, 7)], MatMul(), 2),
    ("addmm", torch.addmm, [(7,), (3, 5), (5, 7)], MatMul(added=7), slice(1, 3)),
    ("baddbmm", torch.baddbmm, [(2, 3, 7), (2, 3, 5), (2, 5, 7)], MatMul(added=42), slice(1, 3)),
    ("_int_mm", lambda x, y: torch._int_mm(x.to(torch.int8), y.to(torch.int8)),
     [(32, 16), (16, 8)], MatMul(), 2),
    ("mv", torch.mv, [(3, 5), (5,)], MatMul(), 2),
    ("dot", torch.dot, [(5,), (5,)], MatMul(), 2),
    ("vdot", lambda x, y: torch.vdot(x.to(torch.complex64), y.to(torch.complex64)),
     [(5,), (5,)], MatMul(is_complex=True), 2),
    ("addmv", torch.addmv, [(3,), (3, 5), (5,)], MatMul(added=3), slice(1, 3)),
    ("addbmm", torch.addbmm, [(3, 7), (2, 3, 5), (2, 5, 7)],
     MatMul(added=21, summed=True), slice(1, 3)),
    ("addr", torch.addr, [(3, 5), (3,), (5,)], MatMul(added=15), ((3, 1), (1, 5))),
    ("_grouped_mm", lambda x, y, ends: grouped(x, y, offs=ends.int()),
     [(13, 16), (3, 16, 8), (3,)], GroupedMatMul(), 3),
    ("_grouped_mm", lambda x, y, ends: grouped(x, y.mT.contiguous().mT, offs=ends.int()),
     [(3, 7, 16), (16, 24), (3,)], GroupedMatMul(), 3),
    ("_grouped_mm", lambda x, y, ends: grouped(x.mT.contiguous().mT, y, offs=ends.int()),
     [(8, 16), (16, 24), (3,)], GroupedMatMul(), 3),
    ("_grouped_mm", lambda x, y: grouped(x, y), [(3, 7, 16), (3, 16, 8)], MatMul(), 2),
    ("_trilinear", F.bilinear, [(2, 3), (2, 5), (7, 3, 5)], Bilinear(3, 5, 7), slice(0, 3, 2)),
    ("embedding", lambda x, w: F.embedding(x.long(), w),
     [(2, 3), (11, 5)], Embedding(11, 5), slice(1, 2)),
    ("_embedding_bag_forward_only", lambda x, w, at: F.embedding_bag(x.long(), w, at.long()),
     [(6,), (11, 5), (2,)], EmbeddingBag(11, 5), slice(1, 3)),
    ("_embedding_bag",
     lambda x, w, at: torch.ops.aten._embedding_bag(
         w, x.long(), at.long(), False, 0, False, None, True)[0],
     [(6,), (11, 5), (2,)], EmbeddingBag(11, 5, closed=True), slice(1, 3)),
    ("outer", lambda x, y: torch.outer(input=x.to(torch.complex64), vec2=y.to(torch.complex64)),
     [(5,), (7,)], Outer(is_complex=True), 2),
    ("outer", torch.outer, [(5,), (7,)], Outer(), 2),
    ("outer", lambda x, y: x.ger(y), [(5,), (7,)], Outer(), 2),
    ("native_batch_norm", lambda x, m, v, w: F.batch_norm(x, m, v, w, w),
     [MAP, VECTOR, VECTOR, VECTOR], BatchNorm(6), 1),
    ("native_batch_norm", F.batch_norm, [MAP, VECTOR, VECTOR], BatchNorm(6, affine=False), 1),
    ("mean", torch.mean, [MAP], Reduction("mean", ()), 1),
    ("sum", lambda x: x.sum((1, 3)), [MAP], Reduction("sum", (1, 3)), 1),
    ("amax", lambda x: x.amax(1, keepdim=True), [MAP], Reduction("amax", (1,), True), 1),
    ("amin", lambda x: x.amin(-1), [MAP], Reduction("amin", (-1,)), 1),
    ("max_pool2d_with_indices",
     lambda x: F.max_pool2d(x, (3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True),
     [MAP], Pool("max", (3, 2), (2, 1), (1, 0), (1, 2), ceil_mode=True), 1),
    ("max_pool2d_with_indices", lambda x: F.max_pool2d(x, 2), [MAP], Pool("max", 2), 1),
    ("avg_pool2d", lambda x: F.avg_pool2d(x, (3, 2), 2, (1, 0)),
     [MAP], Pool("avg", (3, 2), 2, (1, 0)), 1),
    ("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, 1),
     [MAP], AdaptivePool("avg", (1, 1)), 1),
    ("adaptive_avg_pool2d", lambda x: F.adaptive_avg_pool2d(x, output_size=(None, 5)),
     [MAP], AdaptivePool("avg", (11, 5)), 1),
    ("avg_pool3d", lambda x: F.avg_pool3d(x, (1, 3, 2)), [MAP], Pool("avg", (1, 3, 2), dims=3), 1),
    ("max_pool3d_with_indices", lambda x: F.max_pool3d(x, (1, 3, 2), 2),
     [MAP], Pool("max", (1, 3, 2), 2, dims=3), 1),
    ("_adaptive_avg_pool2d", lambda x: torch.ops.aten._adaptive_avg_pool2d(x, (3, 13)),
     [MAP], AdaptivePool("avg", (3, 13)), 1),
    ("_adaptive_avg_pool3d", lambda x: F.adaptive_avg_pool3d(x, (3, 2, 5)),
     [MAP], AdaptivePool("avg", (3, 2, 5)), 1),
    ("adaptive_max_pool2d", lambda x: F.adaptive_max_pool2d(x, (3, 5)),
     [MAP], AdaptivePool("max", (3, 5)), 1),
    ("adaptive_max_pool3d", lambda x: F.adaptive_max_pool3d(x, 2),
     [MAP], AdaptivePool("max", (2, 2, 2)), 1),
    ("glu", F.glu, [(2, 3, 10)], Gate(), 1),
    ("glu", lambda x: F.glu(x, 1), [MAP], Gate(1), 1),
    ("bernoulli", torch.bernoulli, [MAP], Elementwise("bernoulli"), 1),
    ("_prelu_kernel", F.prelu, [MAP, VECTOR], Elementwise("prelu"), 2),
    ("log_sigmoid_forward", F.logsigmoid, [MAP], Activation("logsigmoid"), 1),
    ("constant_pad_nd", lambda x: F.pad(x, (1, 2, 3, -1)), [MAP], Pad(((3, -1), (1, 2))), 1),
    *(
        (f"{mode}_pad{dims}d",
         lambda x, mode=mode, kept=3 - dims, dims=dims: F.pad(
             x.reshape(1, *x.shape).flatten(0, kept), (1, 2) * dims,
             {"reflection": "reflect", "replication": "replicate"}[mode]),
         [MAP], Pad(((1, 2),) * dims), 1)
        for mode in ("reflection", "replication")
        for dims in (1, 2, 3)
    ),
    ("pixel_shuffle", lambda x: F.pixel_shuffle(x, 2), [(2, 12, 5, 7)], PixelShuffle(2), 1),
    ("pixel_unshuffle", lambda x: F.pixel_unshuffle(x, 2),
     [(2, 3, 6, 10)], PixelShuffle(2, inverse=True), 1),
    ("im2col", lambda x: F.unfold(x, (3, 2), (1, 2), (1, 0), 2),
     [MAP], Unfold((3, 2), (1, 2), (1, 0), 2), 1),
    ("col2im", lambda x: F.fold(x, (5, 7), (3, 2), stride=(2, 1)),
     [(2, 18, 12)], Fold((5, 7), (3, 2), stride=(2, 1)), 1),
    ("add", torch.add, [MAP, MAP], Add(), 2),
    ("add", torch.add, [MAP, (13,)], Elementwise("add"), 2),
    ("add", lambda x: x + 1, [MAP], Elementwise("add"), 1),
    ("cat", lambda x, y: torch.cat((x, y), -1), [MAP, MAP], Concat(-1), 2),
    ("cat", lambda x, y: torch.cat((x, y)), [MAP, MAP], Concat(0), 2),
    ("clone", torch.clone, [MAP], Copy(), 1),
    ("_to_copy", lambda x: x.to(torch.float64), [MAP], Copy(), 1),
    ("_softmax", lambda x: x.softmax(1), [MAP], Activation("softmax"), 1),
    ("_safe_softmax", lambda x: torch.ops.aten._safe_softmax(x, -1),
     [MAP], Activation("softmax"), 1),
    ("_log_softmax", lambda x: x.log_softmax(1), [MAP], Activation("log_softmax"), 1),
    ("native_layer_norm", lambda x, w: F.layer_norm(x, (13,), w, w),
     [MAP, (13,)], Normalization("layer_norm", 26), 1),
    ("native_layer_norm", lambda x: F.layer_norm(x, (11, 13)),
     [MAP], Normalization("layer_norm"), 1),
    ("native_group_norm", lambda x, w: F.group_norm(x, 3, w, w),
     [MAP, VECTOR], Normalization("group_norm", 12), 1),
    *(
        (f"upsample_{mode}2d", lambda x, mode=mode: F.interpolate(x, (7, 5), mode=mode),
         [MAP], Interpolate(size=(7, 5), mode=mode), 1)
        for mode in ("nearest", "bilinear", "bicubic")
    ),
    # not in the table: point-wise by torch's own tag
    ("mul", torch.mul, [MAP, (13,)], Elementwise("mul"), 2),
    ("tanh", torch.tanh, [MAP], Elementwise("tanh"), 1),
]  # fmt: skip


def test_every_operation_that_is_read_is_tried():
    assert set(READERS) <= {operation for operation, *_ in OPERATIONS}


@pytest.mark.parametrize(
    ("operation", "function", "shapes", "description", "data"),
    OPERATIONS,
    ids=[f"{number} {operation}" for number, (operation, *_) in enumerate(OPERATIONS)],
)
def test_an_operation_is_read_with_its_settings_and_agrees_with_its_trace(
    operation, function, shapes, description, data
):
    inputs = tuple(torch.zeros(shape) for shape in shapes)
    (call,) = (c for c in run_of(Calls(function), inputs).calls if c.operation == operation)
    layer, fed = read_operation(call)
    assert layer == description
    if not isinstance(data, tuple):
        data = call.in_shapes[data if isinstance(data, slice) else slice(data)]
    assert fed == data
    report = analyze(Calls(function), inputs)
    assert report.verdict.agrees
    assert report.verdict.rows == len(report.layers)
    assert report.unknown == {}


@pytest.mark.parametrize(
    "function",
    [torch.cumsum, lambda x, dim: x.topk(1, dim), lambda x, dim: x.sort(dim)],
    ids=["cumsum", "topk", "sort"],
)
def test_an_operation_without_a_closed_form_is_none(function):
    (call,) = run_of(Calls(lambda x: function(x, 1)), torch.zeros(MAP)).calls
    assert read_operation(call) is None


def test_a_resizing_by_a_scale_alone_has_no_size_to_read():
    function = Calls(lambda x: torch.ops.aten.upsample_nearest2d.vec(x, None, (2.0, 2.0)))
    report = analyze(function, torch.zeros(MAP))
    assert report.cost.elementwise == 4 * 2 * 6 * 11 * 13
