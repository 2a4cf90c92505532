"""Faults as people make them: a formula of the table, and what takes its place."""

from dataclasses import replace

from formulas import (
    Cost,
    attention,
    batch_norm,
    bilinear,
    depthwise,
    embedding,
    embedding_bag,
    fc,
    fold,
    group,
    interpolation,
    matmul,
    normalization,
    pooling,
    recurrent,
    rms_norm,
    standard,
    transposed,
)


def without_batch(formula):
    return lambda *sizes, batch, **options: formula(*sizes, **options)


def with_square(formula, side):
    """Takes the first side of a pair for both."""
    return lambda *sizes, **options: formula(*sizes, **options | {side: options[side][0]})


def with_square_kernel(formula):
    return lambda a, b, kernel, **options: formula(a, b, kernel[0], **options)


FAULTS = {
    "standard: ignores the batch": ("standard", without_batch(standard)),
    "standard: takes the kernel for square": ("standard", with_square_kernel(standard)),
    "standard: takes the map for square": ("standard", with_square(standard, "out_size")),
    "standard: counts at the input map": (
        "standard",
        lambda *c, out_size, in_size, **o: standard(*c, out_size=in_size, in_size=in_size, **o),
    ),
    "standard: reads the output map": (
        "standard", lambda *c, in_size, **o: standard(*c, in_size=None, **o)
    ),
    "standard: forgets the bias": ("standard", lambda *c, bias, **o: standard(*c, **o)),
    "standard: takes biases for macs": (
        "standard",
        lambda *c, **o: replace(cost := standard(*c, **o), macs=cost.macs + cost.elementwise),
    ),
    "group: does not divide": ("group", lambda *c, groups, **o: standard(*c, **o)),
    "group: divides twice": (
        "group", lambda a, b, k, groups, **o: group(a // groups, b, k, groups=1, **o)
    ),
    "depthwise: every filter sees every channel": (
        "depthwise", lambda c, k, multiplier, **o: standard(c, c * multiplier, k, **o)
    ),
    "depthwise: forgets the multiplier": (
        "depthwise", lambda c, k, multiplier, **o: depthwise(c, k, **o)
    ),
    "pointwise: is a 3x3": ("pointwise", lambda *c, **o: standard(*c, kernel=3, **o)),
    "fc: ignores the batch": ("fc", without_batch(fc)),
    "fc: forgets the bias": ("fc", lambda *c, bias, **o: fc(*c, **o)),
    "matmul: one product for the whole stack": ("matmul", without_batch(matmul)),
    "matmul: products are not added up": ("matmul", lambda m, k, n, **o: matmul(m, 1, n, **o)),
    "transposed: counts at the output map": (
        "transposed", lambda *c, in_size, out_size, **o: transposed(*c, in_size=out_size, **o)
    ),
    "transposed: reads the output map": (
        "transposed", lambda *c, out_size, **o: transposed(*c, **o)
    ),
    "transposed: forgets the groups": (
        "transposed", lambda *c, groups, **o: transposed(*c, **o)
    ),
    "transposed: forgets the bias": ("transposed", lambda *c, bias, **o: transposed(*c, **o)),
    "bilinear: forgets the second input": (
        "bilinear", lambda a, b, c, **o: fc(a, c, **o)
    ),
    "bilinear: adds the inputs": ("bilinear", lambda a, b, c, **o: bilinear(a + b, 1, c, **o)),
    "attention: values are as wide as keys": (
        "attention", lambda *s, value_width, **o: attention(*s, **o)
    ),
    "attention: every query head has its own keys": (
        "attention", lambda *s, kv_heads, **o: attention(*s, **o)
    ),
    "attention: as few query heads as key heads": (
        "attention", lambda h, *s, kv_heads, **o: attention(kv_heads, *s, **o)
    ),
    "attention: looks from queries to queries": (
        "attention", lambda h, q, k, *s, **o: attention(h, q, q, *s, **o)
    ),
    "attention: forgets the mask": ("attention", lambda *s, mask, **o: attention(*s, **o)),
    "attention: ignores the batch": ("attention", without_batch(attention)),
    "recurrent: is a plain one": (
        "recurrent", lambda _, *s, proj_size, **o: recurrent("rnn", *s, **o)
    ),
    "recurrent: counts one step": (
        "recurrent", lambda c, i, h, steps, **o: recurrent(c, i, h, 1, **o)
    ),
    "recurrent: has one layer": ("recurrent", lambda *s, layers, **o: recurrent(*s, **o)),
    "recurrent: is fed one way": (
        "recurrent", lambda *s, directions, **o: directions * recurrent(*s, **o)
    ),
    "recurrent: does not project": ("recurrent", lambda *s, proj_size, **o: recurrent(*s, **o)),
    "recurrent: forgets the biases": (
        "recurrent", lambda *s, bias, **o: recurrent(*s, bias=False, **o)
    ),
    "recurrent: ignores the batch": ("recurrent", without_batch(recurrent)),
    "embedding: reads the whole table": (
        "embedding", lambda v, d, indices: Cost(v * d, 0, 0, 0, indices + v * d + indices * d)
    ),
    "embedding_bag: a step for each bag": (
        "embedding_bag", lambda v, d, **o: replace(embedding_bag(v, d, **o), elementwise=2 * d)
    ),
    "embedding_bag: reads the bags": (
        "embedding_bag", lambda v, d, indices, bags, **o: embedding(v, d, indices=bags)
    ),
    "rms_norm: is a layer norm": (
        "rms_norm", lambda d, batch, affine: normalization((batch, d), 2 * d)
    ),
    "rms_norm: ignores the batch": ("rms_norm", without_batch(rms_norm)),
    "fold: counts what it writes": (
        "fold", lambda read, out: replace(fold(read, out), elementwise=fold(out, read).elementwise)
    ),
    "copy: writes what it reads": ("copy", lambda shape, _: Cost(memory_access=770)),
    "normalization: learns nothing": ("normalization", lambda shape, _: normalization(shape)),
    "interpolation: counts what it reads": (
        "interpolation", lambda read, _: interpolation(read, read)
    ),
    "reduction: counts what it reads": (
        "reduction", lambda read, out: Cost(elementwise=770, memory_access=770 + 22)
    ),
    "batch_norm: statistics are params": (
        "batch_norm",
        lambda c, *s, **o: replace(cost := batch_norm(c, *s, **o), params=cost.params + 2 * c),
    ),
    "batch_norm: statistics are not read": (
        "batch_norm", lambda *s, tracked, **o: batch_norm(*s, tracked=False, **o)
    ),
    "pooling: counts what it reads": (
        "pooling", lambda c, in_size, out_size, **o: pooling(c, in_size, in_size, **o)
    ),
    "activation: writes nothing": (
        "activation", lambda shape, *_: Cost(elementwise=770, memory_access=770)
    ),
    "addition: knows two summands": (
        "addition", lambda shape, operands: Cost(elementwise=770, memory_access=3 * 770)
    ),
    "concatenation: writes nothing": ("concatenation", lambda shape: Cost(memory_access=1232)),
    "channel_shuffle: moves nothing": ("channel_shuffle", lambda *_: Cost()),
}  # fmt: skip


# A kind that is counted by the formula, where it has another name.
A_KIND = {"pooling": "max_pool", "recurrent": "lstm", "normalization": "layer_norm"}
