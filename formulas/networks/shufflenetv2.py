"""ShuffleNetV2 (Ma et al., arXiv 1807.11164): split the channels, work on half, shuffle."""

from typing import Any

from formulas.core.quantities import Quantity, Sizes
from formulas.layers import AdaptivePool, ChannelShuffle, Concat, Linear, Pool
from formulas.networks.builder import Network, Plan
from formulas.networks.options import image, one_of

STEM = 24
UNITS = {"stage2": 4, "stage3": 8, "stage4": 4}
# Output channels of stage 2, 3, 4 and of conv5 for each ratio: the paper's table 5.
WIDTHS: dict[float, tuple[int, int, int, int]] = {
    0.5: (48, 96, 192, 1024),
    1: (116, 232, 464, 1024),
    1.5: (176, 352, 704, 1024),
    2: (244, 488, 976, 2048),
}


def unit(plan: Plan, name: str, out: int, stride: int, *, document: bool) -> None:
    """A ShuffleNetV2 unit: at stride 1 half of the channels pass by, at stride 2 both work.

    At stride 2 the paper's residual branch works on the half it will deliver; the document's
    keeps the width that comes in.
    """
    whole, half = plan.shape, out // 2
    passing = (whole[0], half, *whole[2:]) if stride == 1 else whole
    plan.shape = passing
    width = passing[1] if document else half
    same: dict[str, Any] = {"stride": stride, "padding": 1}
    plan.conv(f"{name}.residual.0", width, 1, act="relu", bias=document)
    plan.conv(f"{name}.residual.1", width, 3, groups=width, bias=document, **same)
    plan.conv(f"{name}.residual.2", half, 1, act="relu", bias=document)
    worked, plan.shape = plan.shape, passing
    if stride != 1:
        width = passing[1]
        plan.conv(f"{name}.shortcut.0", width, 3, groups=width, bias=document, **same)
        plan.conv(f"{name}.shortcut.1", half, 1, act="relu", bias=document)
    plan.lay(f"{name}.cat", Concat(), worked)
    plan.lay(f"{name}.channel_shuffle", ChannelShuffle(2))


def shufflenetv2(
    *,
    ratio: float = 1,
    resolution: Sizes | None = None,
    classes: Quantity | None = None,
    variant: str = "document",
    batch: Quantity = 1,
) -> Network:
    """ShuffleNetV2's closed form for the ratios 0.5, 1, 1.5 and 2.

    The document's code has no activation behind the stem and gives every convolution a bias.

    >>> shufflenetv2().cost.params, shufflenetv2().cost.macs
    (1360896, 43675520)
    """
    shape, classes = image(variant, resolution, classes, batch)
    document = variant == "document"
    *stages, head = WIDTHS[one_of("ratio", ratio, list(WIDTHS))]
    plan = Plan(shape)
    if document:
        plan.conv("pre", STEM, 3, padding=1, bias=True)
    else:
        plan.conv("pre", STEM, 3, stride=2, padding=1, act="relu")
        plan.lay("maxpool", Pool("max", kernel=3, stride=2, padding=1))
    for (stage, repeats), out in zip(UNITS.items(), stages, strict=True):
        for index in range(repeats):
            step = 2 if index == 0 else 1
            unit(plan, f"{stage}.{index}", out, step, document=document)
    plan.conv("conv5", head, 1, act="relu", bias=document)
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    plan.shape = (shape[0], head)
    plan.lay("fc", Linear(head, classes, bias=True))
    return Network("shufflenetv2", variant, {"ratio": ratio}, shape, classes, tuple(plan.layers))
