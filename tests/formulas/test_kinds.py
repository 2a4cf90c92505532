"""The table: which kind a description is, and that the choice changes no count."""

from dataclasses import replace

import pytest
from hypothesis import given

from formulas import Cost, count, depthwise, group, kind_of, pointwise, standard
from formulas.kinds import KINDS
from formulas.layers import Conv, Linear
from tests.golden.examples import EXAMPLES
from tests.oracles.checks import check_by_running
from tests.oracles.refusals import refuses
from tests.oracles.symbols import H, N, W, assert_same, cin, cout, g
from tests.strategies import FEW, PLACED


def test_every_kind_has_random_layers_and_an_example():
    assert list(PLACED) == list(EXAMPLES) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_random_layers_of_a_kind_are_of_that_kind(kind):
    @FEW
    @given(PLACED[kind])
    def check(placed):
        assert kind_of(placed[0]) == kind

    check()


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_costs_what_running_it_gives(kind):
    layer, shapes = EXAMPLES[kind]
    assert kind_of(layer) == kind
    check_by_running(layer, *shapes)
    assert count(layer, *shapes) != Cost()


@pytest.mark.parametrize(
    ("layer", "kind"),
    [
        (Conv(6, 6, 1, groups=6), "depthwise"),
        (Conv(6, 12, 3, groups=6), "depthwise"),
        (Conv(6, 12, 1, groups=3), "group"),
        (Conv(1, 12, 3, groups=1), "standard"),
        (Conv(1, 1, 1, groups=1), "pointwise"),
        (Conv(6, 12, (1, 1), stride=2), "pointwise"),
        (Conv(6, 12, (1, 3)), "standard"),
        (Conv(6, 12, (3, 1)), "standard"),
    ],
)
def test_the_first_kind_that_fits_is_taken(layer, kind):
    assert kind_of(layer) == kind


@FEW
@given(PLACED["depthwise"] | PLACED["group"] | PLACED["pointwise"] | PLACED["standard"])
def test_every_formula_that_fits_counts_a_conv_alike(placed):
    """The kind is a name. Whichever formula may count a convolution gives the same cost."""
    conv, (shape,) = placed
    cin, cout, dims = conv.in_channels, conv.out_channels, conv.dims
    maps = {"out_size": conv.out_shape(shape)[-dims:], "in_size": shape[-dims:]}
    common = {"bias": conv.bias, "batch": shape[0], **maps}
    fitting = [group(cin, cout, conv.kernel, groups=conv.groups, **common)]
    if conv.groups == cin:
        fitting.append(depthwise(cin, conv.kernel, multiplier=cout // cin, **common))
    if conv.groups == 1:
        fitting.append(standard(cin, cout, conv.kernel, **common))
    if conv.groups == 1 and set(conv.kernel) == {1}:
        fitting.append(pointwise(cin, cout, **common))
    assert set(fitting) == {count(conv, shape)}


@pytest.mark.parametrize("kind", KINDS)
def test_params_do_not_depend_on_the_input_and_macs_grow_with_the_batch(kind):
    """Or with the steps of a recurrent layer, and with one of the vectors of an outer product."""
    layer, shapes = EXAMPLES[kind]
    once = count(layer, *shapes)
    batched = [shape for shape in shapes if len(shape) == len(shapes[0])]
    if kind == "outer":
        batched = batched[:1]
    tripled = [(3 * shape[0], *shape[1:]) if shape in batched else shape for shape in shapes]
    thrice = count(layer, *tripled)
    assert thrice.params == once.params
    for field in ("macs", "elementwise", "activations"):
        assert getattr(thrice, field) == 3 * getattr(once, field)


BIASED = ["depthwise", "group", "pointwise", "standard", "transposed", "fc", "bilinear"]


@pytest.mark.parametrize("kind", BIASED)
def test_a_bias_adds_params_and_elementwise_work_but_no_macs(kind):
    layer, shapes = EXAMPLES[kind]
    outputs = getattr(layer, "out_channels", 0) or layer.out_features
    bare, biased = count(replace(layer, bias=False), *shapes), count(layer, *shapes)
    assert biased.macs == bare.macs
    assert biased.params == bare.params + outputs
    assert (bare.elementwise, biased.elementwise) == (0, biased.activations)


def test_an_image_without_batch_dimension_is_one_image():
    layer = Conv(5, 3, (3, 2), bias=True)
    assert count(layer, (5, 11, 7)) == count(layer, (1, 5, 11, 7))


def test_symbols_go_through_the_table():
    conv = Conv(cin, cout, 3, padding=1, groups=g)
    assert kind_of(conv) == "group"
    assert_same(count(conv, (N, cin, H, W)).macs, 9 * N * cin * cout * H * W / g)


def test_symbolic_channels_in_as_many_groups_are_depthwise():
    conv = Conv(cin, cin, 3, padding=1, groups=cin)
    assert kind_of(conv) == "depthwise"
    assert_same(count(conv, (N, cin, H, W)).macs, 9 * N * cin * H * W)


def test_something_that_is_no_description_is_refused():
    with pytest.raises(TypeError, match=r"^'conv' is not a layer description$"):
        kind_of("conv")


def test_an_input_that_the_layer_cannot_take_is_refused():
    with refuses("in_channels=3 must equal the input's, 5 in (1, 5, 8, 8)"):
        count(Conv(3, 7, 3), (1, 5, 8, 8))
    with refuses("in_features=3 must equal the input's, 5 in (2, 5)"):
        count(Linear(3, 7), (2, 5))


def test_an_empty_batch_is_refused():
    with refuses("batch=0 must be an integer of at least 1"):
        count(Conv(3, 7, 3), (0, 3, 8, 8))
