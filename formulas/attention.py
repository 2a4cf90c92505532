"""Attention: queries times keys, a softmax, times values (Vaswani et al., arXiv 1706.03762)."""

from formulas.cost import Cost
from formulas.expressions import Expression
from formulas.quantities import Quantity, exact_quotient, must_divide, quantity

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
    mask: Quantity = 0,
    boolean: bool = False,
    causal: bool = False,
    batch: Quantity = 1,
) -> Cost:
    """Cost of scaled dot product attention, whichever kernel runs it.

    ``heads`` are the query heads; ``kv_heads`` heads of keys and values may serve several of them
    (grouped queries), which saves memory, not MACs. Element-wise steps are scaling queries and
    keys, the softmax over ``queries * keys`` scores, and with a ``mask`` (its number of elements)
    or ``causal`` one more pass over the scores; a causal or ``boolean`` mask is first made one that
    adds. Memory access counts queries, keys, values, mask and result: the scores need not leave
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
    scores, out = n * h * q * k, n * h * q * ev
    masked = scores if causal or not (isinstance(mask, int) and mask == 0) else 0
    made = (q * k if causal else 0) + (mask if boolean else 0)
    return Cost(
        macs=scores * (e + ev),
        elementwise=n * h * (q + k) * e + scores + masked + made,
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
    """Params, MACs and activations of ``nn.MultiheadAttention``: projections and attention.

    Queries, keys and values are projected to ``embed_dim``, attended in ``heads`` heads, and
    projected once more. ``elementwise`` and ``memory_access`` depend on the path that torch
    takes and are left at the attention's own.

    >>> multi_head_attention(50, 50, 64, 4, batch=2).macs
    2278400
    """
    d = quantity("embed_dim", embed_dim)
    k_in = d if kdim is None else quantity("kdim", kdim)
    v_in = d if vdim is None else quantity("vdim", vdim)
    h = quantity("heads", heads)
    must_divide("heads", h, "embed_dim", d)
    q, k, n = quantity("queries", queries), quantity("keys", keys), quantity("batch", batch)
    inner = attention(h, q, k, exact_quotient(d, h), batch=n)
    projected = n * d * (q * 2 * d + k * (k_in + v_in))
    weights = d * (2 * d + k_in + v_in)
    return inner + Cost(
        params=weights + (4 * d if bias else 0),
        macs=projected,
        activations=n * d * 2 * (q + k),
    )
