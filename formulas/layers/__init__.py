"""Descriptions of layers: frozen, validated when built, and they know their output shape.

A description holds what a layer's constructor was told, not what it was fed. Shapes are whole
tensors, ``(N, C, H, W)`` or with one or three spatial dimensions. Plain numbers for ``kernel``
and the like mean the same in every one of ``dims`` dimensions. One family a file.
"""

from typing import TypeAlias

from formulas.layers.attention import Attention
from formulas.layers.convolution import Conv, ConvTranspose
from formulas.layers.data_movement import ChannelShuffle, Concat, Copy
from formulas.layers.elementwise import Activation, Add, Elementwise, Gate, Reduction
from formulas.layers.embedding import Embedding, EmbeddingBag
from formulas.layers.interpolation import Interpolate
from formulas.layers.linear import (
    Bilinear,
    GroupedMatMul,
    Linear,
    MatMul,
    Outer,
)
from formulas.layers.normalization import BatchNorm, Normalization, RMSNorm
from formulas.layers.pooling import AdaptivePool, Pool
from formulas.layers.recurrent import Recurrent
from formulas.layers.spatial_rearrange import Fold, Pad, PixelShuffle, Unfold

__all__ = [
    "Activation",
    "AdaptivePool",
    "Add",
    "Attention",
    "BatchNorm",
    "Bilinear",
    "ChannelShuffle",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Copy",
    "Elementwise",
    "Embedding",
    "EmbeddingBag",
    "Fold",
    "Gate",
    "GroupedMatMul",
    "Interpolate",
    "Layer",
    "Linear",
    "MatMul",
    "Normalization",
    "Outer",
    "Pad",
    "PixelShuffle",
    "Pool",
    "RMSNorm",
    "Recurrent",
    "Reduction",
    "Unfold",
]

Layer: TypeAlias = (
    Activation
    | AdaptivePool
    | Add
    | Attention
    | BatchNorm
    | Bilinear
    | ChannelShuffle
    | Concat
    | Conv
    | ConvTranspose
    | Copy
    | Elementwise
    | Embedding
    | EmbeddingBag
    | Fold
    | Gate
    | GroupedMatMul
    | Interpolate
    | Linear
    | MatMul
    | Normalization
    | Outer
    | Pad
    | PixelShuffle
    | Pool
    | RMSNorm
    | Recurrent
    | Reduction
    | Unfold
)
