"""Attention, whichever kernel torch would run: one true figure on every path."""

from itertools import product

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from complexity import analyze
from tests.complexity.any_model.helpers import Case, Function, assert_counted, zeros

attention = nn.functional.scaled_dot_product_attention

HEADS = zeros(2, 4, 64, 16)
QUERIES, GROUPS = zeros(2, 8, 64, 16), zeros(2, 2, 64, 16)
# 3 batches of 5 heads; 7 queries, 11 keys; 13 wide, values 17 wide
Q, K, V = zeros(3, 5, 7, 13), zeros(3, 5, 11, 13), zeros(3, 5, 11, 17)
PRIME = 3 * 5 * 7 * 11 * (13 + 17)

FUNCTIONS = (
    Case("plain", lambda: Function(attention), (HEADS, HEADS, HEADS), 1_048_576, 0),
    Case(
        "grouped queries",
        lambda: Function(lambda q, k, v: attention(q, k, v, enable_gqa=True)),
        (QUERIES, GROUPS, GROUPS),
        2_097_152,
        0,
    ),
    Case(
        "causal counts the masked half",
        lambda: Function(lambda q, k, v: attention(q, k, v, is_causal=True)),
        (HEADS, HEADS, HEADS),
        1_048_576,
        0,
    ),
    Case("unequal widths", lambda: Function(attention), (Q, K, V), PRIME, 0),
    Case("boolean mask", lambda: Function(attention),
         (Q, K, V, zeros(7, 11, dtype=torch.bool)), PRIME, 0),
    Case("float mask", lambda: Function(attention), (Q, K, V, zeros(7, 11)), PRIME, 0),
    Case("a mask for each head", lambda: Function(attention),
         (Q, K, V, zeros(3, 5, 7, 11)), PRIME, 0),
    Case(
        "a mask, and a scale, by keyword",
        lambda: Function(lambda q, k, v, m: attention(q, k, v, attn_mask=m, scale=0.5)),
        (Q, K, V, zeros(3, 1, 7, 11, dtype=torch.bool)),
        PRIME,
        0,
    ),
    Case(
        "all by keyword",
        lambda: Function(lambda q, k, v: attention(query=q, value=v, key=k)),
        (Q, K, V),
        PRIME,
        0,
    ),
    Case("without heads", lambda: Function(attention), (Q[:, 0], K[:, 0], V[:, 0]), PRIME // 5, 0),
    Case("causal, more keys than queries",
         lambda: Function(lambda q, k, v: attention(q, k, v, is_causal=True)),
         (Q, K, V), PRIME, 0),
    Case("with dropout", lambda: Function(lambda q, k, v: attention(q, k, v, dropout_p=0.5)),
         (Q, K, V), PRIME, 0),
    Case(
        "half precision",
        lambda: Function(attention),
        tuple(each.to(torch.bfloat16) for each in (Q, K, V)),
        PRIME,
        0,
    ),
    Case(
        "written by hand, in products and a softmax",
        lambda: Function(lambda q, k, v: (q @ k.mT).softmax(-1) @ v),
        (Q, K, V),
        PRIME,
        0,
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", FUNCTIONS, ids=lambda case: case.name)
def test_attention_as_a_function_has_its_true_figures(case):
    assert_counted(case)


@pytest.mark.parametrize("grad", [False, True])
@pytest.mark.parametrize(
    "backend", [SDPBackend.MATH, SDPBackend.FLASH_ATTENTION], ids=lambda backend: backend.name
)
def test_the_users_kernel_and_gradients_do_not_matter(grad, backend):
    inputs = tuple(each.clone().requires_grad_(grad) for each in (HEADS, HEADS, HEADS))
    with torch.set_grad_enabled(grad), sdpa_kernel(backend):
        report = analyze(Function(attention), inputs)
    assert report.macs == 1_048_576
    assert report.verdict.agrees
    assert report.unknown == {}


def test_grouped_queries_save_memory_not_products():
    grouped = Function(lambda q, k, v: attention(q, k, v, enable_gqa=True))
    few = analyze(grouped, (QUERIES, GROUPS, GROUPS))
    all_heads = analyze(Function(attention), (QUERIES, QUERIES, QUERIES))
    assert few.macs == all_heads.macs == 2_097_152
    saved = 2 * (QUERIES.numel() - GROUPS.numel())
    assert all_heads.cost.memory_access - few.cost.memory_access == saved


ENCODER_MACS, ENCODER_PARAMS = 3_916_800, 33_472
FOUR_SQUARE = 4 * 64 * 64


@pytest.mark.parametrize(
    ("training", "grad"), list(product([False, True], repeat=2)), ids=lambda value: str(value)
)
def test_an_encoder_layer_costs_the_same_on_every_path(training, grad):
    """In eval without gradients torch runs it as one kernel, which other counters take for 0."""
    layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True).train(training)
    with torch.set_grad_enabled(grad):
        report = analyze(layer, zeros(2, 50, 64))
    assert (report.macs, report.params) == (ENCODER_MACS, ENCODER_PARAMS)
    assert report.verdict.agrees
    assert report.unknown == {}
    assert layer.training is training


def mha(**options) -> nn.Module:
    return nn.MultiheadAttention(64, 4, **options)


class SelfAttention(nn.Module):
    """Attends to its own input, with these settings."""

    def __init__(self, **settings) -> None:
        super().__init__()
        self.attention, self.settings = mha(batch_first=True), settings

    def forward(self, x):
        moved = {k: v.to(x.device) if torch.is_tensor(v) else v for k, v in self.settings.items()}
        return self.attention(x, x, x, **moved)[0]


def self_attention(batch: int, length: int, width: int) -> int:
    return batch * (length * FOUR_SQUARE + 2 * length * length * width)


TOKENS = zeros(2, 50, 64)
MODULES = (
    Case("batch first", lambda: mha(batch_first=True), (TOKENS,) * 3, 2_278_400, 16_640),
    Case(
        "length first",  # the same tensor read as 50 sequences of 2
        mha,
        (TOKENS,) * 3,
        self_attention(50, 2, 64),
        16_640,
    ),
    Case(
        "without weights in the answer",
        lambda: SelfAttention(need_weights=False),
        TOKENS,
        2_278_400,
        16_640,
    ),
    Case(
        "with a padding mask",
        lambda: SelfAttention(key_padding_mask=zeros(2, 50, dtype=torch.bool)),
        TOKENS,
        2_278_400,
        16_640,
    ),
    Case(
        "keys and values of their own widths",
        lambda: nn.MultiheadAttention(12, 3, kdim=5, vdim=7, batch_first=True, bias=False),
        (zeros(2, 11, 12), zeros(2, 13, 5), zeros(2, 13, 7)),
        2 * (2 * 11 * 12 * 12 + 13 * 12 * (5 + 7) + 2 * 11 * 13 * 12),
        12 * (12 + 5 + 7 + 12),
    ),
    Case("unbatched", mha, (zeros(7, 64),) * 3, self_attention(1, 7, 64), 16_640),
    Case(
        "encoder of three layers",
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 3
        ),
        TOKENS,
        3 * ENCODER_MACS,
        3 * ENCODER_PARAMS,
    ),
    Case(
        "encoder with a padding mask",
        lambda: nn.TransformerEncoder(
            nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 1
        ),
        {"src": TOKENS, "src_key_padding_mask": zeros(2, 50, dtype=torch.bool)},
        ENCODER_MACS,
        ENCODER_PARAMS,
    ),
    Case(
        "decoder layer",  # self attention, attention to 13 others, and a widening
        lambda: nn.TransformerDecoderLayer(12, 3, 20, batch_first=True),
        (zeros(2, 11, 12), zeros(2, 13, 12)),
        2
        * (
            11 * 4 * 144 + 2 * 11 * 11 * 12
            + 11 * 2 * 144 + 13 * 2 * 144 + 2 * 11 * 13 * 12
            + 2 * 11 * 12 * 20
        ),
        2 * (4 * 144 + 4 * 12) + (2 * 12 * 20 + 20 + 12) + 3 * 24,
    ),
    Case(
        "whole transformer",
        lambda: nn.Transformer(12, 4, 1, 1, 20, batch_first=True),
        (zeros(2, 13, 12), zeros(2, 11, 12)),
        2 * (13 * 4 * 144 + 2 * 13 * 13 * 12 + 2 * 13 * 12 * 20)
        + 2
        * (
            11 * 4 * 144 + 2 * 11 * 11 * 12
            + 11 * 2 * 144 + 13 * 2 * 144 + 2 * 11 * 13 * 12
            + 2 * 11 * 12 * 20
        ),
        3 * (4 * 144 + 4 * 12) + 2 * (2 * 12 * 20 + 20 + 12) + 5 * 24 + 2 * 24,
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", MODULES, ids=lambda case: case.name)
def test_attention_as_a_module_has_its_true_figures(case):
    assert_counted(case)
