"""The mathematics: what a layer costs, before it runs. Standard library only.

One file a kind: ``standard``, ``group``, ``depthwise``, ``pointwise``, ``fc``, ``separable``, and
beside them ``transposed``, ``bilinear``, ``matmul``, ``attention``, ``recurrent``, ``embedding``,
``normalization``, ``pooling``, ``interpolation``, ``elementwise``, ``folding``,
``movement``. ``cost``
states the conventions, ``layers`` describes layers, ``sizes`` knows output sizes, ``table``
joins kind and formula, ``networks`` holds whole networks.
"""

from formulas.attention import attention, multi_head_attention
from formulas.bilinear import bilinear
from formulas.cost import CONVENTION, Cost
from formulas.depthwise import depthwise
from formulas.elementwise import activation, addition, elementwise
from formulas.embedding import embedding, embedding_bag
from formulas.errors import FormulaError, SizeError, UnknownNameError
from formulas.fc import fc
from formulas.folding import fold
from formulas.group import group
from formulas.interpolation import interpolation
from formulas.matmul import matmul
from formulas.movement import channel_shuffle, concatenation, copy
from formulas.networks import network
from formulas.normalization import batch_norm, normalization, rms_norm
from formulas.pointwise import pointwise
from formulas.pooling import pooling
from formulas.recurrent import recurrent
from formulas.separable import separable, separable_ratio
from formulas.standard import standard
from formulas.table import count, kind_of
from formulas.transposed import transposed

__all__ = [
    "CONVENTION",
    "Cost",
    "FormulaError",
    "SizeError",
    "UnknownNameError",
    "activation",
    "addition",
    "attention",
    "batch_norm",
    "bilinear",
    "channel_shuffle",
    "concatenation",
    "copy",
    "count",
    "depthwise",
    "elementwise",
    "embedding",
    "embedding_bag",
    "fc",
    "fold",
    "group",
    "interpolation",
    "kind_of",
    "matmul",
    "multi_head_attention",
    "network",
    "normalization",
    "pointwise",
    "pooling",
    "recurrent",
    "rms_norm",
    "separable",
    "separable_ratio",
    "standard",
    "transposed",
]
