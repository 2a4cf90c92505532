"""A layer as the text of its kind tells of it."""

from dataclasses import replace
from typing import Any

from formulas.layers import (
    Add,
    Attention,
    BatchNorm,
    Bilinear,
    Conv,
    ConvTranspose,
    Embedding,
    EmbeddingBag,
    Gate,
    GroupedMatMul,
    Linear,
    MatMul,
    Outer,
    Recurrent,
    RMSNorm,
)
from tests.oracles.tensors import Shape


def told(layer: Any, shapes: tuple[Shape, ...]) -> tuple[Any, tuple[Shape, ...]]:
    """No bias, real numbers, learnable norms, two summands, one image, sequence or product."""
    match layer:
        case Linear() | Bilinear():
            plain = replace(layer, bias=False, is_complex=False)
            return plain, tuple(shape[-1:] for shape in shapes)
        case GroupedMatMul() | Outer():
            return replace(layer, is_complex=False), shapes
        case RMSNorm():
            return layer, tuple(shape[-len(layer.sides) :] for shape in shapes)
        case MatMul():
            return replace(layer, is_complex=False), tuple(shape[-2:] for shape in shapes)
        case Attention():
            return layer, tuple(shape[-3:] for shape in shapes)
        case Recurrent(is_cell=True):
            return replace(layer, bias=False), (shapes[0][-1:],)
        case Recurrent():
            batched = len(shapes[0]) == 3
            steps = shapes[0][1 if batched and layer.batch_first else 0]
            return replace(layer, bias=False), ((steps, shapes[0][-1]),)
        case Embedding() | EmbeddingBag() | Gate():
            return layer, shapes
        case Conv() | ConvTranspose():
            layer = replace(layer, bias=False)
        case BatchNorm():
            layer = replace(layer, affine=True)
        case Add():
            shapes = shapes[:2]
    return layer, tuple((1, *shape[1:]) for shape in shapes)
