"""Operators: what torch composes is taken apart, and what meta lacks is answered."""

import pytest
import torch
from torch import nn

from complexity.tracing.engines.dispatch_mode import grouped_product, is_composite
from complexity.tracing.instrumentation import recording
from tests.complexity.small import Calls

ATEN = torch.ops.aten


@pytest.mark.parametrize(
    ("func", "expected"),
    [(ATEN.linear.default, True), (ATEN.matmul.default, True), (ATEN.mm.default, False),
     (ATEN.upsample_nearest2d.default, False), (ATEN.view.default, False),
     (ATEN.silu_backward.default, False)],
)  # fmt: skip
def test_a_composition_is_told_from_a_kernel(func, expected):
    assert is_composite(func) is expected


def test_under_inference_mode_a_composition_is_taken_apart_all_the_same():
    layer = nn.Linear(5, 7)
    with torch.inference_mode(), recording(layer, lambda _: True) as recorder:
        layer(torch.empty(3, 5))
    (call,) = recorder.calls
    assert (call.cost.macs, call.cost.elementwise, dict(call.unknown)) == (105, 21, {})


SHAPES = [((11, 5), (3, 5, 7)), ((3, 11, 5), (5, 21)), ((11, 6), (6, 7)), ((3, 11, 5), (3, 5, 7))]


@pytest.mark.skipif(not hasattr(torch, "_grouped_mm"), reason="torch has no grouped products")
@pytest.mark.parametrize(("left", "right"), SHAPES)
def test_a_grouped_product_has_torchs_shape_for_every_data_type(left, right):
    """torch's own rule for meta takes bfloat16, and sides that are multiples of 16 bytes."""
    offsets = None if len(left) == len(right) == 3 else torch.zeros(3, dtype=torch.int32)
    sides = [tuple(side if i < len(s) - 2 else 8 * side for i, side in enumerate(s))
             for s in (left, right)]  # fmt: skip
    theirs = torch._grouped_mm(
        *(torch.empty(s, dtype=torch.bfloat16, device="meta") for s in sides),
        None if offsets is None else offsets.to("meta"),
    )
    on_meta = [torch.empty(s, device="meta") for s in sides]
    assert grouped_product(*on_meta, offsets).shape == theirs.shape
    model = Calls(
        lambda x, y: torch._grouped_mm(x, y, None if offsets is None else offsets.to("meta"))
    )
    with torch.no_grad(), recording(model, lambda _: False) as recorder:
        assert model(*on_meta).dtype is torch.float32
    assert recorder.calls[-1].out_shape == tuple(theirs.shape)
    assert recorder.calls[-1].unknown == {}
