"""Relatives of the five networks that the papers also count: scaled, thinned, pruned, deepened.

The public closed forms offer the networks themselves. These are built from the same units.
"""

from collections.abc import Sequence
from fractions import Fraction

from formulas.layers import Add, ChannelShuffle, Concat, Conv, Pool
from formulas.networks import Network, Plan, squeezenet
from formulas.networks.mobilenet import SEPARABLES
from formulas.networks.mobilenet import STEM as MOBILENET_STEM
from formulas.networks.shufflenet import UNITS, WIDTHS
from formulas.networks.shufflenet import unit as shuffle_unit
from formulas.networks.shufflenetv2 import unit as shuffle_v2_unit
from formulas.networks.squeezenet import FIRES, fire
from tests.golden.other_networks import classifier, finished


def mobilenet_standard(resolution: int = 224) -> Network:
    """MobileNetV1 with a standard convolution in the place of every separable one."""
    plan = Plan((1, 3, resolution, resolution))
    plan.conv("stem.0", MOBILENET_STEM, 3, stride=2, padding=1, act="relu")
    for name, channels, stride in SEPARABLES:
        plan.conv(name, channels, 3, stride=stride, padding=1, act="relu")
    classifier(plan)
    return finished(plan, "mobilenet_standard")


def shufflenet_of(
    groups: int,
    widths: Sequence[int],
    stem: int,
    units: Sequence[int] = tuple(UNITS.values()),
    resolution: int = 224,
) -> Network:
    """A ShuffleNetV1 of these stage widths, stem channels and numbers of units."""
    plan = Plan((1, 3, resolution, resolution))
    plan.conv("conv1", stem, 3, stride=2, padding=1, act="relu")
    plan.lay("maxpool", Pool("max", kernel=3, stride=2, padding=1))
    for stage, out, repeats in zip(UNITS, widths, units, strict=True):
        for index in range(repeats):
            first = 1 if stage == "stage2" and index == 0 else groups
            name, stride = f"{stage}.{index}", 2 if index == 0 else 1
            shuffle_unit(plan, name, out, stride, groups=groups, first_groups=first, bias=False)
    classifier(plan)
    return finished(plan, "shufflenet")


def shufflenet_scaled(
    groups: int, scale: float, stem: int, shallow: bool = False, resolution: int = 224
) -> Network:
    """ShuffleNetV1 ``scale`` times as wide; ``shallow`` halves the number of units."""
    widths = [int(width * scale) for width in WIDTHS[groups]]
    units = [repeats // 2 if shallow else repeats for repeats in UNITS.values()]
    return shufflenet_of(groups, widths, stem, units, resolution)


def shufflenet_50(resolution: int = 224) -> Network:
    """The 50 layers deep ShuffleNetV1 of three groups (arXiv 1807.11164, appendix)."""
    return shufflenet_of(3, (360, 720, 1440), 64, (3, 4, 6), resolution)


def wide_entry(plan: Plan, name: str, out: int) -> None:
    """ShuffleNetV2's joining unit, but at stride 1: its map stays, its channels grow."""
    whole, half = plan.shape, out // 2
    plan.conv(f"{name}.residual.0", half, 1, act="relu")
    plan.conv(f"{name}.residual.1", half, 3, padding=1, groups=half)
    plan.conv(f"{name}.residual.2", half, 1, act="relu")
    worked, plan.shape = plan.shape, whole
    plan.conv(f"{name}.shortcut.0", plan.channels, 3, padding=1, groups=plan.channels)
    plan.conv(f"{name}.shortcut.1", half, 1, act="relu")
    plan.lay(f"{name}.cat", Concat(), worked)
    plan.lay(f"{name}.channel_shuffle", ChannelShuffle(2))


def shufflenetv2_50(resolution: int = 224) -> Network:
    """The 50 layers deep ShuffleNetV2; its table's widths are those of a unit's output."""
    plan = Plan((1, 3, resolution, resolution))
    plan.conv("conv1", 64, 3, stride=2, padding=1, act="relu")
    plan.lay("maxpool", Pool("max", kernel=3, stride=2, padding=1))
    for stage, (out, units) in enumerate(((244, 3), (488, 4), (976, 6), (1952, 3)), start=2):
        for index in range(units):
            name = f"stage{stage}.{index}"
            if stage == 2 and index == 0:
                wide_entry(plan, name, out)
            else:
                shuffle_v2_unit(plan, name, out, 2 if index == 0 else 1, document=False)
    plan.conv("conv6", 2048, 1, act="relu")
    classifier(plan)
    return finished(plan, "shufflenetv2_50")


def squeezenet_1_1(resolution: int = 224) -> Network:
    """SqueezeNet 1.1: a small stem, and the maps shrink earlier."""
    plan = Plan((1, 3, resolution, resolution))
    pool = Pool("max", kernel=3, stride=2, ceil_mode=True)
    plan.conv("stem", 64, 3, stride=2, bias=True, norm=False, act="relu")
    plan.lay("maxpool", pool)
    for number, (out, squeeze) in FIRES.items():
        fire(plan, f"fire{number}", out, squeeze, norm=False, bypass=False)
        if number in (3, 5):
            plan.lay("maxpool", pool)
    plan.conv("conv10", 1000, 1, norm=False, bias=True, act="relu")
    return finished(plan, "squeezenet_1_1")


def squeezenet_complex_bypass(resolution: int = 224) -> Network:
    """SqueezeNet 1.0 with a 1x1 convolution around each Fire module that changes the width."""
    plan = Plan((1, 3, resolution, resolution))
    plan.conv("stem", 96, 7, stride=2, bias=True, norm=False, act="relu")
    for number, (out, squeeze) in FIRES.items():
        before, name = plan.shape, f"fire{number}"
        fire(plan, name, out, squeeze, norm=False, bypass=False)
        after, shortcut = plan.shape, before
        if before != after:
            plan.shape = before
            plan.conv(f"{name}.bypass", out, 1, norm=False, bias=True)
            shortcut, plan.shape = plan.shape, after
        plan.lay(f"{name}.add", Add(), shortcut)
    plan.conv("conv10", 1000, 1, norm=False, bias=True, act="relu")
    return finished(plan, "squeezenet_complex_bypass")


# Percent of the weights that pruning leaves, where it is not all of them (arXiv 1602.07360,
# table 1). Biases are never pruned.
KEPT = {
    "fire2.expand_3x3": 33, "fire3.expand_3x3": 33, "fire4.expand_3x3": 33,
    "fire5.expand_3x3": 33, "fire6.expand_3x3": 33, "fire7.expand_3x3": 33,
    "fire8.expand_3x3": 33, "fire9.expand_3x3": 30,
    "fire6.expand_1x1": 50, "fire7.squeeze": 50, "fire8.expand_1x1": 50, "fire9.squeeze": 50,
    "conv10": 20,
}  # fmt: skip


def pruned_params(part: str, resolution: int = 224) -> Fraction:
    """What pruning leaves of the params of ``part`` of SqueezeNet 1.0, or of all of it."""
    total = Fraction(0)
    for placed in squeezenet(variant="paper", resolution=resolution).layers:
        if isinstance(placed.layer, Conv) and placed.name.startswith(part):
            biases = placed.layer.out_channels
            kept = Fraction(KEPT.get(placed.name.removesuffix(".conv"), 100), 100)
            total += kept * (placed.cost.params - biases) + biases
    return total
