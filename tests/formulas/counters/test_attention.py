"""Attention, alone and with its projections."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from formulas import Cost, SizeError, attention, count, fc, matmul, multi_head_attention
from formulas.layers import Attention, Linear
from tests.oracles.arrays import assert_elementwise
from tests.oracles.checks import check_by_running
from tests.oracles.modules import numel
from tests.oracles.refusals import refuses
from tests.oracles.running import measured
from tests.oracles.running_families import mha_module
from tests.oracles.symbols import H, N, W, assert_same, cin, cout, g, m
from tests.oracles.tensors import ones, total
from tests.strategies import FEW, PLACED


@FEW
@given(PLACED["attention"])
def test_all_five_fields_are_what_the_definitions_steps_give(placed):
    layer, shapes = placed
    check_by_running(layer, *shapes)


@FEW
@given(PLACED["attention"])
def test_output_shape_is_that_of_torchs_function(placed):
    layer, shapes = placed
    tensors = [torch.empty(shape, device="meta") for shape in shapes]
    out = functional.scaled_dot_product_attention(*tensors, enable_gqa=layer.grouped)
    assert layer.out_shape(*shapes) == tuple(out.shape)


def test_macs_are_the_steps_of_the_nested_loops():
    steps = 0
    for _head, _query, _key in product(range(6), range(7), range(11)):
        for _element in range(5):
            steps += 1  # of a score
        for _element in range(13):
            steps += 1  # of the weighted sum
    assert attention(6, 7, 11, 5, value_width=13).macs == steps


def test_macs_are_two_products_of_ones():
    query, key, value = ones((2, 3, 7, 5)), ones((2, 3, 11, 5)), ones((2, 3, 11, 13))
    scores = query @ key.mT
    macs = total(scores) + total(torch.ones_like(scores) @ value)
    assert attention(3, 7, 11, 5, value_width=13, batch=2).macs == macs


def test_every_field_in_symbols():
    heads, queries, keys, width, wide = g, H, W, cin, cout
    cost = attention(heads, queries, keys, width, value_width=wide, kv_heads=m, batch=N)
    assert_same(cost.macs, N * heads * queries * keys * (width + wide))
    assert_same(cost.elementwise, N * heads * ((queries + keys) * width + queries * keys))
    assert_same(cost.activations, N * heads * queries * (keys + wide))
    read = N * (heads * queries * width + m * keys * (width + wide))
    assert_same(cost.memory_access, read + N * heads * queries * wide)
    assert cost.params == 0


@pytest.mark.parametrize(("queries", "keys"), [(14, 11), (7, 22), (21, 33)])
def test_macs_grow_with_queries_times_keys(queries, keys):
    small, large = attention(3, 7, 11, 5), attention(3, queries, keys, 5)
    assert large.macs * 7 * 11 == small.macs * queries * keys


@pytest.mark.parametrize("kv_heads", [1, 2, 3])
def test_grouped_queries_save_memory_and_no_macs(kv_heads):
    full, grouped = attention(6, 7, 11, 5), attention(6, 7, 11, 5, kv_heads=kv_heads)
    assert (grouped.macs, grouped.elementwise) == (full.macs, full.elementwise)
    saved = (6 - kv_heads) * 11 * (5 + 5)
    assert full.memory_access - grouped.memory_access == saved


def test_a_mask_costs_one_more_pass_over_the_scores_and_is_read():
    bare, masked = attention(3, 7, 11, 5, batch=2), attention(3, 7, 11, 5, batch=2, mask=77)
    assert masked.macs == bare.macs
    assert masked.elementwise - bare.elementwise == 2 * 3 * 7 * 11
    assert masked.memory_access - bare.memory_access == 77


def test_a_boolean_or_causal_mask_is_first_made_one_that_adds():
    masked = attention(3, 7, 11, 5, mask=77)
    for options in ({"mask": 77, "boolean": True}, {"causal": True}):
        made = attention(3, 7, 11, 5, **options)
        assert made.macs == masked.macs
        assert made.elementwise - masked.elementwise == 77


def test_dropout_takes_three_passes_over_the_scores():
    bare, dropped = attention(3, 7, 11, 5, batch=2), attention(3, 7, 11, 5, batch=2, dropout=True)
    assert dropped == replace(bare, elementwise=bare.elementwise + 3 * 2 * 3 * 7 * 11)


def test_arrays_give_elementwise_what_ints_give():
    varying = {"queries": [7, 512, 8192], "keys": [11, 1024, 8192], "batch": [1, 3, 64]}
    assert_elementwise(attention, varying, heads=12, width=64)


MHA = [
    {"embed_dim": 14, "heads": 2},
    {"embed_dim": 21, "heads": 7, "kdim": 11},
    {"embed_dim": 15, "heads": 3, "kdim": 11, "vdim": 13},
]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("sizes", MHA)
def test_params_are_those_of_the_real_module(sizes, bias):
    found = multi_head_attention(5, 7, **sizes, bias=bias)
    assert found.params == numel(mha_module(sizes, bias=bias))


@pytest.mark.parametrize("sizes", MHA)
def test_it_is_four_projections_and_the_attention_between_them(sizes):
    d, heads = sizes["embed_dim"], sizes["heads"]
    kdim, vdim = sizes.get("kdim", d), sizes.get("vdim", d)
    scores, sums = matmul(5, d // heads, 7), matmul(5, 7, d // heads)
    whole = (
        fc(d, d, batch=3 * 5)
        + fc(kdim, d, batch=3 * 7)
        + fc(vdim, d, batch=3 * 7)
        + 3 * heads * (scores + sums)
        + fc(d, d, batch=3 * 5)
    )
    found = multi_head_attention(5, 7, **sizes, bias=False, batch=3)
    assert (found.params, found.macs) == (whole.params, whole.macs)
    assert found.activations == whole.activations


def test_every_field_in_symbols_with_projections():
    cost, d = multi_head_attention(H, W, cin, g, bias=True, batch=N), cin
    assert_same(cost.params, 4 * d**2 + 4 * d)
    biases, scaled = 2 * N * (H + W) * d, N * (H + W) * d
    assert_same(cost.elementwise, biases + scaled + N * g * H * W)
    projected = 4 * N * (H + W) * d + cost.params  # each of the four reads and writes its rows
    assert_same(cost.memory_access, projected + 2 * N * (H + W) * d)


@pytest.mark.parametrize("bias", [False, True])
def test_it_costs_what_its_five_parts_cost_when_each_runs(bias):
    """Projections as real layers, attention by its definition, on ones."""
    n, queries, keys, d, heads = 2, 5, 7, 6, 3
    parts = [measured(Linear(d, d, bias), (n, length, d))
             for length in (queries, keys, keys, queries)]  # fmt: skip
    inside = [(n, heads, length, d // heads) for length in (queries, keys, keys)]
    whole = sum([*parts, measured(Attention(), *inside)], Cost())
    assert multi_head_attention(queries, keys, d, heads, bias=bias, batch=n) == whole


def test_with_projections_arrays_give_elementwise_what_ints_give():
    varying = {"queries": [7, 512, 8192], "keys": [11, 1024, 8192], "batch": [1, 3, 64]}
    assert_elementwise(multi_head_attention, varying, embed_dim=1024, heads=8)


def test_with_projections_numpy_numbers_are_exact():
    sizes = {"queries": 1000, "keys": 1000, "batch": 1000}
    narrow = {name: np.int32(size) for name, size in sizes.items()}
    exact = multi_head_attention(**sizes, embed_dim=1024, heads=8)
    assert multi_head_attention(**narrow, embed_dim=1024, heads=8) == exact


def test_heads_must_divide_the_width_as_the_real_module_wants():
    with pytest.raises(AssertionError, match="divisible"):
        mha_module({"embed_dim": 13, "heads": 4}, bias=True)
    with refuses("heads=4 must divide embed_dim=13"):
        multi_head_attention(5, 7, 13, 4)


def test_with_projections_symbols_come_back_without_floors():
    cost = multi_head_attention(H, W, cin, g)
    assert_same(cost.macs, 2 * H * W * cin + 2 * H * cin**2 + 2 * W * cin**2)


def test_an_impossible_mask_is_refused():
    for wrong in (-3, 2.0, True, "3", None):
        with refuses(f"mask={wrong!r} must be an integer of at least 0"):
            attention(3, 7, 11, 5, mask=wrong)


def test_key_heads_that_cannot_be_shared_out_are_refused():
    with refuses("kv_heads=3 must divide heads=4"):
        attention(4, 7, 11, 5, kv_heads=3)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 1)])
def test_one_batch_of_keys_or_of_queries_serves_all_as_in_torchs_function(one, other):
    shapes = (one, 3, 7, 5), (other, 3, 11, 5), (other, 3, 11, 5)
    with sdpa_kernel(SDPBackend.MATH):
        out = functional.scaled_dot_product_attention(*map(torch.ones, shapes))
    assert Attention().out_shape(*shapes) == tuple(out.shape)
    assert count(Attention(), *shapes).macs == attention(3, 7, 11, 5, batch=2).macs


def test_a_description_takes_arrays_and_symbols():
    lengths = np.array([7, 11])
    swept = Attention().out_shape((2, 3, lengths, 5), (2, 3, lengths, 5), (2, 3, lengths, 13))
    assert swept[2] is lengths
    assert Attention().out_shape((2, 3, H, cin), (2, 3, W, cin), (2, 3, W, cout)) == (2, 3, H, cout)
    assert Attention().out_shape((2, 3, 7, cin), (2, 3, 11, 5), (2, 3, 11, 5)) == (2, 3, 7, 5)


@pytest.mark.parametrize(
    "shapes",
    [
        ((2, 3, 7, 5), (2, 3, 11, 13), (2, 3, 11, 5)),
        ((2, 3, 7, 5), (2, 3, 11, 5), (2, 3, 13, 5)),
        ((2, 4, 7, 5), (2, 3, 11, 5), (2, 3, 11, 5)),
        ((2, 4, 7, 5), (2, 2, 11, 5), (2, 2, 11, 5)),
        ((2, 3, 7, 5), (5, 3, 11, 5), (5, 3, 11, 5)),
    ],
)
def test_what_torchs_function_refuses_is_refused(shapes):
    with sdpa_kernel(SDPBackend.MATH), pytest.raises(RuntimeError):
        functional.scaled_dot_product_attention(*map(torch.ones, shapes))
    with pytest.raises(SizeError):
        Attention().out_shape(*shapes)
