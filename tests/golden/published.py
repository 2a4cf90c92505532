"""Our value of each published number, computed from the closed forms.

A row of ``published_numbers.csv`` says all that is needed: which ``family`` with which
``config``, which ``quantity`` of which ``part`` of it, by which ``convention``.
"""

import csv
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from formulas import Cost, group, pointwise, separable, standard
from formulas.core.memory_traffic import bytes_moved
from formulas.core.quantities import elements
from formulas.kinds import moved
from formulas.layers import BatchNorm, Conv, Linear
from formulas.networks import Network, PlacedLayer, mobilenet, mobilenetv2, shufflenetv2, squeezenet
from tests.golden import other_networks, relatives
from tests.golden.rounding import rule_for
from tests.oracles.refusals import refuses
from tests.paths import GOLDEN

Row = dict[str, str]

NETWORK_FAMILIES: dict[str, Callable[..., Network]] = {
    "mobilenet": lambda **options: mobilenet(variant="paper", **options),
    "mobilenet_standard": relatives.mobilenet_standard,
    "mobilenetv2": lambda **options: mobilenetv2(variant="paper", **options),
    "shufflenet": relatives.shufflenet_scaled,
    "shufflenet_50": relatives.shufflenet_50,
    "shufflenetv2": lambda **options: shufflenetv2(variant="paper", **options),
    "shufflenetv2_50": relatives.shufflenetv2_50,
    "squeezenet": lambda **options: squeezenet(variant="paper", **options),
    "squeezenet_1_1": relatives.squeezenet_1_1,
    "squeezenet_complex_bypass": relatives.squeezenet_complex_bypass,
    "vgg16": other_networks.vgg16,
    "alexnet": other_networks.alexnet,
    "googlenet": other_networks.googlenet,
    "resnet50": other_networks.resnet50,
}
LAYER_FAMILIES: dict[str, Callable[..., Cost]] = {
    "standard_layer": standard,
    "separable_layer": separable,
    "pointwise_layer": pointwise,
    "group_layer": group,
}

# What a total counts, by convention.
PARAMS: dict[str, Callable[[PlacedLayer], Any]] = {
    "all": lambda placed: placed.cost.params,
    "no_bn": lambda placed: 0 if isinstance(placed.layer, BatchNorm) else placed.cost.params,
    "weights_only": lambda placed: weights(placed),
}
MACS: dict[str, Callable[[PlacedLayer], Any]] = {
    "all": lambda placed: placed.cost.macs,
    "conv_only": lambda placed: placed.cost.macs if isinstance(placed.layer, Conv) else 0,
    "flops": lambda placed: placed.cost.flops,
}


def weights(placed: PlacedLayer) -> int:
    """Params of a convolution or fully connected layer without its biases."""
    if not isinstance(placed.layer, (Conv, Linear)):
        return 0
    outputs = placed.out_shape[1]
    return placed.cost.params - (outputs if placed.layer.bias else 0)


def rows() -> list[Row]:
    with (GOLDEN / "published_numbers.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def options_of(row: Row) -> dict[str, Any]:
    """``"alpha=0.5 classes=120"`` as keyword arguments; the network's input comes along."""
    pairs = (item.split("=") for item in row["config"].split() if "=" in item)
    options = {name: float(text) if "." in text else int(text) for name, text in pairs}
    if row["family"] in NETWORK_FAMILIES or row["family"] == "squeezenet_pruned":
        options["resolution"] = int(row["input"].split("x")[-1])
    return options


def layers_of(row: Row) -> list[PlacedLayer]:
    """The layers that the row speaks of: all, or those below ``part``; ``-fc`` leaves it out."""
    layers = NETWORK_FAMILIES[row["family"]](**options_of(row)).layers
    if row["part"].startswith("-"):
        return [placed for placed in layers if placed.name != row["part"][1:]]
    return [placed for placed in layers if placed.name.startswith(row["part"])]


def share(row: Row, count: Callable[[PlacedLayer], Any]) -> Fraction:
    """Which part of the network's count the layers of one kind have."""
    layers = NETWORK_FAMILIES[row["family"]](**options_of(row)).layers
    of_kind = sum(count(placed) for placed in layers if placed.kind == row["part"])
    return Fraction(of_kind, sum(map(count, layers)))


def activation_bytes(row: Row) -> Fraction:
    """Two bytes for each output element of a layer; one image.

    By the convention ``out_at_in`` the channels are those that a stage delivers, and the map is
    the one that it gets.
    """
    layers = layers_of(row)
    last = layers[-1]
    written = bytes_moved(moved(last.layer, *last.in_shapes), "float16").outputs
    if row["convention"] == "out_at_in":
        return Fraction(written, elements(last.out_shape[2:])) * elements(
            layers[0].in_shapes[0][2:]
        )
    return Fraction(written)


QUANTITIES: dict[str, Callable[[Row], Any]] = {
    "params": lambda row: sum(map(PARAMS[row["convention"]], layers_of(row))),
    "macs": lambda row: sum(map(MACS[row["convention"]], layers_of(row))),
    "bytes": lambda row: 4 * sum(map(PARAMS[row["convention"]], layers_of(row))),
    "share_of_params": lambda row: share(row, PARAMS[row["convention"]]),
    "share_of_macs": lambda row: share(row, MACS[row["convention"]]),
    "act_mem": activation_bytes,
    "map_side": lambda row: layers_of(row)[-1].out_shape[-1],
}


def check_row(row: Row) -> None:
    """Our value is the row's ``ours``, and the printed one follows from it by the row's rule.

    ``differs`` means by no rule at all, and ``refused`` that what is described cannot be built:
    ``ours`` then holds the words of the refusal.
    """
    if row["rule"] == "refused":
        with refuses(row["ours"]):
            ours(row)
    else:
        value = ours(row)
        assert value == Fraction(row["ours"])
        assert rule_for(value, row["published"], row["unit"]) == row["rule"]
    if row["rule"] in ("differs", "refused") or row["convention"] != "all":
        assert row["reason"].endswith("."), "a row that departs must say why"


def ours(row: Row) -> Fraction:
    """Our exact value for a row of the file; a row that it cannot compute is an error."""
    if row["family"] in LAYER_FAMILIES:
        cost = LAYER_FAMILIES[row["family"]](**options_of(row))
        return Fraction(getattr(cost, row["quantity"]))
    if row["family"] == "squeezenet_pruned":
        return relatives.pruned_params(row["part"], **options_of(row))
    return Fraction(QUANTITIES[row["quantity"]](row))
