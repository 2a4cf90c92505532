"""Networks that the papers compare themselves with, written down as their own papers have them.

They are no part of the package: they carry published numbers which it must reproduce too.
"""

from formulas.layers import Activation, AdaptivePool, Add, Concat, Linear, Pool
from formulas.networks.builder import Network, Plan


def finished(plan: Plan, name: str) -> Network:
    """What ``plan`` has collected, as a network."""
    classes = plan.shape[1]
    return Network(name, "paper", {}, plan.input_shape, classes, tuple(plan.layers))


def flatten(plan: Plan) -> int:
    """Make one vector of each image's maps; its length."""
    batch, *rest = plan.shape
    features = 1
    for side in rest:
        features *= side
    plan.shape = (batch, features)
    return features


def classifier(plan: Plan, classes: int = 1000) -> None:
    """Average each map, and one fully connected layer on what is left."""
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    plan.lay("fc", Linear(flatten(plan), classes, bias=True))


def three_linears(plan: Plan, hidden: int = 4096, classes: int = 1000) -> None:
    for number, width in enumerate((hidden, hidden, classes), start=6):
        plan.lay(f"fc{number}", Linear(flatten(plan), width, bias=True))


def vgg16(resolution: int = 224) -> Network:
    """Simonyan and Zisserman, arXiv 1409.1556, configuration D."""
    plan = Plan((1, 3, resolution, resolution))
    for block, (channels, repeats) in enumerate(((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))):
        for index in range(repeats):
            name = f"conv{block + 1}_{index + 1}"
            plan.conv(name, channels, 3, padding=1, bias=True, norm=False, act="relu")
        plan.lay(f"pool{block + 1}", Pool("max", kernel=2))
    three_linears(plan)
    return finished(plan, "vgg16")


def alexnet(resolution: int = 227) -> Network:
    """Krizhevsky et al., 2012: the two-tower net, whose towers are two groups."""
    plan = Plan((1, 3, resolution, resolution))
    unit = {"bias": True, "norm": False, "act": "relu"}
    pool = Pool("max", kernel=3, stride=2)
    plan.conv("conv1", 96, 11, stride=4, **unit)
    plan.lay("pool1", pool)
    plan.conv("conv2", 256, 5, padding=2, groups=2, **unit)
    plan.lay("pool2", pool)
    plan.conv("conv3", 384, 3, padding=1, **unit)
    plan.conv("conv4", 384, 3, padding=1, groups=2, **unit)
    plan.conv("conv5", 256, 3, padding=1, groups=2, **unit)
    plan.lay("pool5", pool)
    three_linears(plan)
    return finished(plan, "alexnet")


def inception(plan: Plan, name: str, widths: tuple[int, ...]) -> None:
    """Four branches side by side; torchvision's third has 3x3 where the paper has 5x5."""
    one, three_in, three, five_in, five, pooled = widths
    before = plan.shape
    plan.conv(f"{name}.branch1", one, 1, act="relu")
    branches = [plan.shape]
    for number, (narrow, wide) in enumerate(((three_in, three), (five_in, five)), start=2):
        plan.shape = before
        plan.conv(f"{name}.branch{number}.0", narrow, 1, act="relu")
        plan.conv(f"{name}.branch{number}.1", wide, 3, padding=1, act="relu")
        branches.append(plan.shape)
    plan.shape = before
    plan.lay(f"{name}.branch4.pool", Pool("max", kernel=3, stride=1, padding=1, ceil_mode=True))
    plan.conv(f"{name}.branch4.1", pooled, 1, act="relu")
    last, plan.shape = plan.shape, branches[0]
    plan.lay(f"{name}.cat", Concat(), *branches[1:], last)


INCEPTIONS = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def googlenet(resolution: int = 224) -> Network:
    """torchvision's GoogLeNet without its auxiliary heads: batch norm everywhere, no biases."""
    plan = Plan((1, 3, resolution, resolution))
    pool = Pool("max", kernel=3, stride=2, ceil_mode=True)
    plan.conv("conv1", 64, 7, stride=2, padding=3, act="relu")
    plan.lay("maxpool1", pool)
    plan.conv("conv2", 64, 1, act="relu")
    plan.conv("conv3", 192, 3, padding=1, act="relu")
    plan.lay("maxpool2", pool)
    for name, widths in INCEPTIONS.items():
        inception(plan, f"inception{name}", widths)
        if name == "3b":
            plan.lay("maxpool3", pool)
        if name == "4e":
            plan.lay("maxpool4", Pool("max", kernel=2, stride=2, ceil_mode=True))
    classifier(plan)
    return finished(plan, "googlenet")


def bottleneck(plan: Plan, name: str, narrow: int, stride: int) -> None:
    """He et al.: narrow with 1x1 (which carries the stride), 3x3, widen with 1x1, add."""
    before, wide = plan.shape, 4 * narrow
    plan.conv(f"{name}.0", narrow, 1, stride=stride, act="relu")
    plan.conv(f"{name}.1", narrow, 3, padding=1, act="relu")
    plan.conv(f"{name}.2", wide, 1)
    after, shortcut = plan.shape, before
    if before != after:
        plan.shape = before
        plan.conv(f"{name}.downsample", wide, 1, stride=stride)
        shortcut, plan.shape = plan.shape, after
    plan.lay(f"{name}.add", Add(), shortcut)
    plan.lay(f"{name}.relu", Activation("relu"))


def resnet50(resolution: int = 224) -> Network:
    """He et al., arXiv 1512.03385, with the stride on the first 1x1 layer of a stage."""
    plan = Plan((1, 3, resolution, resolution))
    plan.conv("conv1", 64, 7, stride=2, padding=3, act="relu")
    plan.lay("maxpool", Pool("max", kernel=3, stride=2, padding=1))
    for stage, (narrow, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3)), start=1):
        for index in range(blocks):
            stride = 2 if index == 0 and stage > 1 else 1
            bottleneck(plan, f"layer{stage}.{index}", narrow, stride)
    classifier(plan)
    return finished(plan, "resnet50")
