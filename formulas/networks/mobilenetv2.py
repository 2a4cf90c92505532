"""MobileNetV2 (Sandler et al., arXiv 1801.04381): inverted residuals with linear bottlenecks."""

from fractions import Fraction
from math import gcd
from typing import Any

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, Sizes, every, is_symbolic
from formulas.layers import AdaptivePool, Add, Conv
from formulas.networks.builder import Network, Plan
from formulas.networks.options import image, multiplier, product, whole

STEM, HEAD = 32, 1280
# (name, expansion t, channels c, repeats n, stride s), as in the paper's table 2. The document
# leaves the map of stage 6 as it is.
STAGES = (
    ("stage1", 1, 16, 1, 1),
    ("stage2", 6, 24, 2, 2),
    ("stage3", 6, 32, 3, 2),
    ("stage4", 6, 64, 4, 2),
    ("stage5", 6, 96, 3, 1),
    ("stage6", 6, 160, 3, 2),
    ("stage7", 6, 320, 1, 1),
)
DOCUMENT_STRIDES = {"stage6": 1}
MULTIPLE = 8  # of channels
# Where alpha is a multiple of this, every ``channels * alpha`` is one of 8: nothing is rounded.
EXACT_ALPHA = Fraction(MULTIPLE, gcd(STEM, HEAD, *(channels for _, _, channels, *_ in STAGES)))


def rounded(channels: int, alpha: Any) -> Quantity:
    """``channels * alpha`` to the nearest multiple of 8, but never below nine tenths of it.

    The authors' rule, which their released networks follow: ``rounded(24, 1.4) == 32``. Of a
    symbol it is the product, which holds where that is a multiple of 8.
    """
    target = product(channels, alpha)
    if is_symbolic(target):
        return target
    near = whole(target + MULTIPLE // 2) // MULTIPLE * MULTIPLE
    near = near + (MULTIPLE - near) * (near < MULTIPLE)
    return near + MULTIPLE * (near < 0.9 * target)


def bottleneck(
    plan: Plan, name: str, expansion: int, out: int, stride: int, *, document: bool
) -> None:
    """Widen with 1x1, filter with 3x3 depthwise, narrow with 1x1 and no activation.

    The paper has no widening layer where ``expansion`` is 1; the document keeps it.
    """
    before = plan.shape
    if document or expansion != 1:
        wide = plan.channels * expansion
        plan.conv(f"{name}.expand", wide, 1, act="relu6", bias=document)
    same = {"stride": stride, "padding": 1, "groups": plan.channels}
    plan.conv(f"{name}.depthwise", plan.channels, 3, act="relu6", bias=document, **same)
    plan.conv(f"{name}.project", out, 1, bias=document)
    if stride == 1 and keeps_width(before[1], out):
        plan.lay(f"{name}.add", Add(), before)


def keeps_width(inputs: Quantity, out: Quantity) -> bool:
    """Whether a block adds its input: where both are equally wide. A sweep must be of one mind."""
    if not every(inputs == out) and not every(inputs != out):
        rule = "must not be swept here: only some of these widths add a block's input"
        raise SizeError("alpha", inputs, rule)
    return every(inputs == out)


def mobilenetv2(
    *,
    alpha: Any = 1,
    resolution: Sizes | None = None,
    classes: Quantity | None = None,
    variant: str = "document",
    batch: Quantity = 1,
) -> Network:
    """MobileNetV2's closed form. ``alpha``, the width multiplier, is the paper's alone.

    >>> mobilenetv2(variant="paper").cost.params, mobilenetv2(variant="paper").cost.macs
    (3504872, 300774272)
    """
    shape, classes = image(variant, resolution, classes, batch)
    alpha = multiplier("alpha", alpha)
    document = variant == "document"
    if document and not every(alpha == 1):
        rule = "needs variant=paper: the document's mobilenetv2 has no width multiplier"
        raise SizeError("alpha", alpha, rule)
    plan = Plan(shape)
    if document:
        plan.conv("pre", STEM, 1, padding=1, act="relu6", bias=True)
    else:
        plan.conv("pre", rounded(STEM, alpha), 3, stride=2, padding=1, act="relu6")
    for name, expansion, channels, repeats, stride in STAGES:
        first = DOCUMENT_STRIDES.get(name, stride) if document else stride
        for index in range(repeats):
            block = name if repeats == 1 else f"{name}.{index}"
            out = rounded(channels, alpha)
            step = first if index == 0 else 1
            bottleneck(plan, block, expansion, out, step, document=document)
    # a symbol is a multiple of EXACT_ALPHA, and so at least 1
    at_least_1 = alpha if is_symbolic(alpha) else alpha + (1 - alpha) * (alpha < 1)
    plan.conv("conv1", rounded(HEAD, at_least_1), 1, act="relu6", bias=document)
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    plan.lay("conv2", Conv(plan.channels, classes, 1, bias=True))
    options = {} if document else {"alpha": alpha}
    return Network("mobilenetv2", variant, options, shape, classes, tuple(plan.layers))
