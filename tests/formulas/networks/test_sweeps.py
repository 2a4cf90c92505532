"""Sweeps: one call with an array is as many calls with its elements."""

import numpy as np
import pytest

from formulas import network
from formulas.core.cost import COST_FIELDS
from formulas.networks import NETWORKS, VARIANTS
from formulas.networks.paper_numbers import published
from tests.oracles.refusals import refuses

each_network = pytest.mark.parametrize("name", NETWORKS)
each_variant = pytest.mark.parametrize("variant", VARIANTS)
SIDES = [64, 96, 101, 224, 331]


def assert_swept(swept, singles):
    """Every row and the total of ``swept``, element by element, are those of ``singles``."""
    names = [placed.name for placed in swept.layers]
    assert all([placed.name for placed in single.layers] == names for single in singles)
    for index, placed in enumerate([swept, *swept.layers]):
        ones = [[single, *single.layers][index].cost for single in singles]
        for field in COST_FIELDS:
            found = np.broadcast_to(getattr(placed.cost, field), len(singles)).tolist()
            assert found == [getattr(cost, field) for cost in ones], (names[index - 1], field)


@each_network
@each_variant
def test_resolutions(name, variant):
    swept = network(name, variant=variant, resolution=np.array(SIDES))
    assert_swept(swept, [network(name, variant=variant, resolution=side) for side in SIDES])


@each_network
def test_heights_and_widths_apart(name):
    heights, widths = [64, 96, 101], [224, 37, 50]
    swept = network(name, resolution=(np.array(heights), np.array(widths)))
    pairs = zip(heights, widths, strict=True)
    assert_swept(swept, [network(name, resolution=pair) for pair in pairs])
    swept = network(name, resolution=(64, np.array(widths)))
    assert_swept(swept, [network(name, resolution=(64, width)) for width in widths])


@each_network
@each_variant
def test_batches(name, variant):
    swept = network(name, variant=variant, batch=np.array([1, 3, 7]))
    assert_swept(swept, [network(name, variant=variant, batch=batch) for batch in (1, 3, 7)])


@each_network
def test_classes(name):
    swept = network(name, classes=np.array([10, 100]))
    assert_swept(swept, [network(name, classes=classes) for classes in (10, 100)])


@pytest.mark.parametrize(
    ("name", "variant", "alphas"),
    [
        ("mobilenet", "document", [0.25, 0.5, 0.75, 1.0, 1.7]),
        ("mobilenet", "paper", [0.25, 0.5, 0.75, 1.0]),
        ("mobilenetv2", "paper", [0.35, 0.5, 0.75, 1.0, 1.3, 1.4]),
        ("mobilenetv2", "document", [1, 1]),
    ],
)
def test_widths(name, variant, alphas):
    swept = network(name, variant=variant, alpha=np.array(alphas))
    assert_swept(swept, [network(name, variant=variant, alpha=alpha) for alpha in alphas])


def test_widths_and_resolutions_together():
    alphas, sides = [0.35, 1.0, 1.4], [96, 160, 224]
    options = {"variant": "paper"}
    swept = network("mobilenetv2", alpha=np.array(alphas), resolution=np.array(sides), **options)
    pairs = zip(alphas, sides, strict=True)
    singles = [network("mobilenetv2", alpha=a, resolution=side, **options) for a, side in pairs]
    assert_swept(swept, singles)


@pytest.mark.parametrize("alphas", [[0.1, 1.0], [1.0, 0.1, 1.4]])
def test_widths_of_which_only_some_add_a_blocks_input_are_refused(alphas):
    """A tenth of stem and stage 1 both are 8 channels: there the block has a shortcut."""
    adds = [
        any(p.name == "stage1.add" for p in network("mobilenetv2", variant="paper", alpha=a).layers)
        for a in alphas
    ]
    assert set(adds) == {False, True}
    stems = [{0.1: 8, 1.0: 32, 1.4: 48}[alpha] for alpha in alphas]
    rule = "must not be swept here: only some of these widths add a block's input"
    with refuses(f"alpha={np.array(stems)!r} {rule}"):
        network("mobilenetv2", variant="paper", alpha=np.array(alphas))


def test_the_document_sweeps_no_width_but_1():
    words = "needs variant=paper: the document's mobilenetv2 has no width multiplier"
    alphas = np.array([1.0, 0.5])
    with refuses(f"alpha={alphas!r} {words}"):
        network("mobilenetv2", alpha=alphas)


def test_one_side_too_small_refuses_the_sweep():
    words = "is too small: in maxpool, kernel=3 must fit in the padded map"
    with pytest.raises(ValueError, match=words):
        network("squeezenet", variant="paper", resolution=np.array([224, 20]))


@pytest.mark.parametrize("option", ["resolution", "batch", "alpha", "classes"])
def test_nothing_is_published_for_a_sweep(option):
    single = network("mobilenet", variant="paper")
    assert published(single) is not None
    values = {"resolution": [224, 192], "batch": [1, 2], "alpha": [1, 0.5], "classes": [1000, 10]}
    swept = network("mobilenet", variant="paper", **{option: np.array(values[option])})
    assert published(swept) is None


@pytest.mark.parametrize("alpha", [np.float64(0.5), np.float32(0.5), np.float16(0.5)])
@pytest.mark.parametrize("name", ["mobilenet", "mobilenetv2"])
def test_a_numpy_number_is_no_sweep(name, alpha):
    found = network(name, variant="paper", alpha=alpha).cost
    assert found == network(name, variant="paper", alpha=0.5).cost
    assert type(found.params) is int
