"""MobileNetV1 (Howard et al., arXiv 1704.04861): depthwise separable convolutions throughout."""

from fractions import Fraction
from math import gcd
from typing import Any

from formulas.core.quantities import Quantity, Sizes
from formulas.layers import AdaptivePool, Linear
from formulas.networks.builder import Network, Plan
from formulas.networks.options import image, multiplier, scaled

STEM = 32
# (name, channels, stride) of each separable convolution, as in the paper's table 1.
SEPARABLES = (
    ("stem.1", 64, 1),
    ("conv1.0", 128, 2), ("conv1.1", 128, 1),
    ("conv2.0", 256, 2), ("conv2.1", 256, 1),
    ("conv3.0", 512, 2), *((f"conv3.{i}", 512, 1) for i in range(1, 6)),
    ("conv4.0", 1024, 2), ("conv4.1", 1024, 1),
)  # fmt: skip
# Where alpha is a multiple of this, every ``channels * alpha`` is whole: nothing is cut off.
EXACT_ALPHA = Fraction(1, gcd(STEM, *(channels for _, channels, _ in SEPARABLES)))


def mobilenet(
    *,
    alpha: Any = 1,
    resolution: Sizes | None = None,
    classes: Quantity | None = None,
    variant: str = "document",
    batch: Quantity = 1,
) -> Network:
    """MobileNetV1's closed form, ``alpha`` times as wide: ``int(channels * alpha)``.

    The document's code gives the pointwise convolutions a bias and the stem no stride.

    >>> mobilenet(alpha=0.5, resolution=160).cost.macs
    304102400
    """
    shape, classes = image(variant, resolution, classes, batch)
    alpha = multiplier("alpha", alpha)
    document = variant == "document"
    plan = Plan(shape)
    stride = 1 if document else 2
    plan.conv("stem.0", scaled(STEM, alpha), 3, stride=stride, padding=1, act="relu")
    for name, channels, stride in SEPARABLES:
        same = {"stride": stride, "padding": 1, "groups": plan.channels}
        plan.conv(f"{name}.depthwise", plan.channels, 3, act="relu", **same)
        plan.conv(f"{name}.pointwise", scaled(channels, alpha), 1, act="relu", bias=document)
    features = plan.channels
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    plan.shape = (shape[0], features)
    plan.lay("fc", Linear(features, classes, bias=True))
    return Network("mobilenet", variant, {"alpha": alpha}, shape, classes, tuple(plan.layers))
