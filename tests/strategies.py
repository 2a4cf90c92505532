"""Every random layer of the tests comes from here, as a pair: description, input shapes.

Sides and channels differ from each other where they can, so that no two can be swapped unseen.
"""

from math import prod
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from formulas.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    ChannelShuffle,
    Concat,
    Conv,
    Elementwise,
    Linear,
    Pool,
)
from tests.oracles.families import (
    Placed,
    attentions,
    bilinears,
    embeddings,
    interpolations,
    maps,
    matmuls,
    normalizations,
    outers,
    recurrents,
    reductions,
    sides,
    transposed_convs,
)
from tests.oracles.more_families import (
    bags,
    copies,
    folds,
    gates,
    grouped_matmuls,
    prelus,
    rms_norms,
)

FEW = settings(max_examples=30, deadline=None, derandomize=True, database=None)


@st.composite
def conv_channels(draw: Any, kind: str) -> tuple[int, int, int]:
    """Channels in and out and groups, of one of the four kinds of convolution."""
    if kind in ("standard", "pointwise"):
        return draw(st.integers(1, 5)), draw(st.integers(1, 5)), 1
    groups = draw(st.integers(2, 3))
    inside = 1 if kind == "depthwise" else draw(st.integers(2, 3))
    return groups * inside, groups * draw(st.integers(1, 3)), groups


@st.composite
def convs(draw: Any, kind: str, max_dims: int = 3, same: bool = True) -> Placed:
    """A convolution of ``kind`` in one, two or three dimensions, and a map that it fits in."""
    dims = draw(st.integers(1, max_dims))
    cin, cout, groups = draw(conv_channels(kind))
    kernel = (1,) * dims if kind == "pointwise" else draw(sides(dims, 1, 3))
    if kind == "standard" and set(kernel) == {1}:
        kernel = (*kernel[:-1], 2)
    stride, padding = draw(sides(dims, 1, 3)), draw(sides(dims, 0, 2))
    dilation, spare = draw(sides(dims, 1, 2)), draw(sides(dims, 0, 3))
    if same and draw(st.booleans()):
        stride, padding = (1,) * dims, "same"
    layer = Conv(
        cin, cout, kernel, stride, padding, dilation, groups, bias=draw(st.booleans()), dims=dims
    )
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    pads = (0,) * dims if padding == "same" else padding
    fits = [max(1, r - 2 * p) + s for r, p, s in zip(reach, pads, spare, strict=True)]
    return layer, ((draw(st.integers(1, 3)), cin, *fits),)


@st.composite
def linears(draw: Any) -> Placed:
    """A fully connected layer, on a batch of vectors or of sequences of them."""
    cin, cout = draw(st.integers(1, 7)), draw(st.integers(1, 7))
    lead = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    layer = Linear(cin, cout, bias=draw(st.booleans()), is_complex=draw(st.booleans()))
    return layer, ((*lead, cin),)


@st.composite
def batch_norms(draw: Any) -> Placed:
    """Torch takes no statistics of a single value: such a norm has tracked ones."""
    shape = draw(maps(min_dims=0))
    single = prod(shape) == shape[1]
    affine, tracked = draw(st.booleans()), single or draw(st.booleans())
    return BatchNorm(shape[1], affine, tracked, dims=len(shape) - 2), (shape,)


@st.composite
def pools(draw: Any, reduce: str) -> Placed:
    """A pooling with or without ``ceil_mode``; torch's averages have no dilation.

    In three dimensions torch wants maps of the kernel's size at least, padding or not.
    """
    dims = draw(st.integers(1, 3))
    kernel, stride = draw(sides(dims, 1, 4)), draw(sides(dims, 1, 4))
    dilation = draw(sides(dims, 1, 2)) if reduce == "max" else (1,) * dims
    padding = tuple(draw(st.integers(0, side // 2)) for side in kernel)
    spare = draw(sides(dims, 0, 5))
    layer = Pool(
        reduce, kernel, draw(st.sampled_from((stride, None))), padding, dilation,
        ceil_mode=draw(st.booleans()), dims=dims,
    )  # fmt: skip
    reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    helped = padding if dims < 3 else (0,) * dims
    fits = [max(1, r - 2 * p) + s for r, p, s in zip(reach, helped, spare, strict=True)]
    return layer, ((draw(st.integers(1, 3)), draw(st.integers(1, 4)), *fits),)


@st.composite
def adaptive_pools(draw: Any, reduce: str) -> Placed:
    """To a map of any size; torch keeps a side (None) in two and three dimensions only."""
    shape = draw(maps())
    size = st.integers(1, 7) if len(shape) == 3 else st.none() | st.integers(1, 7)
    out = tuple(draw(size) for _ in shape[2:])
    return AdaptivePool(reduce, out), (shape,)


@st.composite
def additions(draw: Any) -> Placed:
    return Add(), (draw(maps()),) * draw(st.integers(2, 4))


@st.composite
def elementwises(draw: Any) -> Placed:
    """One to three tensors that meet in a shape: some sides are 1, some leading ones missing."""
    met = draw(maps())
    shapes = []
    for _ in range(draw(st.integers(1, 3))):
        sides = [side if draw(st.booleans()) else 1 for side in met]
        shapes.append(tuple(sides[draw(st.integers(0, len(sides) - 1)) :]))
    return Elementwise("mul"), tuple(shapes)


@st.composite
def concatenations(draw: Any) -> Placed:
    """Along any dimension, counted from the front or from the back."""
    first = draw(maps())
    dim = draw(st.integers(-len(first), len(first) - 1))
    more = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    at = dim % len(first)
    return Concat(dim), (first, *((*first[:at], side, *first[at + 1 :]) for side in more))


@st.composite
def shuffles(draw: Any) -> Placed:
    """One to four groups of one to four channels."""
    groups, inside = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    batch, _, height, width = draw(maps(2))
    return ChannelShuffle(groups), ((batch, groups * inside, height, width),)


PLACED: dict[str, st.SearchStrategy[Placed]] = {
    "depthwise": convs("depthwise"),
    "group": convs("group"),
    "pointwise": convs("pointwise"),
    "standard": convs("standard"),
    "transposed": transposed_convs(),
    "fc": linears(),
    "bilinear": bilinears(),
    "matmul": matmuls(),
    "grouped_matmul": grouped_matmuls(),
    "outer": outers,
    "attention": attentions(),
    "lstm": recurrents("lstm"),
    "gru": recurrents("gru"),
    "rnn": recurrents("rnn"),
    "embedding": embeddings(),
    "embedding_bag": bags(),
    "batch_norm": batch_norms(),
    "layer_norm": normalizations("layer_norm"),
    "group_norm": normalizations("group_norm"),
    "instance_norm": normalizations("instance_norm"),
    "rms_norm": rms_norms(),
    "max_pool": pools("max"),
    "avg_pool": pools("avg"),
    "adaptive_max_pool": adaptive_pools("max"),
    "adaptive_avg_pool": adaptive_pools("avg"),
    "interpolation": interpolations(),
    "prelu": prelus(),
    "gate": gates(),
    "activation": st.tuples(st.just(Activation("relu")), st.tuples(maps())),
    "addition": additions(),
    "elementwise": elementwises(),
    "reduction": reductions(),
    "fold": folds(),
    "copy": copies(),
    "concatenation": concatenations(),
    "channel_shuffle": shuffles(),
}
