"""Blocks and their branches, by hand on rows, and on the networks that the papers describe."""

import pytest

from formulas.networks import network
from reports.guidelines.blocks import Block, blocks, is_elementwise
from reports.model.dataflow import Flow
from reports.model.report import report_of
from tests.reports.guidelines.inception import BIG, INCEPTION, conv, joined
from tests.reports.helpers import row


def test_a_branch_begins_where_a_row_takes_what_the_one_before_did_not_give():
    (block,) = blocks(INCEPTION)
    assert (block.path, block.branches, block.operations) == ("mix", 3, 5)


def test_rows_belong_to_the_innermost_block_and_those_outside_to_none():
    rows = (
        conv("stem", BIG, BIG),
        conv("outer.conv", BIG, BIG),
        conv("outer.inner.conv", BIG, BIG),
        joined("outer.inner.add", BIG, BIG, kind="addition"),
        joined("outer.add", BIG, BIG, kind="addition"),
    )
    found = {block.path: [each.name for each in block.rows] for block in blocks(rows)}
    assert found == {
        "": ["stem"],
        "outer": ["outer.conv", "outer.add"],
        "outer.inner": ["outer.inner.conv", "outer.inner.add"],
    }


def test_a_block_holds_those_below_it_and_what_is_outside_of_all_holds_them_all():
    rest, outer, inner, other = (Block(path) for path in ("", "a", "a.b", "ab"))
    held = [(one.path, two.path) for one in (rest, outer, inner, other)
            for two in (rest, outer, inner, other) if one.holds(two)]  # fmt: skip
    assert held == [("", "a"), ("", "a.b"), ("", "ab"), ("a", "a.b")]


def test_what_joins_one_tensor_joins_nothing():
    assert [block.path for block in blocks((joined("a.cat", BIG),))] == [""]


def test_a_view_between_rows_breaks_no_branch_and_products_begin_none():
    """Attention takes queries, keys and values, each a part of one layer's output."""
    heads = (1, 2, 64, 4)
    rows = (
        conv("block.qkv", (1, 64, 8), (1, 64, 24)),
        row("block.attention", "attention", macs=1, in_shapes=(heads,) * 3, out_shape=heads),
        conv("block.out", (1, 64, 8), (1, 64, 8)),
        joined("block.add", (1, 64, 8), (1, 64, 8), kind="addition"),
    )
    assert blocks(rows)[0].branches == 1


def test_a_block_that_begins_with_an_activation_has_a_branch_all_the_same():
    act = row("b.act", "activation", in_shapes=(BIG,), out_shape=BIG)
    (block,) = blocks((act, conv("b.conv", BIG, BIG), joined("b.add", BIG, BIG, kind="addition")))
    assert block.branches == 1


def test_rows_that_ran_twice_are_two_operations():
    rows = (row("a.conv", macs=1, calls=3), joined("a.cat", BIG, BIG))
    assert blocks(rows)[0].operations == 3


def test_a_traced_flow_tells_more_than_sizes():
    rows = (
        conv("b.one", BIG, BIG), conv("b.two", BIG, BIG), conv("b.two#2", BIG, BIG),
        joined("b.add", BIG, BIG, BIG, kind="addition"),
    )  # fmt: skip
    runs = ("b.one", "b.two", "b.two", "b.add")
    (side_by_side,) = blocks(rows, Flow(runs, ((), (), (), (0, 1, 2))))
    (one_by_one,) = blocks(rows, Flow(runs, ((), (0,), (1,), (2,))))
    assert (side_by_side.branches, one_by_one.branches, blocks(rows)[0].branches) == (3, 1, 1)


ELEMENTWISE = [
    *("activation", "addition", "concatenation", "channel_shuffle", "copy", "elementwise"),
    *("layer_norm", "gate", "prelu"),
]
OTHERS = [
    *("batch_norm", "max_pool", "adaptive_avg_pool"),
    *("fractional_max_pool2d", "reduction", "max", "var", "linalg_vector_norm"),
    *("embedding", "embedding_bag"),
]


def test_a_mean_over_the_map_is_a_pooling_of_it():
    for kind in ("reduction", "adaptive_avg_pool"):
        rows = (row("a.pool", kind), conv("a.conv", BIG, BIG), joined("a.cat", BIG, BIG))
        assert blocks(rows)[0].operations == 2


def test_what_is_element_wise():
    found = {kind: is_elementwise(row("x", kind)) for kind in (*ELEMENTWISE, *OTHERS)}
    assert found == {**dict.fromkeys(ELEMENTWISE, True), **dict.fromkeys(OTHERS, False)}
    assert not is_elementwise(row("x", "matmul", macs=1))
    assert not is_elementwise(row("x", "odd", known=False))


PAPERS = [
    # Fire: squeeze, and two expand layers side by side
    ("squeezenet", "fire2", 2, 3),
    # the unit that halves the map works on both sides, the other passes half of its channels by
    ("shufflenetv2", "stage2.0", 2, 5),
    ("shufflenetv2", "stage2.1", 1, 3),
    # three convolutions, and an average pooling for a shortcut
    ("shufflenet", "stage2.0", 2, 4),
    ("shufflenet", "stage2.1", 1, 3),
    ("mobilenetv2", "stage2.1", 1, 3),
]


@pytest.mark.parametrize(("name", "path", "branches", "operations"), PAPERS)
def test_blocks_of_the_papers(name, path, branches, operations):
    found = {
        block.path: block for block in blocks(report_of(network(name, variant="paper")).layers)
    }
    assert (found[path].branches, found[path].operations) == (branches, operations)


def test_a_network_without_joins_has_no_blocks():
    (rest,) = blocks(report_of(network("mobilenet")).layers)
    assert rest.path == ""
