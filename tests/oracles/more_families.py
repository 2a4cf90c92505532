"""Random layers and counts by running, for what is grouped, gated, folded or moved."""

from typing import Any

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from formulas.core.cost import Cost
from formulas.layers import (
    Activation,
    Copy,
    EmbeddingBag,
    Fold,
    Gate,
    GroupedMatMul,
    Pad,
    PixelShuffle,
    RMSNorm,
    Unfold,
)
from tests.oracles.families import Placed, maps, sides
from tests.oracles.tensors import Tally, total


@st.composite
def grouped_matmuls(draw: Any) -> Placed:
    """Groups of rows, of columns, or of the inner dimension; some may be empty."""
    groups, rows, inner, columns = draw(sides(4, 1, 5))
    left, right = draw(
        st.sampled_from(
            (
                ((rows, inner), (groups, inner, columns)),
                ((groups, rows, inner), (inner, columns)),
                ((rows, inner), (inner, columns)),
            )
        )
    )
    return GroupedMatMul(draw(st.booleans())), (left, right, (groups,))


def cut(tensor: Tensor, groups: int, dim: int) -> tuple[Tensor, ...]:
    """Pieces behind one another, as unequal as can be: the last one takes what is left."""
    size = tensor.shape[dim]
    each = [min(1, size - i) if i < size else 0 for i in range(groups - 1)]
    return tensor.split([*each, size - sum(each)], dim)


def run_grouped(layer: GroupedMatMul, left: Tensor, right: Tensor, ends: Tensor) -> Cost:
    """Group by group, as a loop over experts does it; a complex product is four of ones."""
    groups = len(ends)
    match left.dim(), right.dim():
        case 2, 3:
            parts, dim = zip(cut(left, groups, 0), right, strict=True), 0
        case 3, 2:
            parts, dim = zip(left, cut(right, groups, 1), strict=True), 1
        case _:
            parts, dim = zip(cut(left, groups, 1), cut(right, groups, 0), strict=True), None
    results = [one @ other for one, other in parts]
    out = torch.stack(results) if dim is None else torch.cat(results, dim)
    assert layer.out_shape(left.shape, right.shape, ends.shape) == tuple(out.shape)
    return Cost(
        macs=(4 if layer.is_complex else 1) * total(out),
        activations=out.numel(),
        memory_access=left.numel() + right.numel() + groups + out.numel(),
    )


@st.composite
def bags(draw: Any) -> Placed:
    """Bags of equal size, or in a row with a place where each begins."""
    rows, width, many, each = draw(sides(4, 1, 6))
    if draw(st.booleans()):
        return EmbeddingBag(rows, width), ((many, each),)
    closed = draw(st.booleans())
    return EmbeddingBag(rows, width, closed), ((many * each,), (many + closed,))


def run_bag(layer: EmbeddingBag, x: Tensor, *starts: Tensor) -> Cost:
    """The sums of rows of ones add up to one for each element of a row that was added."""
    table = nn.EmbeddingBag(
        layer.rows, layer.width, mode="sum", include_last_offset=layer.closed, dtype=torch.float64
    )
    nn.init.ones_(table.weight)
    indices = torch.zeros_like(x, dtype=torch.int64)
    given = [torch.zeros_like(each, dtype=torch.int64) for each in starts]
    for each in given:
        each[-1] = len(indices) if layer.closed else 0
    out = table(indices, *given)
    found = sum(each.numel() for each in (x, *starts, out))
    return Cost(
        params=table.weight.numel(),
        elementwise=total(out),
        memory_access=found + x.numel() * layer.width,
    )


@st.composite
def rms_norms(draw: Any) -> Placed:
    shape = draw(maps())
    return RMSNorm(shape[draw(st.integers(1, len(shape) - 1)) :], draw(st.booleans())), (shape,)


def run_rms_norm(layer: RMSNorm, x: Tensor) -> Cost:
    """The definition, step by step; and that it is torch's."""
    tally, over = Tally(), tuple(range(-len(layer.sides), 0))
    scale = torch.full(layer.sides, 3.0, dtype=torch.float64) if layer.affine else None
    mean = tally.step(lambda y: y.mean(over, keepdim=True), tally.step(torch.square, x))
    root = tally.step(torch.rsqrt, tally.step(lambda y: y + 0.5, mean))
    out = tally.step(torch.mul, x, root)
    if scale is not None:
        out = tally.step(torch.mul, out, scale)
    torch.testing.assert_close(out, functional.rms_norm(x, layer.sides, scale, 0.5))
    params = 0 if scale is None else scale.numel()
    return Cost(
        params=params,
        elementwise=tally.elementwise,
        memory_access=x.numel() + out.numel() + params,
    )


