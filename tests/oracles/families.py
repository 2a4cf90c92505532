"""Random layers of the families beside convolutions and poolings; ``strategies`` offers them."""

from typing import Any

from hypothesis import strategies as st

from formulas.layers import (
    Attention,
    Bilinear,
    ConvTranspose,
    Embedding,
    Interpolate,
    MatMul,
    Normalization,
    Outer,
    Recurrent,
    Reduction,
)

Placed = tuple[Any, tuple[tuple[int, ...], ...]]


def sides(dims: int, low: int, high: int) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*[st.integers(low, high)] * dims)


@st.composite
def maps(
    draw: Any, dims: int | None = None, low: int = 1, high: int = 6, min_dims: int = 1
) -> tuple[int, ...]:
    """A shape ``(N, C, ...)`` of one to three spatial dimensions."""
    spatial = draw(st.integers(min_dims, 3)) if dims is None else dims
    return (draw(st.integers(1, 3)), draw(st.integers(1, 5)), *draw(sides(spatial, low, high)))


@st.composite
def transposed_convs(draw: Any) -> Placed:
    """In one to three dimensions, with groups, cropped by at most what the kernel reaches."""
    dims, groups = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    cin, cout = groups * draw(st.integers(1, 3)), groups * draw(st.integers(1, 2))
    kernel, stride, dilation = (
        draw(sides(dims, 1, 3)),
        draw(sides(dims, 1, 3)),
        draw(sides(dims, 1, 2)),
    )
    reach = [d * (k - 1) for d, k in zip(dilation, kernel, strict=True)]
    padding = tuple(draw(st.integers(0, side // 2)) for side in reach)
    rests = [max(s, d) - 1 for s, d in zip(stride, dilation, strict=True)]
    layer = ConvTranspose(
        cin, cout, kernel, stride, padding, tuple(draw(st.integers(0, rest)) for rest in rests),
        dilation, groups, bias=draw(st.booleans()), dims=dims,
    )  # fmt: skip
    return layer, ((draw(st.integers(1, 3)), cin, *draw(sides(dims, 1, 4))),)


@st.composite
def bilinears(draw: Any) -> Placed:
    """Pairs of vectors, or of sequences of vectors."""
    one, two, out = draw(sides(3, 1, 6))
    lead = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    layer = Bilinear(one, two, out, draw(st.booleans()), draw(st.booleans()))
    return layer, ((*lead, one), (*lead, two))


@st.composite
def matmuls(draw: Any) -> Placed:
    """Two stacks of matrices that meet, and sometimes a bias for each column; some complex."""
    stack = draw(st.lists(st.integers(1, 3), max_size=2))
    thin = [side if draw(st.booleans()) else 1 for side in stack]
    thin = thin[draw(st.integers(0, len(thin))) :]
    rows, inner, columns = draw(sides(3, 1, 6))
    layer = MatMul(columns if draw(st.booleans()) else 0, draw(st.booleans()), draw(st.booleans()))
    stacks = draw(st.permutations((stack, thin)))
    left, right = (*stacks[0], rows, inner), (*stacks[1], inner, columns)
    if draw(st.integers(0, 3)) == 0:  # a vector: a row on the left, a column on the right
        left, right = draw(st.sampled_from(((left, (inner,)), ((inner,), right))))
        layer = MatMul(draw(st.integers(0, 1)), layer.is_complex, layer.summed)
    return layer, (left, right)


@st.composite
def attentions(draw: Any) -> Placed:
    """With no lead, with heads, or with a batch too; a mask of either type, or a causal one."""
    lead = draw(st.lists(st.integers(1, 3), max_size=3))
    served = draw(st.integers(1, 3)) if lead else 1
    queries, keys, width, value_width = draw(sides(4, 1, 5))
    heads = [*lead[:-1], served * lead[-1]] if lead else []
    masked = draw(st.sampled_from(("none", "adds", "boolean", "causal")))
    layer = Attention(
        mask=queries * keys if masked in ("adds", "boolean") else 0,
        boolean=masked == "boolean",
        causal=masked == "causal",
        grouped=served > 1,
        dropout=draw(st.booleans()),
    )
    kept = (*lead, keys)
    return layer, ((*heads, queries, width), (*kept, width), (*kept, value_width))


@st.composite
def recurrents(draw: Any, cell: str) -> Placed:
    """A layer or a single cell, with or without a batch; sometimes first states are given."""
    fed, hidden = draw(st.integers(1, 5)), draw(st.integers(2, 5))
    bias, batched = draw(st.booleans()), draw(st.booleans())
    batch, steps = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    if draw(st.integers(0, 3)) == 0:
        shape = (batch, fed) if batched else (fed,)
        given = [(*shape[:-1], hidden)] * (1 + (cell == "lstm")) * draw(st.booleans())
        return Recurrent(cell, fed, hidden, bias=bias, is_cell=True), (shape, *given)
    layers, ways, first = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.booleans())
    proj = draw(st.integers(0, hidden - 1)) if cell == "lstm" else 0
    layer = Recurrent(cell, fed, hidden, layers, ways, proj, bias, first)
    pair = (batch, steps) if first else (steps, batch)
    middle = (batch,) if batched else ()
    heights = [proj or hidden] + [hidden] * (cell == "lstm")
    given = [(layers * ways, *middle, height) for height in heights] * draw(st.booleans())
    return layer, ((*(pair if batched else (steps,)), fed), *given)


@st.composite
def embeddings(draw: Any) -> Placed:
    """Indices of any shape, a single one included."""
    rows, width = draw(sides(2, 1, 7))
    return Embedding(rows, width), (tuple(draw(st.lists(st.integers(1, 4), max_size=3))),)


@st.composite
def normalizations(draw: Any, name: str) -> Placed:
    """With learnable scale and shift, or without; torch wants statistics of two values."""
    shape = draw(maps(low=2))
    if name == "layer_norm":
        size = 1
        for side in shape[-draw(st.integers(1, 2)) :]:
            size *= side
    else:
        size = shape[1]
    return Normalization(name, 2 * size * draw(st.booleans())), (shape,)


@st.composite
def interpolations(draw: Any) -> Placed:
    """To a size, or by a factor that leaves a map."""
    shape = draw(maps(low=2))
    dims = len(shape) - 2
    if draw(st.booleans()):
        return Interpolate(size=draw(sides(dims, 1, 9))), (shape,)
    factors = st.sampled_from((0.5, 0.75, 1.0, 1.5, 2.0, 3.0))
    return Interpolate(scale=tuple(draw(factors) for _ in range(dims))), (shape,)


@st.composite
def reductions(draw: Any) -> Placed:
    """Over some axes, counted from the front or from the back, or over all."""
    shape = draw(maps())
    axes = draw(st.sets(st.integers(0, len(shape) - 1)))
    signed = tuple(axis - len(shape) * draw(st.booleans()) for axis in sorted(axes))
    return Reduction(draw(st.sampled_from(("sum", "mean", "amax"))), signed, draw(st.booleans())), (
        shape,
    )


outers = st.tuples(st.builds(Outer, st.booleans()), st.tuples(sides(1, 1, 7), sides(1, 1, 7)))
