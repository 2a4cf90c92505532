"""Networks by name, their options, and what is refused."""

import pytest

from formulas import UnknownNameError, network
from formulas.networks import NETWORKS, VARIANTS, options_of
from tests.oracles.refusals import refuses

COMMON = ["resolution", "classes", "variant", "batch"]
OWN = {"mobilenet": ["alpha"], "mobilenetv2": ["alpha"], "shufflenet": ["groups"]}
OWN["shufflenetv2"] = ["ratio"]


@pytest.mark.parametrize("name", NETWORKS)
def test_options_are_the_common_ones_and_the_networks_own(name):
    assert options_of(name) == OWN.get(name, []) + COMMON


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_network_by_name_is_what_its_own_function_gives(name, variant):
    found = network(name, variant=variant, batch=2)
    assert found == NETWORKS[name](variant=variant, batch=2)
    assert (found.name, found.variant) == (name, variant)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mobilnet", "there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?"),
        ("shufflenet2",
         "there is no network 'shufflenet2': did you mean 'shufflenetv2' or 'shufflenet'?"),
        ("resnet50", "there is no network 'resnet50': choose from squeezenet, mobilenet, "
         "mobilenetv2, shufflenet, shufflenetv2"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_refused_and_near_ones_are_suggested(name, words):
    for look_up in (network, options_of):
        with refuses(words, UnknownNameError):
            look_up(name)


@pytest.mark.parametrize(
    ("name", "option", "value", "known"),
    [
        ("squeezenet", "alpha", 0.5, "resolution, classes, variant, batch"),
        ("mobilenet", "groups", 3, "alpha, resolution, classes, variant, batch"),
        ("mobilenetv2", "ratio", 1, "alpha, resolution, classes, variant, batch"),
        ("shufflenet", "ratio", 1, "groups, resolution, classes, variant, batch"),
        ("shufflenetv2", "groups", 2, "ratio, resolution, classes, variant, batch"),
    ],
)
def test_an_option_of_another_network_is_refused(name, option, value, known):
    with refuses(f"{option}={value} is not an option of {name}, which has {known}"):
        network(name, **{option: value})


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("wrong", [0, -3, 2.0, True, "3", [5]])
def test_impossible_numbers_are_refused_by_every_network(name, wrong):
    rule = "must be an integer of at least 1"
    for option in ("classes", "batch"):
        with refuses(f"{option}={wrong!r} {rule}"):
            network(name, **{option: wrong})
    with refuses(f"resolution={wrong!r} {rule}"):
        network(name, resolution=(64, wrong))
    if not isinstance(wrong, list):
        with refuses(f"resolution={wrong!r} {rule}"):
            network(name, resolution=wrong)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_resolution_has_two_sides(name):
    with refuses("resolution=(32, 32, 3) must have 2 numbers, one for each dimension"):
        network(name, resolution=(32, 32, 3))


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("variant", ["papers", "", None, 1, True, "Document"])
def test_an_unknown_variant_is_refused(name, variant):
    with refuses(f"variant={variant!r} must be one of document, paper"):
        network(name, variant=variant)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"variant": "paper", "resolution": 20},
         "resolution='20x20' is too small: in maxpool, kernel=3 must fit in the padded map: "
         "1 + 2 * 0"),
        ({"variant": "paper", "resolution": (224, 6)},
         "resolution='224x6' is too small: in stem.conv, kernel=7 must fit in the padded map: "
         "6 + 2 * 0"),
        ({"resolution": (7, 32)},
         "resolution='7x32' is too small: in maxpool, kernel=2 must fit in the padded map: "
         "1 + 2 * 0"),
    ],
)  # fmt: skip
def test_a_map_too_small_for_a_layer_is_refused_with_the_layers_name(options, words):
    with refuses(words):
        network("squeezenet", **options)


@pytest.mark.parametrize("name", ["mobilenet", "mobilenetv2", "shufflenet", "shufflenetv2"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_where_every_kernel_is_padded_one_pixel_is_enough(name, variant):
    assert network(name, variant=variant, resolution=1).cost.macs > 0