@st.composite
def prelus(draw: Any) -> Placed:
    shape = draw(maps())
    return Activation("prelu", draw(st.sampled_from((1, shape[1])))), (shape,)


def run_activation(layer: Activation, x: Tensor) -> Cost:
    """A one stays a one; slopes are learned for negative numbers."""
    out = nn.PReLU(layer.params, dtype=torch.float64)(x) if layer.params else torch.relu(x)
    return Cost(
        params=layer.params,
        elementwise=total(out),
        memory_access=x.numel() + out.numel() + layer.params,
    )


@st.composite
def gates(draw: Any) -> Placed:
    """Along any dimension that is even, counted from the front or from the back."""
    shape = list(draw(maps()))
    at = draw(st.integers(0, len(shape) - 1))
    shape[at] *= 2
    return Gate(at - len(shape) * draw(st.booleans())), (tuple(shape),)


def run_gate(layer: Gate, x: Tensor) -> Cost:
    out = functional.glu(x, layer.dim)
    return Cost(elementwise=out.numel(), memory_access=x.numel() + out.numel())


@st.composite
def windows(draw: Any) -> tuple[tuple[int, ...], Unfold]:
    """A map and windows of it."""
    kernel, stride, dilation = draw(sides(2, 1, 3)), draw(sides(2, 1, 3)), draw(sides(2, 1, 2))
    padding, spare = draw(sides(2, 0, 2)), draw(sides(2, 0, 3))
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    size = [max(1, r - 2 * p) + s for r, p, s in zip(reach, padding, spare, strict=True)]
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 3)), *size)
    return shape, Unfold(kernel, dilation, padding, stride)


@st.composite
def folds(draw: Any) -> Placed:
    shape, cut = draw(windows())
    return Fold(shape[2:], cut.kernel, cut.dilation, cut.padding, cut.stride), (
        cut.out_shape(shape),
    )


def run_fold(layer: Fold, x: Tensor) -> Cost:
    """On a map that is not cropped, the sums of ones are one for each element that was added."""
    settings = {name: getattr(layer, name) for name in ("dilation", "stride")}
    whole = [side + 2 * pad for side, pad in zip(layer.out_size, layer.padding, strict=True)]
    spread = functional.fold(x, whole, layer.kernel, **settings)
    out = functional.fold(x, layer.out_size, layer.kernel, padding=layer.padding, **settings)
    return Cost(elementwise=total(spread), memory_access=x.numel() + out.numel())


@st.composite
def copies(draw: Any) -> Placed:
    """Plain ones, paddings, pixels shuffled and back, and windows cut out."""
    which = draw(st.sampled_from((Copy, Pad, PixelShuffle, Unfold)))
    if which is Unfold:
        shape, cut = draw(windows())
        return cut, (shape,)
    shape = draw(maps(2))
    if which is Pad:
        pairs = st.tuples(st.integers(0, 2), st.integers(0, 2))
        return Pad(tuple(draw(pairs) for _ in range(draw(st.integers(1, 3))))), (shape,)
    if which is PixelShuffle:
        factor, inverse = draw(st.integers(1, 3)), draw(st.booleans())
        n, c, h, w = shape
        wide = (n, c, factor * h, factor * w) if inverse else (n, c * factor**2, h, w)
        return PixelShuffle(factor, inverse), (wide,)
    return Copy(), (shape,)


def run_copy(layer: Copy | Pad | PixelShuffle | Unfold, x: Tensor) -> Cost:
    match layer:
        case Pad():
            out = functional.pad(x, [side for pair in layer.sides[::-1] for side in pair])
        case PixelShuffle():
            move = functional.pixel_unshuffle if layer.inverse else functional.pixel_shuffle
            out = move(x, layer.factor)
        case Unfold():
            out = functional.unfold(x, layer.kernel, layer.dilation, layer.padding, layer.stride)
        case _:
            out = x.clone()
    assert layer.out_shape(tuple(x.shape)) == tuple(out.shape)
    return Cost(memory_access=x.numel() + out.numel())
