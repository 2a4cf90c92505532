"""Attention: queries times keys, a softmax, times values (Vaswani et al., arXiv 1706.03762)."""

from formulas.core.cost import Cost
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, exact_quotient, must_divide, quantity
from formulas.counters.fc import fc

ATTENTION = Expression(
    macs="heads * queries * keys * (width + value_width)",
    words=(
        "Each of the queries is compared with each of the keys over the head's width, and "
        "then sums the keys' values: two matrix products a head. A causal mask does not "
        "lower the count: the masked half is counted as computed."
    ),
)


def attention(
    heads: Quantity,
    queries: Quantity,
    keys: Quantity,
    width: Quantity,
    *,
    value_width: Quantity | None = None,
    kv_heads: Quantity | None = None,
    broadcast_heads: bool = False,
    mask: Quantity = 0,
    boolean: bool = False,
    causal: bool = False,
    dropout: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of scaled dot product attention, whichever kernel runs it.

    ``heads`` are the query heads; ``kv_heads`` heads of keys and values may serve several of them
    (grouped queries), which saves memory, not MACs. Keys are repeated before they are scaled,
    unless ``broadcast_heads`` (multi-query attention by broadcasting). Element-wise steps are
    scaling queries and keys, the softmax over ``queries * keys`` scores, and with a ``mask`` (its
    number of elements) or ``causal`` one more pass over the scores; a causal or ``boolean`` mask is
    first made one that adds. ``dropout`` takes three more: to draw, to scale what was drawn, to
    multiply. Memory access counts queries, keys, values, mask and result: the scores need not leave
    the chip.

    >>> attention(4, 64, 64, 16, batch=2).macs
    1048576
    """
    h, q, k = quantity("heads", heads), quantity("queries", queries), quantity("keys", keys)
    e, n = quantity("width", width), quantity("batch", batch)
    ev = e if value_width is None else quantity("value_width", value_width)
    kv = h if kv_heads is None else quantity("kv_heads", kv_heads)
    must_divide("kv_heads", kv, "heads", h)
    mask = quantity("mask", mask, minimum=0)
    scaled = kv if broadcast_heads else h
    scores, out = n * h * q * k, n * h * q * ev
    masked = scores if causal or not (isinstance(mask, int) and mask == 0) else 0
    dropped = 3 * scores if dropout else 0
    made = (q * k if causal else 0) + (mask if boolean else 0)
    return Cost(
        macs=scores * (e + ev),
        elementwise=n * (h * q + scaled * k) * e + scores + masked + made + dropped,
        activations=scores + out,
        memory_access=n * h * q * e + n * kv * k * (e + ev) + mask + out,
    )


def multi_head_attention(
    queries: Quantity,
    keys: Quantity,
    embed_dim: Quantity,
    heads: Quantity,
    *,
    kdim: Quantity | None = None,
    vdim: Quantity | None = None,
    bias: bool = True,
    batch: Quantity = 1,
) -> Cost:
    """Cost of multi-head attention: four fully connected layers, and attention between them.

    Queries, keys and values are projected to ``embed_dim``, attended in ``heads`` heads, and
    projected once more (Vaswani et al., arXiv 1706.03762, section 3.2.2). ``kdim`` and ``vdim``
    are the widths of keys and values where they have their own. Each of the five parts reads what
    the one before has written; torch's own module may join some of them, which saves memory
    accesses and no MACs.

    >>> multi_head_attention(50, 50, 64, 4, batch=2)
    Cost(params=16640, macs=2278400, elementwise=58400, activations=52000, memory_access=93440)
    """
    d = quantity("embed_dim", embed_dim)
    k_in = d if kdim is None else quantity("kdim", kdim)
    v_in = d if vdim is None else quantity("vdim", vdim)
    h = quantity("heads", heads)
    must_divide("heads", h, "embed_dim", d)
    q, k, n = quantity("queries", queries), quantity("keys", keys), quantity("batch", batch)
    return (
        fc(d, d, bias=bias, batch=n * q)
        + fc(k_in, d, bias=bias, batch=n * k)
        + fc(v_in, d, bias=bias, batch=n * k)
        + attention(h, q, k, exact_quotient(d, h), batch=n)
        + fc(d, d, bias=bias, batch=n * q)
    )
