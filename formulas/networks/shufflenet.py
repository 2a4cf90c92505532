"""ShuffleNetV1 (Zhang et al., arXiv 1707.01083): grouped 1x1 convolutions, channels shuffled."""

from typing import Any

from formulas.core.quantities import Quantity, Sizes
from formulas.layers import Activation, AdaptivePool, Add, ChannelShuffle, Concat, Linear, Pool
from formulas.networks.builder import Network, Plan
from formulas.networks.options import image, one_of

STEM = 24
UNITS = {"stage2": 4, "stage3": 8, "stage4": 4}
# Output channels of stage 2, 3 and 4 for each number of groups: the paper's table 1 ...
WIDTHS = {
    1: (144, 288, 576),
    2: (200, 400, 800),
    3: (240, 480, 960),
    4: (272, 544, 1088),
    8: (384, 768, 1536),
}
# ... and the document's, whose last width for one group is not the paper's 576.
DOCUMENT_WIDTHS = {**WIDTHS, 1: (144, 288, 567)}


def unit(
    plan: Plan, name: str, out: int, stride: int, *, groups: int, first_groups: int, bias: bool
) -> None:
    """A ShuffleNet unit: grouped 1x1, shuffle, 3x3 depthwise, grouped 1x1, and the shortcut.

    At stride 2 the shortcut is an average pooling whose channels are joined, not added.
    """
    before, narrow = plan.shape, out // 4
    joins = stride != 1
    plan.conv(f"{name}.bottleneck", narrow, 1, act="relu", groups=first_groups, bias=bias)
    plan.lay(f"{name}.channel_shuffle", ChannelShuffle(groups))
    same: dict[str, Any] = {"stride": stride, "padding": 1, "groups": narrow}
    plan.conv(f"{name}.depthwise", narrow, 3, bias=bias, **same)
    wide = out - before[1] if joins else out
    plan.conv(f"{name}.expand", wide, 1, groups=groups, bias=bias)
    if joins:
        branch, plan.shape = plan.shape, before
        plan.lay(f"{name}.shortcut", Pool("avg", kernel=3, stride=2, padding=1))
        plan.lay(f"{name}.cat", Concat(), branch)
    else:
        plan.lay(f"{name}.add", Add(), before)
    plan.lay(f"{name}.relu", Activation("relu"))


def shufflenet(
    *,
    groups: int = 3,
    resolution: Sizes | None = None,
    classes: Quantity | None = None,
    variant: str = "document",
    batch: Quantity = 1,
) -> Network:
    """ShuffleNetV1's closed form for 1, 2, 3, 4 or 8 groups.

    In the paper the first 1x1 layer of stage 2 has no groups; the document's code groups it.

    >>> shufflenet(groups=3).cost.params, shufflenet(groups=3).cost.macs
    (1012108, 41693952)
    """
    shape, classes = image(variant, resolution, classes, batch)
    document = variant == "document"
    widths = (DOCUMENT_WIDTHS if document else WIDTHS)[one_of("groups", groups, list(WIDTHS))]
    plan = Plan(shape)
    stride = 1 if document else 2
    plan.conv("conv1", STEM, 3, stride=stride, padding=1, act="relu", bias=document)
    if not document:
        plan.lay("maxpool", Pool("max", kernel=3, stride=2, padding=1))
    for (stage, repeats), out in zip(UNITS.items(), widths, strict=True):
        for index in range(repeats):
            ungrouped = not document and stage == "stage2" and index == 0
            unit(
                plan,
                f"{stage}.{index}",
                out,
                stride=2 if index == 0 else 1,
                groups=groups,
                first_groups=1 if ungrouped else groups,
                bias=document,
            )
    features = plan.channels
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    plan.shape = (shape[0], features)
    plan.lay("fc", Linear(features, classes, bias=True))
    return Network("shufflenet", variant, {"groups": groups}, shape, classes, tuple(plan.layers))
