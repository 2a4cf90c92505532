"""SqueezeNet (Iandola et al., arXiv 1602.07360): squeeze with 1x1, expand with 1x1 and 3x3."""

from typing import Any

from formulas.core.quantities import Quantity, Sizes
from formulas.layers import AdaptivePool, Add, Concat, Pool
from formulas.networks.builder import Network, Plan
from formulas.networks.options import image

# (outputs, squeeze) of fire2 .. fire9: the expand layers make half of the outputs each.
FIRES = {
    2: (128, 16), 3: (128, 16), 4: (256, 32), 5: (256, 32),
    6: (384, 48), 7: (384, 48), 8: (512, 64), 9: (512, 64),
}  # fmt: skip
POOL_AFTER = (4, 8)
BYPASS = (3, 5, 7)  # the document's simple bypass: output plus input


def fire(plan: Plan, name: str, out: int, squeeze: int, *, norm: bool, bypass: bool) -> None:
    """A Fire module: squeeze, two expand layers side by side, joined by channel."""
    before = plan.shape
    unit: dict[str, Any] = {"norm": norm, "act": "relu", "bias": True}
    plan.conv(f"{name}.squeeze", squeeze, 1, **unit)
    squeezed = plan.shape
    plan.conv(f"{name}.expand_1x1", out // 2, 1, **unit)
    left, plan.shape = plan.shape, squeezed
    plan.conv(f"{name}.expand_3x3", out // 2, 3, padding=1, **unit)
    right, plan.shape = plan.shape, left
    plan.lay(f"{name}.cat", Concat(), right)
    if bypass:
        plan.lay(f"{name}.add", Add(), before)


def squeezenet(
    *,
    resolution: Sizes | None = None,
    classes: Quantity | None = None,
    variant: str = "document",
    batch: Quantity = 1,
) -> Network:
    """SqueezeNet's closed form; ``paper`` is version 1.0 without bypass or batch norm.

    >>> squeezenet().cost.params, squeezenet().cost.macs
    (781156, 53280768)
    """
    shape, classes = image(variant, resolution, classes, batch)
    document = variant == "document"
    plan = Plan(shape)
    if document:
        plan.conv("stem", 96, 3, padding=1, bias=True, act="relu")
        pool = Pool("max", kernel=2)
        plan.lay("stem.pool", pool)
    else:
        plan.conv("stem", 96, 7, stride=2, bias=True, norm=False, act="relu")
        pool = Pool("max", kernel=3, stride=2, ceil_mode=True)
        plan.lay("maxpool", pool)
    for number, (out, squeeze) in FIRES.items():
        bypass = document and number in BYPASS
        fire(plan, f"fire{number}", out, squeeze, norm=document, bypass=bypass)
        if number in POOL_AFTER:
            plan.lay("maxpool", pool)
    plan.conv("conv10", classes, 1, norm=False, bias=True, act=None if document else "relu")
    plan.lay("avg", AdaptivePool("avg", (1, 1)))
    return Network("squeezenet", variant, {}, shape, classes, tuple(plan.layers))
