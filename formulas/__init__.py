"""The mathematics: what a layer costs, before it runs. Standard library only.

One file a kind: ``standard``, ``group``, ``depthwise``, ``pointwise``, ``fc``, ``separable``, and
beside them ``transposed``, ``bilinear``, ``matmul``, ``attention``, ``recurrent``, ``embedding``,
``normalization``, ``pooling``, ``interpolation``, ``elementwise``, ``folding``,
``movement``. ``cost``
states the conventions, ``layers`` describes layers, ``sizes`` knows output sizes, ``table``
joins kind and formula, ``networks`` holds whole networks.
"""

from formulas.core.cost import CONVENTION, Cost
from formulas.core.errors import FormulaError, SizeError, UnknownNameError
from formulas.counters.attention import attention, multi_head_attention
from formulas.counters.bilinear import bilinear
from formulas.counters.data_movement import channel_shuffle, concatenation, copy
from formulas.counters.depthwise import depthwise
from formulas.counters.elementwise import activation, addition, elementwise
from formulas.counters.embedding import embedding, embedding_bag
from formulas.counters.fc import fc
from formulas.counters.fold import fold
from formulas.counters.group import group
from formulas.counters.interpolation import interpolation
from formulas.counters.matmul import matmul
from formulas.counters.normalization import batch_norm, normalization, rms_norm
from formulas.counters.pointwise import pointwise
from formulas.counters.pooling import pooling
from formulas.counters.recurrent import recurrent
from formulas.counters.separable import separable, separable_ratio
from formulas.counters.standard import standard
from formulas.counters.transposed import transposed
from formulas.kinds import count, kind_of
from formulas.networks import network

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
