"""What holds for every closed form, in every setting."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulas import Cost, network
from formulas.core.cost import COST_FIELDS
from formulas.layers import BatchNorm
from formulas.networks import NETWORKS
from tests.golden.settings import CASES, SETTINGS, case_id
from tests.oracles.checks import check_by_running
from tests.oracles.modules import module_of
from tests.oracles.symbols import N, assert_same, cout
from tests.strategies import FEW

each_case = pytest.mark.parametrize(("name", "options"), CASES, ids=case_id)
each_network = pytest.mark.parametrize("name", NETWORKS)
each_variant = pytest.mark.parametrize("variant", ["document", "paper"])


def test_the_settings_cover_every_network():
    assert list(SETTINGS) == list(NETWORKS)
    assert len(CASES) == 35


@each_case
def test_row_names_are_unique(name, options):
    names = Counter(placed.name for placed in network(name, **options).layers)
    assert [name for name, times in names.items() if times > 1] == []


@each_case
def test_rows_add_up_to_the_total(name, options):
    found = network(name, **options)
    for field in COST_FIELDS:
        rows = [getattr(placed.cost, field) for placed in found.layers]
        assert getattr(found.cost, field) == sum(rows) > 0


@each_case
def test_output_is_one_score_for_each_class_and_image(name, options):
    found = network(name, **options, classes=7, batch=3)
    out = found.layers[-1].out_shape
    assert out in ((3, 7), (3, 7, 1, 1))
    assert (found.classes, found.input_shape[:2]) == (7, (3, 3))


@each_case
def test_the_batch_multiplies_the_work_and_leaves_the_params(name, options):
    one, three = (network(name, **options, batch=batch).cost for batch in (1, 3))
    assert three.params == one.params
    for field in ("macs", "elementwise", "activations"):
        assert getattr(three, field) == 3 * getattr(one, field)


@each_case
def test_each_layer_takes_what_an_earlier_one_gave(name, options):
    """Or a part of it: half of the channels, or the pooled map as a vector."""
    found = network(name, **options)
    given_so_far = [found.input_shape]
    for placed in found.layers:
        for shape in placed.in_shapes:
            assert any(derives(shape, earlier) for earlier in given_so_far), placed.name
        given_so_far.append(placed.out_shape)


def derives(shape, earlier):
    flat = earlier[:2] if earlier[2:] == (1, 1) else None
    half = (earlier[0], earlier[1] // 2, *earlier[2:])
    return shape in (earlier, flat, half)


@each_network
@each_variant
def test_every_row_costs_what_running_that_layer_on_ones_gives(name, variant):
    """A paper's network at 64x64, the document's at 32x32; two images."""
    resolution = {"document": 32, "paper": 64}[variant]
    found = network(name, variant=variant, resolution=resolution, batch=2, classes=11)
    for layer, shapes in {(placed.layer, placed.in_shapes) for placed in found.layers}:
        check_by_running(layer, *shapes)


@each_network
@each_variant
def test_buffers_are_those_of_the_real_batch_norms(name, variant):
    found = network(name, variant=variant)
    norms = [module_of(p.layer) for p in found.layers if isinstance(p.layer, BatchNorm)]
    assert found.buffers == sum(buffer.numel() for norm in norms for buffer in norm.buffers())
    assert (found.buffers == 0) == ((name, variant) == ("squeezenet", "paper"))


@each_network
@each_variant
def test_a_symbolic_batch_and_symbolic_classes_come_back_in_the_totals(name, variant):
    one = network(name, variant=variant)
    assert_same(network(name, variant=variant, batch=N).cost.macs, N * one.cost.macs)
    params = network(name, variant=variant, classes=cout).cost.params
    assert params.subs(cout, one.classes) == one.cost.params
    assert params.free_symbols == {cout}


@each_network
@each_variant
def test_an_array_of_batches_is_a_sweep(name, variant):
    sweep = network(name, variant=variant, batch=np.array([1, 5])).cost.macs
    assert sweep.tolist() == [network(name, variant=variant, batch=b).cost.macs for b in (1, 5)]


@each_network
def test_height_and_width_may_differ_and_are_not_mixed_up(name):
    wide, high = (network(name, resolution=sides).layers for sides in ((32, 64), (64, 32)))
    for one, other in zip(wide, high, strict=True):
        assert one.cost == other.cost
        assert one.out_shape[:2] + one.out_shape[2:][::-1] == other.out_shape
    assert network(name, resolution=(48, 48)).cost == network(name, resolution=48).cost


@FEW
@given(st.sampled_from(CASES), st.integers(1, 500), st.integers(1, 500))
def test_classes_change_the_last_weights_alone(case, few, more):
    name, options = case
    small, large = (network(name, **options, classes=classes) for classes in (few, more))
    last = [placed for placed in small.layers if placed.cost.macs][-1]
    assert last.name in ("fc", "conv2", "conv10.conv")
    weights = last.layer.in_features if last.name == "fc" else last.layer.in_channels
    assert large.cost.params - small.cost.params == (more - few) * (weights + 1)


def test_a_network_without_layers_costs_nothing():
    empty = type(network("squeezenet"))("empty", "paper", {}, (1, 3, 5, 7), 2, ())
    assert (empty.cost, empty.buffers) == (Cost(), 0)
