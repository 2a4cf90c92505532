"""Plan: layers laid one after another, while the shape follows."""

import pytest

from formulas import Cost, standard
from formulas.layers import Activation, AdaptivePool, Add, BatchNorm, Concat, Conv, Linear
from formulas.networks.builder import Network, PlacedLayer, Plan
from tests.oracles.refusals import refuses


def test_each_layer_is_fed_what_the_last_one_gave():
    plan = Plan((2, 3, 11, 7))
    plan.lay("a", Conv(3, 5, (3, 2)))
    plan.lay("b", AdaptivePool("avg", (1, 1)))
    assert [(p.name, p.in_shapes, p.out_shape) for p in plan.layers] == [
        ("a", ((2, 3, 11, 7),), (2, 5, 9, 6)),
        ("b", ((2, 5, 9, 6),), (2, 5, 1, 1)),
    ]
    assert (plan.shape, plan.channels, plan.input_shape) == ((2, 5, 1, 1), 5, (2, 3, 11, 7))


def test_a_branch_puts_the_shape_back_and_is_joined():
    plan = Plan((2, 3, 11, 7))
    before = plan.shape
    plan.lay("left", Conv(3, 5, 1))
    left, plan.shape = plan.shape, before
    plan.lay("right", Conv(3, 13, 1))
    plan.lay("cat", Concat(), left)
    assert plan.layers[-1].in_shapes == ((2, 13, 11, 7), (2, 5, 11, 7))
    assert plan.shape == (2, 18, 11, 7)


def test_a_layer_that_runs_again_is_told_apart():
    plan = Plan((2, 3, 11, 7))
    for name in ("relu", "other", "relu", "relu"):
        plan.lay(name, Activation("relu"))
    assert [p.name for p in plan.layers] == ["relu", "other", "relu#2", "relu#3"]


def test_conv_lays_norm_and_activation_where_wanted():
    plan = Plan((2, 3, 11, 7))
    plan.conv("a", 5, 3, act="relu6", stride=2, bias=True)
    plan.conv("b", 7, 1, norm=False)
    assert [(p.name, p.layer) for p in plan.layers] == [
        ("a.conv", Conv(3, 5, 3, stride=2, bias=True)),
        ("a.bn", BatchNorm(5)),
        ("a.relu", Activation("relu6")),
        ("b.conv", Conv(5, 7, 1)),
    ]


def test_a_placed_layer_knows_its_kind_and_cost():
    placed = PlacedLayer("a", Conv(3, 5, (3, 2)), ((2, 3, 11, 7),), (2, 5, 9, 6))
    assert placed.kind == "standard"
    assert placed.cost == standard(3, 5, (3, 2), (9, 6), in_size=(11, 7), batch=2)


def test_a_network_adds_up_its_layers_and_counts_the_norms_buffers():
    plan = Plan((2, 3, 11, 7))
    plan.conv("a", 5, 3)
    plan.conv("b", 7, 1)
    network = Network("n", "paper", {}, plan.input_shape, 7, tuple(plan.layers))
    assert network.cost == sum((p.cost for p in plan.layers), Cost())
    assert network.buffers == (2 * 5 + 1) + (2 * 7 + 1)


def test_a_map_that_became_too_small_is_told_with_resolution_and_layer():
    plan = Plan((2, 3, 11, 7))
    with refuses(
        "resolution='11x7' is too small: in deep, kernel=9 must fit in the padded map: 7 + 2 * 0"
    ):
        plan.lay("deep", Conv(3, 5, 9))


@pytest.mark.parametrize(
    ("layer", "others", "words"),
    [
        (Linear(5, 3), [], "in_features=5 must equal the input's, 7 in (2, 3, 11, 7)"),
        (Conv(5, 3, 3), [], "in_channels=5 must equal the input's, 3 in (2, 3, 11, 7)"),
        (Add(), [(2, 3, 7, 11)],
         "shape=(2, 3, 7, 11) must equal the first summand's, (2, 3, 11, 7)"),
        (Concat(), [(2, 3, 11, 5)],
         "shape=(2, 3, 11, 5) must be as (2, 3, 11, 7) but in dimension 1"),
    ],
)  # fmt: skip
def test_what_no_resolution_would_help_is_not_blamed_on_it(layer, others, words):
    with refuses(words):
        Plan((2, 3, 11, 7)).lay("deep", layer, *others)


@pytest.mark.parametrize("layer", [Linear(7, 5), Add()])
def test_a_layer_that_takes_the_shape_is_laid(layer):
    plan = Plan((2, 3, 11, 7))
    plan.lay("layer", layer)
    assert plan.shape == layer.out_shape((2, 3, 11, 7))
